"""The corpus folder: clean documents, fact sheets and expected questions, read into records.

corpus/documents/*.md    front matter (YAML) between --- lines, then the canonical text
corpus/facts/*.yaml      fact sheets in our own words; one becomes one document of fact cards
corpus/questions/*.jsonl how people ask for a fact or for the words at an anchor (问法)
corpus/questions/heard/  more of the same, from which ranking and judge learn with encoders that did not
corpus/questions/gaps/   what people ask about a fact or document though nothing says it (已知缺口)
corpus/questions/statutes/ how people ask about articles of laws, for when somebody adds one
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml

from assistant.domain import NATIONAL, Document, DocumentKind, DocumentStatus, ExpectedQuestion, Passage
from assistant.errors import DocumentError
from assistant.known_ways import STATUTES
from ingest.jurisdiction import find_jurisdiction
from ingest.passages import owned, passages_of
from ingest.structure import parse_clauses

CARD_PREFIX = "card-"
QUESTIONS, HEARD, GAPS = "questions", "questions/heard", "questions/gaps"
_DERIVED = {"text", "kind", "builtin", "retired", "retired_reason", "clauses"}
_FRONT_FIELDS = tuple(f.name for f in fields(Document) if f.name not in _DERIVED)
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its passages and the other titles its original is known by."""

    document: Document
    passages: tuple[Passage, ...]
    original_titles: tuple[str, ...] = ()
    fact_spans: tuple[tuple[str, int, int], ...] = ()


def corpus_hash(folder: Path) -> str:
    """SHA-256 over names and contents of everything the catalogue takes from a corpus folder."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_corpus(folder: Path) -> Iterator[Entry]:
    """Documents, then fact sheets, each kind by file name.

    Raises:
        DocumentError: A file is not of the expected form; names the file.
    """
    for path in sorted((folder / "documents").glob("*.md")):
        yield read_document(path)
    for path in sorted((folder / "facts").glob("*.yaml")):
        yield from read_fact_sheet(path)


def read_questions(folder: Path, entries: Iterable[Entry]) -> dict[str, list[ExpectedQuestion]]:
    """Expected questions and known gaps by document id; those whose target is not here are left out.

    Raises:
        DocumentError: A line is not valid, or an anchor is not in its document.
    """
    documents = {entry.document.id: entry.document for entry in entries}
    facts = {id_: (e.document.id, start, end) for e in entries for id_, start, end in e.fact_spans}
    found: dict[str, list[ExpectedQuestion]] = {}
    for where in (QUESTIONS, HEARD, GAPS):
        for asked in _of_lines(folder / where, partial(_asked, documents, facts, gap=where == GAPS)):
            for question in asked:
                found.setdefault(question.document_id, []).append(question)
    return found


def heard_questions(folder: Path) -> frozenset[str]:
    """The expected questions of a corpus folder that ranking and judge learn from.

    Raises:
        DocumentError: A line is not valid.
    """
    return frozenset(text for asked in _of_lines(folder / HEARD, _wordings) for text in asked)


def read_document(path: Path) -> Entry:
    """Read a document of corpus/documents.

    Raises:
        DocumentError: Front matter is missing, or a field is unknown or invalid.
    """
    head, text = _split_front_matter(path)
    unknown = set(head) - set(_FRONT_FIELDS)
    if unknown:
        raise DocumentError(f"{path.name}：不认识的字段 {'、'.join(sorted(unknown))}。")
    values: dict[str, Any] = {
        **head,
        "supersedes": tuple(head.get("supersedes") or ()),
        "basis": tuple(head.get("basis") or ()),
        "ocr_spans": tuple((start, end) for start, end in head.get("ocr_spans") or ()),
    }
    values["status"] = _status(path, head.get("status"))
    values["region"] = head.get("region") or _region_of(path, head)
    values.setdefault("id", path.stem)
    clauses = parse_clauses(text, ocr_spans=values["ocr_spans"])
    document = Document(text=text, builtin=True, clauses=clauses, **values)
    return Entry(document, owned(passages_of(document), document.id))


def document_markdown(document: Document) -> str:
    """The corpus file of a document; `read_document` gives the same document back."""
    head = {name: getattr(document, name) for name in _FRONT_FIELDS}
    head["status"] = document.status.value
    head = {k: list(v) if isinstance(v, tuple) else v for k, v in head.items() if v not in (None, "", ())}
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n{document.text}\n"


def read_fact_sheet(path: Path) -> list[Entry]:
    """Read a fact sheet; facts with a validity of their own become a document of their own.

    Raises:
        DocumentError: A field is missing or a status is unknown.
    """
    try:
        sheet = yaml.safe_load(_utf8(path))
    except yaml.YAMLError as exc:
        raise DocumentError(f"{path.name}：不是有效的 YAML：{exc}") from exc
    groups: dict[str, list[Mapping[str, str]]] = {}
    try:
        for fact in sheet["facts"]:
            groups.setdefault(fact.get("status") or sheet["status"], []).append(fact)
        return [
            _fact_entry(path, sheet, facts, status, suffix=f"-{n}" if n else "")
            for n, (status, facts) in enumerate(groups.items())
        ]
    except (KeyError, TypeError) as exc:
        raise DocumentError(f"{path.name}：要点卡缺少字段 {exc}。") from exc


def _fact_entry(
    path: Path, sheet: Mapping[str, object], facts: list[Mapping[str, str]], status: str, *, suffix: str
) -> Entry:
    id_ = f"{CARD_PREFIX}{path.stem}{suffix}"
    passages, spans, at = [], [], 0
    for fact in facts:
        end = at + len(fact["fact"])
        section = str(fact["section"])
        article = section if section.startswith("第") else None
        passages.append(
            Passage(f"{id_}#{at}-{end}", id_, at, end, fact["fact"], section, article, topic=fact["topic"])
        )
        spans.append((fact["id"], at, end))
        at = end + 1
    document = Document(
        id=id_,
        title=str(sheet["title"]),
        text="\n".join(fact["fact"] for fact in facts),
        kind=DocumentKind.FACT_CARD,
        doc_number=_text(sheet["doc_number"]),
        issuer=_text(sheet["issuer"]),
        region=str(sheet["region"]),
        level=str(sheet["level"]),
        issued_on=_text(sheet["date_issued"]),
        effective_on=_text(sheet["date_effective"]),
        status=_status(path, status),
        status_evidence=str(sheet["status_evidence"] or ""),
        source_url=_text(sheet["url"]),
        provenance="要点整理，非原文；" + str(sheet.get("note") or sheet["url_kind"] or ""),
        builtin=True,
    )
    titles = sheet.get("original_titles") or []
    return Entry(document, tuple(passages), tuple(map(str, titles)), tuple(spans))  # type: ignore[call-overload]


def _of_lines(folder: Path, read: Callable[[Mapping[str, Any]], _Made]) -> Iterator[_Made]:
    """What `read` makes of each line of a folder's question files; blank lines are passed over."""
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(_utf8(path).splitlines(), 1):
            if not line.strip():
                continue
            try:
                made = read(json.loads(line))
            except (ValueError, KeyError, TypeError) as exc:
                raise DocumentError(f"{path.name} 第 {number} 行不是有效的问法记录：{exc}") from exc
            yield made


