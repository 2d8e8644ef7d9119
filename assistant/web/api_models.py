"""What the versioned interface gives, field by field: the description that programs are written against."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Self

from pydantic import BaseModel, Field

from assistant.domain import Document


class ErrorOut(BaseModel):
    """出错时的回复。"""

    error: Annotated[str, Field(description="中文说明和处理办法")]


class PointOut(BaseModel):
    """一条答复要点。"""

    text: str
    citations: Annotated[list[int], Field(description="所依据的引用编号")]


class NoticeOut(BaseModel):
    """一条提示。"""

    kind: Annotated[str, Field(description="validity、jurisdiction、fact_card、premise 或 mode")]
    text: str


class CitationOut(BaseModel):
    """一处引用；quote 逐字等于文件全文的 start 到 end。"""

    n: int
    document_id: str
    title: str
    doc_number: str | None
    issuer: str | None
    region: str
    level: str
    issued_on: str | None
    status: Annotated[str, Field(description="效力")]
    section: str
    page: int | None
    quote: str
    start: int
    end: int
    kind: Annotated[str, Field(description="original（原文）或 fact_card（要点整理，非原文）")]
    url: str | None
    effective_on: Annotated[str | None, Field(description="施行日期")]
    ocr: Annotated[bool, Field(description="true 表示文字由扫描件识别，可能有错字，请核对原件")]
    status_evidence: Annotated[str, Field(description="这样登记效力的依据，没有记下时为空")]


class AnswerOut(BaseModel):
    """一个答复。"""

    status: Annotated[
        str,
        Field(
            description="answered、partial、no_evidence、other_region_only、out_of_scope、unclear 或 error"
        ),
    ]
    refused: Annotated[bool, Field(description="true 表示没有据以回答的规定")]
    answer: Annotated[str, Field(description="Markdown，[1] 对应 citations 里的 n")]
    mode: Annotated[str, Field(description="extractive（摘录原文）或 llm（大模型改写并核对）")]
    points: list[PointOut]
    citations: list[CitationOut]
    related: Annotated[list[CitationOut], Field(description="相关但未回答的条款")]
    notices: list[NoticeOut]
    ask_whom: Annotated[str, Field(description="拒答时建议问谁")]
    timings_ms: Annotated[dict[str, float], Field(description="每一步的毫秒数")]
    latency_ms: float


class HitOut(BaseModel):
    """一条查到的条款。"""

    rank: int
    document_id: str
    title: str
    region: str
    section: str
    article: str | None
    start: int
    end: int
    score: Annotated[float, Field(description="只在同一次查找里可比")]
    text: str
    rejected: Annotated[str, Field(description="不采用的原因，空为可用")]
    reasons: dict[str, float]


class HitsOut(BaseModel):
    """查到的条款。"""

    hits: list[HitOut]


class DocumentOut(BaseModel):
    """一份文件的信息。"""

    id: str
    title: str
    kind: Annotated[str, Field(description="original（原文）或 fact_card（要点整理，非原文）")]
    doc_number: str | None
    issuer: str | None
    region: str
    level: str
    issued_on: str | None
    effective_on: str | None
    expires_on: str | None
    status: Annotated[str, Field(description="效力")]
    status_evidence: str
    superseded_by: str | None
    source_url: str | None

    @classmethod
    def of(cls, document: Document) -> Self:
        """What a document says of itself, as far as this model tells it."""
        values = asdict(document) | {"status": document.status.value, "kind": document.kind.value}
        return cls(**{name: values[name] for name in cls.model_fields if name in values})


class DocumentsOut(BaseModel):
    """文件列表。"""

    documents: list[DocumentOut]


class ClauseOut(BaseModel):
    """目录里的一条；start、end 是全文里的字符位置。"""

    depth: int
    label: str
    heading: str
    start: int
    end: int


class TextOut(DocumentOut):
    """一份文件，带目录和全文。"""

    clauses: list[ClauseOut]
    text: str
