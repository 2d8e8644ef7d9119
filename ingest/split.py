"""Split a page that holds several articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.raw import RawLine

_RULE = re.compile(r"^\s*(?:-{1,}|—{3,}|={3,}|\*{3,}|_{3,}|─{3,})\s*$")
_MASTHEAD = re.compile(
    r"(?:19|20)\d{2}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}|[〔\[【](?:19|20)\d{2}[〕\]】]\s*\d+\s*号"
)
_MASTHEAD_MAX_CHARS = 260
_ARTICLE_MIN_CHARS = 200


def split_articles(lines: Sequence[RawLine]) -> list[list[RawLine]]:
    """The articles of a page, in order; the whole page as one when it is not a digest.

    A line of dashes divides articles only if every part is long enough for one and
    starts with its own date or document number; otherwise it is a ruled line.
    Empty for a page without words.
    """
    parts: list[list[RawLine]] = [[]]
    for line in lines:
        if _RULE.match(line.text):
            parts.append([])
        else:
            parts[-1].append(line)
    parts = [part for part in parts if any(line.text.strip() for line in part)]
    if len(parts) > 1 and all(_is_article(part) for part in parts):
        return parts
    return [[line for line in lines if not _RULE.match(line.text)]] if parts else []


def _is_article(part: Sequence[RawLine]) -> bool:
    text = "\n".join(line.text.strip() for line in part if line.text.strip())
    return len(text) >= _ARTICLE_MIN_CHARS and bool(_MASTHEAD.search(text[:_MASTHEAD_MAX_CHARS]))