def _asked(
    documents: Mapping[str, Document],
    facts: Mapping[str, tuple[str, int, int]],
    record: Mapping[str, Any],
    *,
    gap: bool,
) -> list[ExpectedQuestion]:
    """Questions of one line with the words they ask for, none for a gap; [] when its target is not here."""
    target, anchor, asked = record["target"], record.get("anchor"), _wordings(record)
    if gap:
        start = facts[target][1] if target in facts else 0
        document_id = facts[target][0] if target in facts else target
        place = (document_id, start, start) if document_id in documents else None
    elif not anchor:
        place = facts.get(target)
    elif target in documents:
        start = documents[target].text.find(anchor)
        if start < 0:
            raise ValueError(f"在 {target} 中找不到“{anchor}”")
        place = (target, start, start + len(anchor))
    else:
        place = None
    return [ExpectedQuestion(*place, text) for text in asked] if place else []


def _wordings(record: Mapping[str, Any]) -> list[str]:
    asked = record["questions"]
    if not isinstance(asked, list) or not all(isinstance(text, str) and text.strip() for text in asked):
        raise ValueError('questions 应是一列问题，如 ["…"]')
    return asked


def _split_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    raw = _utf8(path)
    parts = raw.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise DocumentError(f"{path.name}：开头应有 --- 包住的文件信息。")
    try:
        head = yaml.load(parts[1], Loader=_PlainLoader)
    except yaml.YAMLError as exc:
        raise DocumentError(f"{path.name}：文件信息不是有效的 YAML：{exc}") from exc
    if not isinstance(head, dict) or not head.get("title"):
        raise DocumentError(f"{path.name}：文件信息应写成“名称: 内容”，并至少有 title。")
    return head, parts[2].rstrip("\n")


def _utf8(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise DocumentError(f"{path.name}：不是 UTF-8 编码，请用 UTF-8 另存后再试。") from exc


class _PlainLoader(yaml.SafeLoader):
    """YAML without date guessing: 2020-12-07 stays text."""


_PlainLoader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _status(path: Path, value: object) -> DocumentStatus:
    try:
        return DocumentStatus(str(value or DocumentStatus.UNKNOWN.value))
    except ValueError as exc:
        allowed = "、".join(s.value for s in DocumentStatus)
        raise DocumentError(f"{path.name}：状态“{value}”无效，可用：{allowed}。") from exc


def _region_of(path: Path, head: Mapping[str, Any]) -> str:
    """The region that issuer or title prove where the file states none; 全国 when they name no place."""
    title = str(head["title"])
    found = find_jurisdiction(_text(head.get("issuer")), [title], level=str(head.get("level") or ""))
    if found is not None and found.value is None:
        raise DocumentError(
            f"{path.name}：从“{found.source}”看不出是哪个省、市的，请在文件信息里写明 region。"
        )
    return (found.value if found else None) or NATIONAL


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _files(folder: Path) -> list[Path]:
    questions = (f"{where}/*.jsonl" for where in (QUESTIONS, HEARD, GAPS, STATUTES))
    patterns = ("documents/*.md", "facts/*.yaml", *questions)
    return sorted(path for pattern in patterns for path in folder.glob(pattern))
