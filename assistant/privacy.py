"""Residents' numbers (身份证号、手机号、银行卡号) taken out of what people type, before it is used or kept."""

from __future__ import annotations

import re
from datetime import date

_GAP = r"[\s\-－–—.·]?"  # one separator between digits, as people write long numbers
_ALONE_LEFT, _ALONE_RIGHT = r"(?<![\dA-Za-z])", r"(?![\dA-Za-z])"


def _digits(count: int) -> str:
    return _GAP.join([r"\d"] * count)


# \d matches full-width digits too. Longest first: an identity number is also sixteen digits and more.
_IDENTITY_18 = re.compile(rf"{_ALONE_LEFT}{_digits(17)}{_GAP}[\dXxＸｘ]{_ALONE_RIGHT}")
_BANK_CARD = re.compile(rf"{_ALONE_LEFT}(?:\d{{16,19}}|(?:\d{{4}}[ \-]){{3,4}}\d{{1,4}}){_ALONE_RIGHT}")
_IDENTITY_15 = re.compile(rf"{_ALONE_LEFT}{_digits(15)}{_ALONE_RIGHT}")
_MOBILE = re.compile(rf"{_ALONE_LEFT}(?:\+?86{_GAP})?[1１]{_GAP}[3-9３-９]{_GAP}{_digits(9)}{_ALONE_RIGHT}")


def mask_personal(text: str) -> str:
    """The text with identity, mobile and bank card numbers replaced by what they were.

    Spaces, hyphens and full-width digits inside a number are seen through. Document
    numbers, amounts and dates stay.
    """
    text = _IDENTITY_18.sub(_masked_identity, text)
    text = _BANK_CARD.sub("〔已隐去卡号〕", text)
    text = _IDENTITY_15.sub(_masked_identity, text)
    return _MOBILE.sub("〔已隐去手机号〕", text)


def _masked_identity(match: re.Match[str]) -> str:
    """Masked when the place of the birthday holds a date; the check digit is not asked for."""
    digits = re.sub(r"\D", "", match[0].translate(_ASCII))
    birthday = digits[6:14] if len(digits) >= 17 else f"19{digits[6:12]}"
    try:
        date(int(birthday[:4]), int(birthday[4:6]), int(birthday[6:]))
    except ValueError:
        return match[0]
    return "〔已隐去身份证号〕"


_ASCII = str.maketrans("０１２３４５６７８９", "0123456789")
