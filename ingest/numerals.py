"""Numbers as official documents write them: 二十一, 二〇二〇, 第３条, ①."""

from __future__ import annotations

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "О": 0, "O": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
CHINESE_NUMBER = "零〇一二三四五六七八九十百千"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def to_int(numeral: str) -> int:
    """Value of a numeral in Chinese or Arabic digits, of either width.

    "二十一" and "21" and "２１" are 21; "二〇二〇" is 2020, digit by digit; "①" is 1.

    Raises:
        ValueError: `numeral` is empty or holds anything else.
    """
    text = numeral.translate(_FULL_WIDTH).replace(" ", "").replace("　", "")
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if not text or any(c not in DIGITS and c not in _UNITS for c in text):
        raise ValueError(f"not a numeral: {numeral!r}")
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, None
    for char in text:
        if char in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[char]
            digit = None
        else:
            digit = DIGITS[char]
    return total + (digit or 0)
