"""Personal numbers of residents (身份证号, 手机号, 银行卡号) replaced before a text is used, kept or sent."""

from __future__ import annotations

import re
import unicodedata

_GAP = r"[ \-.·_/]{0,2}"
_START, _END = r"(?<![0-9a-z])", r"(?![0-9a-z])"


def _digits(count: str) -> str:
    return rf"(?:{_GAP}[0-9]){{{count}}}"


# Longest first: a card number holds the digits of an old identity number, that one those of a telephone.
_KINDS = (
    ("〔已隐去身份证号〕", re.compile(rf"{_START}[1-9]{_digits('16')}{_GAP}[0-9x]{_END}")),
    ("〔已隐去卡号〕", re.compile(rf"{_START}[0-9]{_digits('15,18')}{_END}")),
    ("〔已隐去身份证号〕", re.compile(rf"{_START}[1-9]{_digits('14')}{_END}")),
    ("〔已隐去手机号〕", re.compile(rf"{_START}(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9]{_digits('9')}{_END}")),
)
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九幺", "0001234567891")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_TWO_DATES = re.compile(r"(?:(?:19|20)[0-9]{2}[\-./][0-9]{1,2}[\-./][0-9]{1,2} ?)+")


def mask_personal(text: str) -> str:
    """The text with identity-card, mobile and bank-card numbers replaced by labels.

    Full-width and Chinese digits, blanks, dashes and zero-width characters between the
    digits are seen through. Years, dates, amounts and 发文字号 stay as they are. Names and
    addresses cannot be recognised and stay too.
    """
    for label, pattern in _KINDS:
        text = _replaced(text, pattern, label)
    return text


def _replaced(text: str, pattern: re.Pattern[str], label: str) -> str:
    kept = [c for c in text if c not in _INVISIBLE]
    parts, at = [], 0
    for match in pattern.finditer("".join(map(_plain, kept))):
        if not _TWO_DATES.fullmatch(match.group()):
            parts += ["".join(kept[at : match.start()]), label]
            at = match.end()
    return "".join([*parts, *kept[at:]]) if parts else text


def _plain(c: str) -> str:
    """One character for one: digits of any width or script as 0-9, any blank as a space, any dash as '-'."""
    folded = unicodedata.normalize("NFKC", c).translate(_HAN_DIGITS).lower()
    if len(folded) != 1:
        return c
    if folded.isspace():
        return " "
    return "-" if unicodedata.category(folded) == "Pd" else folded
