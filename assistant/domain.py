"""Records that travel between the stages: frozen, typed, with next to no behaviour of their own.

Offsets are 0-based, half-open, in Unicode code points of a document's canonical
text. Pages are 1-based. Dates are ISO strings (`2020-12-07`, `2020-12` or `2020`
when a source says no more). Scores: higher is better, comparable within one
question only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

NATIONAL = "全国"
LEVELS = (
    "法律", "行政法规", "部门规章", "地方性法规", "地方政府规章", "规范性文件", "规划", "答复", "解读",
    "经验材料", "新闻", "征求意见稿", "其他",
)  # fmt: skip
FIELD_NAMES = {  # metadata that a person may correct, and what it is called
    "title": "标题",
    "doc_number": "发文字号",
    "issuer": "发文机关",
    "region": "地区",
    "level": "级别",
    "issued_on": "成文日期",
    "effective_on": "施行日期",
    "expires_on": "失效日期",
    "status": "效力",
    "source_url": "来源网址",
    "provenance": "来源说明",
}
ORIGINAL_HELD = "原文已入库"  # why a card retires by itself; "：" and the original's id follow


class DocumentStatus(StrEnum):
    """Validity (效力) of a document, as shown on every citation."""

    IN_FORCE = "现行有效"
    PENDING = "尚未施行"
    REVISED = "已修订"
    REPEALED = "已废止"
    EXPIRED = "实施期已满"
    DRAFT = "征求意见稿"
    UNKNOWN = "未知"


NOT_IN_FORCE = frozenset(DocumentStatus) - {DocumentStatus.IN_FORCE, DocumentStatus.UNKNOWN}


class DocumentKind(StrEnum):
    """Whether quotes are the original's words or our restatement (要点卡)."""

    ORIGINAL = "original"
    FACT_CARD = "fact_card"


@dataclass(frozen=True, slots=True)
class Clause:
    """A node (条款) of a document's tree.

    `start`–`end` spans the whole subtree; `start`–`body_end` the node's own words,
    label and heading included, before its first child. `parent` is the ordinal of
    the enclosing clause, None at the top. `label` is the marker as written
    (第五条, (一), 1., 一是), empty for an unmarked paragraph; `heading` the short
    title after the marker, empty when the marker is followed by running text. `ocr`:
    some of its own words were recognised from a picture.
    """

    ordinal: int
    parent: int | None
    depth: int
    label: str
    heading: str
    start: int
    body_end: int
    end: int
    page: int | None = None
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieval unit (段落): `text == document.text[start:end]`.

    `section` is the heading path joined by " > " (empty for a preamble), `article`
    the 第X条 it stands in, if any. `topic` is set for fact cards only.
    """

    id: str
    document_id: str
    start: int
    end: int
    text: str
    section: str
    article: str | None = None
    page: int | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedQuestion:
    """A way people ask (问法) for the words at `start`–`end` of a document.

    Without words (`start` equals `end`) it is a known gap (已知缺口): people ask it about the
    passage at `start`, and no text of the corpus says it. Indexed as a field of its passage;
    never shown as an answer.
    """

    document_id: str
    start: int
    end: int
    question: str

    @property
    def is_gap(self) -> bool:
        """Whether nothing answers it."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document (文件) or a sheet of fact cards, with its frozen text.

    `region` is a full administrative path (全国, 四川省, 四川省成都市都江堰市).
    `text` is empty in listings. `clauses` are in reading order. `ocr_spans` are the parts
    of the text (start, end) that were recognised from pictures, ascending.
    """

    id: str
    title: str
    text: str
    kind: DocumentKind = DocumentKind.ORIGINAL
    doc_number: str | None = None
    issuer: str | None = None
    region: str = NATIONAL
    level: str = "其他"
    issued_on: str | None = None
    effective_on: str | None = None
    expires_on: str | None = None
    status: DocumentStatus = DocumentStatus.UNKNOWN
    status_evidence: str = ""
    supersedes: tuple[str, ...] = ()
    superseded_by: str | None = None
    basis: tuple[str, ...] = ()
    source_url: str | None = None
    provenance: str = ""
    original_sha256: str | None = None
    original_suffix: str | None = None
    builtin: bool = False
    retired: bool = False
    retired_reason: str = ""
    ocr_spans: tuple[tuple[int, int], ...] = ()
    clauses: tuple[Clause, ...] = ()

    def recognised(self, start: int, end: int) -> bool:
        """Whether any of the words at `start`–`end` were recognised from a picture (OCR)."""
        return any(first < end and start < last for first, last in self.ocr_spans)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its document (text left out) and why it was found.

    `focus` is the span that the most similar expected question points at, `asked` that
    question's row, `gap` that of the known gap most like the question (-1: none). `reasons` maps feature
    names to values; `rejected` says in Chinese why a hit was not used, empty when it was.
    """

    passage: Passage
    document: Document
    score: float
    reasons: dict[str, float] = field(default_factory=dict)
    focus: tuple[int, int] | None = None
    asked: int = -1
    rejected: str = ""
    gap: int = -1


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation: role is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote (引用): `quote == document.text[start:end]`.

    `ocr`: the words were recognised from a picture and may differ from the printed ones.
    `status_evidence`: why the document has this status on the day asked about; "" when nobody noted it.
    """

    n: int
    document_id: str
    title: str
    doc_number: str | None
    issuer: str | None
    region: str
    level: str
    issued_on: str | None
    status: DocumentStatus
    section: str
    page: int | None
    quote: str
    start: int
    end: int
    kind: DocumentKind
    url: str | None = None
    effective_on: str | None = None
    ocr: bool = False
    status_evidence: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One statement of an answer and the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...]


class NoticeKind(StrEnum):
    """What a notice (提示) warns of."""

    VALIDITY = "validity"
    JURISDICTION = "jurisdiction"
    FACT_CARD = "fact_card"
    PREMISE = "premise"
    MODE = "mode"


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning shown with an answer."""

    kind: NoticeKind
    text: str


class AnswerStatus(StrEnum):
    """How a question ended. Not answering is a status, never an exception."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NO_EVIDENCE = "no_evidence"
    OTHER_REGION_ONLY = "other_region_only"
    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the asker gets. `answer` is Markdown with [n] markers.

    `points` is empty when `refused`; `related` then holds the nearest quotes,
    labelled as not answering. `explain` holds each stage's decisions.
    """

    status: AnswerStatus
    answer: str
    question: str
    region: str | None
    points: tuple[Point, ...] = ()
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    ask_whom: str = ""
    mode: str = "extractive"
    timings_ms: dict[str, float] = field(default_factory=dict)
    explain: dict[str, object] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """True when no point is asserted."""
        return self.status not in (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)

    @property
    def latency_ms(self) -> float:
        """Total wall time of the question in milliseconds, 0.0 when not measured."""
        return self.timings_ms.get("total", 0.0)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote in its surroundings, for the source panel.

    `before` and `after` are neighbouring text of the same document, verbatim, cut at
    clause boundaries; `outline` the document's headings with the quote's marked by
    `outline_at` (-1 when the document has none).
    """

    document: Document
    section: str
    before: str
    quote: str
    after: str
    page: int | None = None
    outline: tuple[str, ...] = ()
    outline_at: int = -1
    ocr: bool = False
