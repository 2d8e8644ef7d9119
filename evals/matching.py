"""When two pieces of policy text say the same: width, blanks, brackets and numerals do not matter.

Used by the measures only; what is shown to a reader is never changed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.numerals import figures, han_value
from assistant.text import normalise, squash

# A quote counts as found when this share of the shorter text occurs in the other in one piece:
# a sentence inside a longer quote, or an item cut at another border, is still the right clause.
SAME_SHARE = 0.5
_BRACKETS = str.maketrans("〔〕[]【】「」『』“”‘’—–", "()()()" + '""' * 4 + "--")
_MARKER = re.compile(r"\[\d+(?:\s*[,，]\s*\d+)*\]")
_MARKDOWN = re.compile(r"[*_`#>|~]+")
_HAN_NUMERAL = "零〇一二三四五六七八九两十百千万亿"
_PERCENT = re.compile(rf"百分之([\d.]+|[{_HAN_NUMERAL}]+)")
_MULTIPLES = frozenset("十百千万亿")
_NUMERAL = frozenset("0123456789" + _HAN_NUMERAL)


def comparable(text: str) -> str:
    """One form for comparing: width, case, brackets and quotation marks folded, no blanks."""
    return squash(normalise(text)).translate(_BRACKETS)


def without_markup(markdown: str) -> str:
    """An answer's words: citation markers [1] and Markdown signs removed."""
    return _MARKDOWN.sub("", _MARKER.sub("", markdown))


def with_figures(text: str) -> str:
    """`comparable` text with every figure written one way: 二十名 and 20名 become 20人."""
    text = _PERCENT.sub(_as_percent, comparable(text))
    pieces, at = [], 0
    for figure in figures(text):
        more = "余" if set("余多") & set(figure.text) else ""
        pieces += [text[at : figure.start], _number(figure.value), more, figure.unit]
        at = figure.end
    return "".join([*pieces, text[at:]])


def _as_percent(match: re.Match[str]) -> str:
    numeral = match[1]
    value = Fraction(numeral) if re.fullmatch(r"\d+(\.\d+)?", numeral) else han_value(numeral)
    return match[0] if value is None else f"{_number(value)}%"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


@dataclass(frozen=True, slots=True)
class Haystack:
    """A text prepared once for many look-ups: as written, and with figures unified."""

    plain: str
    figured: str

    @classmethod
    def of(cls, texts: Iterable[str]) -> Haystack:
        """Join texts so that no match can cross from one into the next."""
        parts = list(texts)
        return cls("\n".join(map(comparable, parts)), "\n".join(map(with_figures, parts)))

    def contains(self, wanted: str) -> bool:
        """True when `wanted` occurs, 20名 not inside 120名; False for a blank `wanted`."""
        plain = comparable(wanted)
        return bool(plain) and (_occurs(plain, self.plain) or _occurs(with_figures(wanted), self.figured))

    def contains_any(self, variants: Sequence[str]) -> bool:
        """True when one of the accepted variants of a fact occurs."""
        return any(map(self.contains, variants))


def _occurs(needle: str, text: str) -> bool:
    at = text.find(needle)
    while at >= 0:
        if not _cuts_number(needle, text, at):
            return True
        at = text.find(needle, at + 1)
    return False


def _cuts_number(needle: str, text: str, at: int) -> bool:
    """True when the match begins or ends in the middle of a longer number."""
    end = at + len(needle)
    before = text[at - 1] if at else ""
    if before and _one_number(before, needle[0]):
        return True
    if needle[0].isdigit() and before in (".", ",") and at > 1 and text[at - 2].isdigit():
        return True
    after = text[end : end + 1]
    return bool(after) and _one_number(needle[-1], after)


def _one_number(before: str, after: str) -> bool:
    """Whether two characters side by side belong to one number: 20, 二十, 20万, but not 03-20一则."""
    if before.isdigit() or after.isdigit():
        return before.isdigit() and (after.isdigit() or after in _MULTIPLES)
    return before in _NUMERAL and after in _NUMERAL


def same_passage(one: str, other: str) -> bool:
    """True when at least half of the shorter text occurs in the other in one piece.

    False when either is blank.
    """
    short, long = sorted((comparable(one), comparable(other)), key=len)
    if not short:
        return False
    size = math.ceil(len(short) * SAME_SHARE)
    return any(short[i : i + size] in long for i in range(len(short) - size + 1))
