"""The short title (heading) at the beginning of a clause's own words."""

from __future__ import annotations

import re

from ingest.markers import Kind

_DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION)
_HEADING_MAX_CHARS = 48
_ARTICLE_TITLE_MAX_CHARS = 20
_LEAD_MAX_CHARS = 12  # 坚持党的领导。 before running text; longer first sentences are just sentences
_LEAD_REST_MIN_CHARS = 15
_FIRST_SENTENCE = re.compile(r"[^。；;！？!?]*[。；;！？!?]?")
_BRACKETED = re.compile(r"【([^】]{2,20})】|[（(]([^（(）)\d]{2,12})[）)](?=\s|$)")
_SPACED_OUT = re.compile(r"\S(?:\s+\S)+")


def heading_of(kind: Kind, words: str, *, in_article: bool, has_children: bool) -> str:
    """The heading in `words`, a marked clause's own words after its label; "" when there is none.

    Chapters are all heading. An article has one only in brackets (【立法目的】) or
    when it is nothing else; an item of an article is running text. Elsewhere it is
    the first sentence, when short and followed by more text or by child clauses, or
    a line that does not end like a sentence.
    """
    words = words.strip()
    if kind in _DIVISIONS:
        return tidy(words)
    if kind is Kind.ARTICLE:
        return _article_heading(words)
    if in_article:
        return ""
    match = _FIRST_SENTENCE.match(words)
    first = match.group() if match else ""
    heading = first.rstrip("。：:").strip()
    if not heading or len(heading) > _HEADING_MAX_CHARS or first[-1] in "；;！？!?，,、":
        return ""
    is_sentence = first.endswith("。")
    more_follows = bool(words[len(first) :].strip()) or has_children
    return tidy(heading) if more_follows or not is_sentence else ""


def _article_heading(words: str) -> str:
    if match := _BRACKETED.match(words):
        return match.group(1) or match.group(2)
    bare = len(words) <= _ARTICLE_TITLE_MAX_CHARS and not re.search(r"[，。；：、！？,;:]", words)
    return tidy(words) if bare else ""


def lead_of(words: str) -> str:
    """The short title that opens an unmarked paragraph (坚持党的领导。…), "" when it has none."""
    match = _FIRST_SENTENCE.match(words)
    first = match.group() if match else ""
    lead = first.rstrip("。").strip()
    rest = words[len(first) :].strip()
    plain = first.endswith("。") and not re.search(r"[，,、：:《“（(]", lead)
    return lead if plain and 2 <= len(lead) <= _LEAD_MAX_CHARS and len(rest) >= _LEAD_REST_MIN_CHARS else ""


def tidy(heading: str) -> str:
    """One line, single blanks; letters spaced out for looks (总  则) are joined."""
    heading = " ".join(heading.split())
    return heading.replace(" ", "") if _SPACED_OUT.fullmatch(heading) else heading
