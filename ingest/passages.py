"""Cut a document into passages (段落), the units that are searched and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from assistant.domain import Clause, Document, Passage
from ingest.structure import article_of, section_path

MIN_CHARS = 60  # shorter pieces carry too few words to be found; they join their neighbours
MAX_CHARS = 350  # about what a worker reads aloud; longer ones blur the ranking
_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;][”’」』）)]*|\n|$)")
_PHRASE = re.compile(r"[^，,、]*(?:[，,、]|$)")
_CONTENTS = "目录"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that stay together: `owner` is the clause whose words they begin with."""

    start: int
    end: int
    owner: int


def passages_of(document: Document) -> list[Passage]:
    """Passages in reading order, of 60–350 characters where the clauses allow it.

    A passage is one clause's own words, a clause with its short items, short
    neighbours together, or consecutive sentences of a long clause; it never holds
    words of two articles. Passages do not overlap; together they hold every clause's
    words except headings alone on their line and the table of contents. Each id is
    `start-end`; `text` is exactly `document.text[start:end]`. Empty for a document
    without clauses.
    """
    clauses = document.clauses
    children: dict[int | None, list[int]] = {}
    for clause in clauses:
        children.setdefault(clause.parent, []).append(clause.ordinal)
    pieces = [
        piece
        for ordinal in children.get(None, [])
        for piece in _pieces(document.text, clauses, children, ordinal)
    ]
    return [_passage(document, group) for group in _grouped(document.text, clauses, pieces)]


def owned(passages: Iterable[Passage], document_id: str) -> tuple[Passage, ...]:
    """The passages as those of a catalogued document, with ids that no other document's have."""
    return tuple(replace(p, id=f"{document_id}#{p.id}", document_id=document_id) for p in passages)


def _pieces(
    text: str, clauses: Sequence[Clause], children: dict[int | None, list[int]], ordinal: int
) -> Iterator[_Piece]:
    clause = clauses[ordinal]
    if clause.heading.startswith(_CONTENTS) and not clause.label:
        return
    is_short = clause.end - clause.start <= MAX_CHARS
    if is_short and not _has_sections(clauses, children, ordinal):
        yield _Piece(clause.start, clause.end, ordinal)
        return
    if not (children.get(ordinal) and _is_bare_heading(text, clause)):
        yield from (_Piece(start, end, ordinal) for start, end in _parts(text, clause.start, clause.body_end))
    for child in children.get(ordinal, []):
        yield from _pieces(text, clauses, children, child)


def _has_sections(clauses: Sequence[Clause], children: dict[int | None, list[int]], ordinal: int) -> bool:
    """Whether a clause below this one is an article or has a heading of its own."""
    return any(
        clauses[child].heading
        or clauses[child].label.endswith("条")
        or _has_sections(clauses, children, child)
        for child in children.get(ordinal, [])
    )


def _is_bare_heading(text: str, clause: Clause) -> bool:
    """Whether the clause's own words are a heading that fills its line."""
    words = "".join(text[clause.start : clause.body_end].split()).rstrip("。：:")
    line_ends = text[clause.body_end : clause.body_end + 1] in ("", "\n")
    return bool(clause.heading) and line_ends and words == (clause.label + "".join(clause.heading.split()))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of at most `MAX_CHARS`, of similar size, cut between sentences where possible."""
    if end - start <= MAX_CHARS:
        yield start, end
        return
    target = (end - start) / ceil((end - start) / MAX_CHARS)
    first = last = start
    for cut in _cuts(text, start, end):
        if last > first and (cut - first > MAX_CHARS or last - first >= target):
            yield _trimmed(text, first, last)
            first = last
        last = cut
    yield _trimmed(text, first, end)


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Ends of sentences in `text[start:end]`; of phrases, or of `MAX_CHARS`, inside a longer sentence."""
    for sentence in _SENTENCE.finditer(text, start, end):
        if sentence.end() - sentence.start() > MAX_CHARS:
            for phrase in _PHRASE.finditer(text, sentence.start(), sentence.end()):
                yield from range(phrase.start() + MAX_CHARS, phrase.end(), MAX_CHARS)
                yield phrase.end()
        elif sentence.end() > sentence.start():
            yield sentence.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _grouped(text: str, clauses: Sequence[Clause], pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    for piece in pieces:
        if group and not _joins(text, clauses, group, piece):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _joins(text: str, clauses: Sequence[Clause], group: Sequence[_Piece], piece: _Piece) -> bool:
    first, last = group[0].owner, group[-1].owner
    size = piece.end - group[0].start
    small_group = group[-1].end - group[0].start < MIN_CHARS
    small_piece = piece.end - piece.start < MIN_CHARS
    if size > MAX_CHARS + (MIN_CHARS if small_piece else 0) or _opens_document(text, clauses[piece.owner]):
        return False
    article = article_of(clauses, first)
    if article != article_of(clauses, piece.owner):
        return False
    if article is not None:
        return True
    if not (small_group or small_piece):
        return False
    if _is_within(clauses, piece.owner, first):
        return True
    in_section = clauses[first].heading and not _opens_document(text, clauses[first])
    leaves_section = bool(in_section) and not clauses[piece.owner].label
    return clauses[piece.owner].parent in {clauses[first].parent, clauses[last].parent} and not leaves_section


def _opens_document(text: str, clause: Clause) -> bool:
    """Whether an attachment or an enclosed document begins here."""
    is_title = not clause.label and bool(clause.heading) and _is_bare_heading(text, clause)
    return is_title or text.startswith("附件", clause.start)


def _passage(document: Document, group: Sequence[_Piece]) -> Passage:
    clauses = document.clauses
    owners = [piece.owner for piece in group]
    owner: int | None = owners[0]
    if any(not _is_within(clauses, other, owners[0]) for other in owners):
        owner = clauses[owners[0]].parent
    start, end = group[0].start, group[-1].end
    return Passage(
        id=f"{start}-{end}",
        document_id=document.id,
        start=start,
        end=end,
        text=document.text[start:end],
        section=section_path(clauses, owner),
        article=article_of(clauses, owners[0]),
        page=clauses[owners[0]].page,
    )


def _is_within(clauses: Sequence[Clause], ordinal: int | None, ancestor: int) -> bool:
    while ordinal is not None and ordinal != ancestor:
        ordinal = clauses[ordinal].parent
    return ordinal == ancestor
