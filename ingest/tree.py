"""Attach lines and accepted markers to each other: the bare tree, before headings and ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ingest.headings import heading_of
from ingest.landmarks import Role, TextLine, find_roles, text_lines
from ingest.markers import Kind, find_markers
from ingest.series import Numbered, accept

_DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION)
_ABOVE_HEADINGS = (*_DIVISIONS, Kind.ARTICLE, Kind.CN_DUN)
_MAY_RUN_ON = (Kind.CN_DUN, Kind.CN_PAREN, Kind.ARABIC, Kind.ARABIC_PAREN)
_MERGED_ROLES = (Role.CONTENTS, Role.SIGN_OFF, Role.TITLE)


@dataclass(slots=True)
class Node:
    """A clause under construction: own words `text[start:body_end]`, label `text[start:label_end]`.

    `kind` is None for unmarked paragraphs and landmarks.
    """

    start: int
    label_end: int
    body_end: int
    parent: int | None
    kind: Kind | None = None
    role: Role | None = None
    has_next: bool = False
    children: list[int] = field(default_factory=list)


def build_tree(text: str) -> list[Node]:
    """Nodes in reading order; together their own words are the whole text but blanks."""
    return _Tree(text).build()


class _Tree:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text_lines(text)
        self.roles = find_roles(self.lines)
        self.nodes: list[Node] = []
        self.open: list[int] = []  # open clauses, outermost first
        self.node_of: dict[int, int] = {}  # index into `numbered` → index into `nodes`
        self.numbered = self._numbered()

    def _numbered(self) -> list[Numbered]:
        starts = [line.start for line in self.lines]
        ordinary = [
            marker
            for marker in find_markers(self.text)
            if bisect_right(starts, marker.start) - 1 not in self.roles
        ]
        ends = (Role.SIGN_OFF, Role.ATTACHMENT)
        barriers = [self.lines[at].start for at, role in self.roles.items() if role in ends]
        return accept(self.text, ordinary, barriers=barriers)

    def build(self) -> list[Node]:
        """Walk the lines; each marker in a line ends the words before it."""
        taken = 0
        for at, line in enumerate(self.lines):
            if role := self.roles.get(at):
                self._add_landmark(line, role)
                continue
            first = taken
            while taken < len(self.numbered) and self.numbered[taken].marker.start < line.end:
                taken += 1
            cuts = [self.numbered[index].marker.start for index in range(first, taken)] + [line.end]
            if cuts[0] > line.start:
                self._add_paragraph(line.start, self._trimmed(line.start, cuts[0]))
            for index in range(first, taken):
                marker = self.numbered[index].marker
                self._add_numbered(index, self._trimmed(marker.start, cuts[index - first + 1]))
        return self.nodes

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return end

    def _append(self, node: Node) -> None:
        if node.parent is not None:
            self.nodes[node.parent].children.append(len(self.nodes))
        self.nodes.append(node)

    def _add_landmark(self, line: TextLine, role: Role) -> None:
        if role is Role.HEADING:
            self._close_for_paragraph()
            if self.open and self.nodes[self.open[-1]].role is Role.HEADING:
                self.open.pop()
            self._append(Node(line.start, line.start, line.end, self._innermost(), role=role))
            self.open.append(len(self.nodes) - 1)
            return
        self.open.clear()
        if role in _MERGED_ROLES and self.nodes and self.nodes[-1].role is role:
            self.nodes[-1].body_end = line.end
        else:
            self._append(Node(line.start, line.start, line.end, None, role=role))

    def _innermost(self) -> int | None:
        return self.open[-1] if self.open else None

    def _add_paragraph(self, start: int, end: int) -> None:
        self._close_for_paragraph()
        self._append(Node(start, start, end, self._innermost()))
        self.open.append(len(self.nodes) - 1)

    def _close_for_paragraph(self) -> None:
        while self.open and not self._holds_paragraph(self.nodes[self.open[-1]]):
            self.open.pop()

    def _holds_paragraph(self, node: Node) -> bool:
        """Whether a new unmarked paragraph belongs inside this open clause."""
        if node.kind is None:
            return node.role is Role.HEADING
        if node.has_next or node.kind in (*_DIVISIONS, Kind.ARTICLE):
            return True
        words = self.text[node.label_end : node.body_end]
        headed = bool(
            heading_of(node.kind, words, in_article=self._in_article(node), has_children=not node.children)
        )
        if node.kind in _MAY_RUN_ON:
            return headed
        is_only_heading = headed and len(words) <= 30 and not words.rstrip("。").count("。")
        return is_only_heading and not node.children

    def _in_article(self, node: Node) -> bool:
        parent = node.parent
        while parent is not None:
            if self.nodes[parent].kind is Kind.ARTICLE:
                return True
            parent = self.nodes[parent].parent
        return False

    def _add_numbered(self, index: int, end: int) -> None:
        entry = self.numbered[index]
        marker = entry.marker
        parent = self._parent_of(entry)
        self.open = self._chain(parent)
        self.node_of[index] = len(self.nodes)
        self._append(Node(marker.start, marker.end, end, parent, kind=marker.kind, has_next=entry.has_next))
        self.open.append(len(self.nodes) - 1)

    def _chain(self, node: int | None) -> list[int]:
        chain: list[int] = []
        while node is not None:
            chain.append(node)
            node = self.nodes[node].parent
        return chain[::-1]

    def _parent_of(self, entry: Numbered) -> int | None:
        """The clause that a marker belongs to: its elder's parent, its lead-in, or its numbered parent."""
        if entry.previous is not None:
            return self.nodes[self.node_of[entry.previous]].parent
        numbered_parent = None if entry.parent is None else self.node_of[entry.parent]
        kind = entry.marker.kind
        if kind in (*_DIVISIONS, Kind.ARTICLE):
            return numbered_parent
        for candidate in reversed(self.open):
            node = self.nodes[candidate]
            if candidate == numbered_parent:
                return candidate
            if node.kind is not None:
                continue
            if node.role is Role.HEADING:
                if kind not in _ABOVE_HEADINGS:
                    return candidate
            elif not entry.marker.line_start or self._leads_in(node, kind):
                return candidate
        if numbered_parent is None or numbered_parent in self.open:
            return numbered_parent
        return self._innermost_numbered()

    def _leads_in(self, node: Node, kind: Kind) -> bool:
        """Whether a paragraph announces the list that follows it; 一、 after a preamble is no list."""
        return kind is not Kind.CN_DUN and self.text[node.body_end - 1] in "：:"

    def _innermost_numbered(self) -> int | None:
        return next((at for at in reversed(self.open) if self.nodes[at].kind is not None), None)
