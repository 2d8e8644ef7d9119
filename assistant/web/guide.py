"""What the topics page is made of, read from corpus/guide.yaml: ready questions and places in documents, no figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.datafile import DataFile

if TYPE_CHECKING:
    import yaml


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a document: from the first occurrence of `begins` to the end of the next `ends`.

    An empty `ends` means just the words of `begins`.
    """

    document_id: str
    begins: str
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way (办理方式) an organisation comes under management, with the clauses that say so."""

    name: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one document says about each column; a column it says nothing about is missing."""

    document_id: str
    cells: Mapping[str, Anchor]


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison (对照表) of several documents."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The file as records: questions by topic, ways from formal to loose, tables."""

    questions: Mapping[str, tuple[str, ...]]
    ways: tuple[Way, ...]
    tables: tuple[Table, ...]

    @classmethod
    def load(cls, path: Path) -> Guide:
        """Read guide.yaml.

        Raises:
            ConfigError: The file is missing or malformed; the message names file and line.
        """
        source = DataFile.open(path)
        parts = source.record(source.root, required=["questions", "ways", "thresholds"])
        questions = {
            source.text(topic): tuple(source.text(question) for question in source.entries(asked))
            for topic, asked in source.pairs(parts["questions"])
        }
        ways = tuple(_way(source, node) for node in source.entries(parts["ways"]))
        tables = tuple(_table(source, node) for node in source.entries(parts["thresholds"]))
        return cls(questions, ways, tables)


def _way(source: DataFile, node: yaml.Node) -> Way:
    fields = source.record(node, required=["way", "quotes"])
    anchors = []
    for quote in source.entries(fields["quotes"]):
        place = source.record(quote, required=["document", "from"], optional=["to"])
        anchors.append(_anchor(source, place, document_id=source.text(place["document"])))
    return Way(source.text(fields["way"]), tuple(anchors))


def _table(source: DataFile, node: yaml.Node) -> Table:
    fields = source.record(node, required=["name", "columns", "rows"])
    columns = tuple(source.text(column) for column in source.entries(fields["columns"]))
    rows = []
    for row in source.entries(fields["rows"]):
        cells = source.record(row, required=["document"], optional=columns)
        document_id = source.text(cells.pop("document"))
        places = {
            name: source.record(cell, required=["from"], optional=["to"]) for name, cell in cells.items()
        }
        found = {name: _anchor(source, place, document_id=document_id) for name, place in places.items()}
        rows.append(Row(document_id, found))
    return Table(source.text(fields["name"]), columns, tuple(rows))


def _anchor(source: DataFile, place: Mapping[str, yaml.Node], *, document_id: str) -> Anchor:
    ends = source.text(place["to"]) if "to" in place else ""
    return Anchor(document_id, source.text(place["from"]), ends)
