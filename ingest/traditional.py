"""Whether a text is written in traditional characters (繁体字): sites publish pages in both."""

from __future__ import annotations

from collections import Counter

from assistant.hanzi import TO_SIMPLIFIED, simplified

_MIN_SHARE = 0.08  # of a text's Chinese characters; simplified texts have next to none
_MIN_CHARS = 4
_WIDE_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}


def as_read(text: str, *, traditional: bool) -> str:
    """A text as it is understood: plain digits, and simplified characters if it is `traditional`; same length."""
    plain = text.translate(_WIDE_DIGITS)
    return simplified(plain) if traditional else plain


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters."""
    counts = Counter(text)
    chinese = sum(count for char, count in counts.items() if "\u4e00" <= char <= "\u9fff")
    changed = sum(count for char, count in counts.items() if ord(char) in TO_SIMPLIFIED)
    return changed >= _MIN_CHARS and changed > _MIN_SHARE * chinese
