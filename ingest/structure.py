"""The clause tree (条款) of a text: parts, chapters, articles, paragraphs, items."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from assistant.domain import Clause
from ingest.headings import heading_of, lead_of, tidy
from ingest.landmarks import Role
from ingest.markers import Kind
from ingest.tree import Node, build_tree

_MIN_LEADS = 2  # one paragraph with a short first sentence is chance, two in a row are a list


def parse_clauses(
    text: str, *, pages: Sequence[int] | None = None, ocr_spans: Sequence[tuple[int, int]] = ()
) -> tuple[Clause, ...]:
    """The clause tree of a canonical text, in reading order; empty for an empty text.

    Every word lies in exactly one clause's own words (`start`–`body_end`); unmarked
    paragraphs are clauses without label. Salutation, preamble, sign-off, attachment
    lines, inner titles and the table of contents stand at the top, without children,
    so that they lend no section path to what follows.

    Args:
        text: Canonical text: a paragraph, heading or item per line, or several
            numbered items in one line.
        pages: Offset at which each page begins, ascending; None when unknown.
        ocr_spans: Start and end of the words that were recognised from pictures.
    """
    nodes = build_tree(text)
    headings = [_heading(text, nodes, node) for node in nodes]
    _add_leads(text, nodes, headings)
    clauses: list[Clause] = []
    for ordinal, node in enumerate(nodes):
        clauses.append(
            Clause(
                ordinal=ordinal,
                parent=node.parent,
                depth=0 if node.parent is None else clauses[node.parent].depth + 1,
                label="".join(text[node.start : node.label_end].split()),
                heading=headings[ordinal],
                start=node.start,
                body_end=node.body_end,
                end=_subtree_end(nodes, ordinal),
                page=None if pages is None else max(1, bisect_right(pages, node.start)),
                ocr=any(first < node.body_end and node.start < last for first, last in ocr_spans),
            )
        )
    return tuple(clauses)


def section_path(clauses: Sequence[Clause], ordinal: int | None) -> str:
    """Labels and headings from the top down to a clause, joined by " > "; "" for None or none."""
    steps: list[str] = []
    while ordinal is not None:
        clause = clauses[ordinal]
        blank = " " if clause.heading and clause.label[-1:] in ("编", "章", "节", "条") else ""
        if step := clause.label + blank + clause.heading:
            steps.append(step)
        ordinal = clause.parent
    return " > ".join(reversed(steps))


def article_of(clauses: Sequence[Clause], ordinal: int | None) -> str | None:
    """The 第X条 a clause stands in, itself included; None outside of articles."""
    while ordinal is not None:
        label = clauses[ordinal].label
        if label.startswith("第") and "条" in label:
            return label
        ordinal = clauses[ordinal].parent
    return None


def _heading(text: str, nodes: Sequence[Node], node: Node) -> str:
    words = text[node.label_end : node.body_end]
    if node.kind is None:
        return tidy(words) if node.role in (Role.HEADING, Role.TITLE, Role.CONTENTS) else ""
    return heading_of(
        node.kind, words, in_article=_stands_in_article(nodes, node), has_children=bool(node.children)
    )


def _stands_in_article(nodes: Sequence[Node], node: Node) -> bool:
    parent = node.parent
    while parent is not None:
        if nodes[parent].kind is Kind.ARTICLE:
            return True
        parent = nodes[parent].parent
    return False


def _add_leads(text: str, nodes: Sequence[Node], headings: list[str]) -> None:
    """Give runs of unmarked paragraphs that open with a short title (坚持……。) that heading."""
    siblings = [[at for at, node in enumerate(nodes) if node.parent is None]]
    siblings += [node.children for node in nodes if node.kind is not Kind.ARTICLE and node.children]
    for family in siblings:
        run: list[int] = []
        for at in [*family, None]:
            node = None if at is None else nodes[at]
            plain = node is not None and node.kind is None and node.role is None
            if node is not None and at is not None and plain and lead_of(text[node.start : node.body_end]):
                run.append(at)
                continue
            if len(run) >= _MIN_LEADS:
                for member in run:
                    headings[member] = lead_of(text[nodes[member].start : nodes[member].body_end])
            run = []


def _subtree_end(nodes: Sequence[Node], ordinal: int) -> int:
    last = nodes[ordinal]
    while last.children:
        last = nodes[last.children[-1]]
    return last.body_end
