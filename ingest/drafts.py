"""From a file to drafts (草稿) of documents. READ FIRST in this package.

read       bytes → lines                         readers/, in a child process
split      a page → its articles                 split
clean      an article → masthead, text, the rest thrown away
parse      text → clause tree                    structure
describe   masthead, text → metadata, each with evidence
judge      metadata, text → validity on a day
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.domain import Document, DocumentStatus, Passage
from assistant.errors import DocumentError
from ingest.archives import files_of, is_collection, safe_name
from ingest.canonical import canonical_text
from ingest.clean import CleanPage, clean
from ingest.evidence import GIVEN, NOT_FOUND, Evidence, missing
from ingest.jurisdiction import REGION_UNPROVEN
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.metadata import Metadata, find_metadata
from ingest.numbering import numbering_gaps
from ingest.passages import passages_of
from ingest.readers import read_file
from ingest.readers.raw import PageDone, RawPage, unheard
from ingest.regions import find_region
from ingest.split import split_articles
from ingest.structure import parse_clauses
from ingest.traditional import as_read, is_traditional
from ingest.validity import Validity, judge_validity
from ingest.weblinks import absolute

__all__ = ["OVERRIDABLE", "Batch", "Draft", "Evidence", "Refusal", "read_batch", "read_drafts"]

OVERRIDABLE = (
    "title", "doc_number", "issuer", "region", "level", "issued_on", "effective_on", "expires_on",
    "status", "source_url", "provenance",
)  # fmt: skip
_ISO_DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_TRADITIONAL = (
    "正文是繁体字，用简体字提问也能查到，引文保持繁体原样。这个网站若有简体版，改为添加简体版更便于阅读。"
)
_SOURCE_NOTE = re.compile(r"来源|作者|供稿|原载|摘自")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as read, before it is in the catalogue.

    `document.id` is "" and its passages' `document_id` too, `document.region` as long as
    it is unproven; `evidence` has an entry per metadata field; `warnings` are Chinese,
    for the administrator.
    """

    document: Document
    passages: tuple[Passage, ...]
    evidence: dict[str, Evidence]
    warnings: tuple[str, ...]

    @property
    def is_placed(self) -> bool:
        """Whether its region is known; a draft without one must not become a document."""
        return bool(self.document.region)

    def placed(self, region: str) -> Draft:
        """The draft with the region that a person gives."""
        return replace(
            self,
            document=replace(self.document, region=region),
            evidence=self.evidence | {"region": Evidence(region, GIVEN, 1.0)},
            warnings=tuple(warning for warning in self.warnings if warning != region_unproven(self)),
        )


def region_unproven(draft: Draft) -> str:
    """Why a draft that is not placed cannot be added, and what to do about it, in Chinese."""
    return REGION_UNPROVEN.format(name=draft.evidence["region"].source)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file of a folder or archive that could not be read, and why (Chinese)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file, folder or archive gave: drafts in order, and the files that were refused."""

    drafts: tuple[Draft, ...]
    refused: tuple[Refusal, ...] = ()


def read_drafts(
    path: Path,
    *,
    overrides: Mapping[str, str] | None = None,
    as_of: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    page_done: PageDone = unheard,
) -> list[Draft]:
    """Read one file and understand what is in it; a page may hold several articles.

    Args:
        path: The file; for a folder or a zip archive see `read_batch`.
        overrides: Metadata the administrator gives, by field name (`OVERRIDABLE`);
            they win over what is found, for every article of the file.
        as_of: The day validity is judged on; today when None.
        limits: Bounds for reading.
        page_done: Told as pages of a scan are recognised.

    Returns:
        Drafts in the file's order, at least one.

    Raises:
        DocumentError: The file cannot be read, or holds no text; the message is
            Chinese and says what to do.
    """
    given = _checked(overrides or {})
    raw = read_file(path, limits=limits, page_done=page_done)
    file = _File(path, hashlib.sha256(path.read_bytes()).hexdigest(), raw)
    day = as_of or date.today()
    pages = [clean(article, info=raw.info) for article in split_articles(raw.lines)]
    alone = len(pages) == 1  # what a file declares as its title is not that of each article in it
    drafts = [_draft(page, file, overrides=given, as_of=day, alone=alone) for page in pages if page.body]
    if not drafts:
        raise DocumentError(f"“{path.name}”里没有读到正文。如果是扫描件，请先做文字识别（OCR）再添加。")
    return drafts


def read_batch(
    path: Path,
    *,
    overrides: Mapping[str, str] | None = None,
    as_of: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Batch:
    """Read a file, or every document of a folder or zip archive; one bad file stops no other.

    Raises:
        DocumentError: A single file is refused, or the folder or archive holds no document.
    """
    if not is_collection(path):
        return Batch(tuple(read_drafts(path, overrides=overrides, as_of=as_of, limits=limits)))
    drafts: list[Draft] = []
    refused: list[Refusal] = []
    with files_of(path, limits=limits) as files:
        for file in files:
            try:
                drafts += read_drafts(file, overrides=overrides, as_of=as_of, limits=limits)
            except DocumentError as exc:
                refused.append(Refusal(file.name, str(exc)))
    return Batch(tuple(drafts), tuple(refused))


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    sha256: str
    raw: RawPage


def _checked(overrides: Mapping[str, str]) -> dict[str, str]:
    for name in overrides:
        if name not in OVERRIDABLE:
            raise DocumentError(f"不认识的字段“{name}”，可填写的有：{'、'.join(OVERRIDABLE)}。")
    given = {name: value for name, value in overrides.items() if value}
    if "region" in given:
        region = "全国" if given["region"] in ("全国", "国家") else find_region(given["region"])
        if region is None:
            raise DocumentError(f"不认识的地区“{given['region']}”，请写全称，如“四川省”“广东省深圳市”。")
        given["region"] = region
    if "status" in given and given["status"] not in {status.value for status in DocumentStatus}:
        choices = "、".join(status.value for status in DocumentStatus)
        raise DocumentError(f"不认识的效力状态“{given['status']}”，请从这些里选：{choices}。")
    for name in ("issued_on", "effective_on", "expires_on"):
        if name in given and not _ISO_DATE.fullmatch(given[name]):
            raise DocumentError(f"日期“{given[name]}”写法不对，请写成 2020-12-07、2020-12 或 2020。")
    return given


def _draft(page: CleanPage, file: _File, *, overrides: Mapping[str, str], as_of: date, alone: bool) -> Draft:
    canonical = canonical_text(page.body)
    traditional = is_traditional(canonical.text)
    plain = as_read(canonical.text, traditional=traditional)
    page = replace(page, head=tuple(as_read(line, traditional=traditional) for line in page.head))
    declared = file.raw.title if alone else None
    name = safe_name(file.path.stem)
    found = find_metadata(page, plain, declared_title=declared, file_name=name)
    evidence = _evidence(found, page, file.raw)
    evidence |= {name: Evidence(value, GIVEN, 1.0) for name, value in overrides.items()}
    validity = judge_validity(
        _text_of(evidence, "title"),
        plain,
        issued_on=evidence["issued_on"].value,
        as_of=as_of,
        info=page.info,
        level=_text_of(evidence, "level"),
        expires_on=overrides.get("expires_on"),
    )
    evidence = _validity_evidence(validity) | evidence
    recognised = canonical.spans_of(file.raw.ocr_pages)
    clauses = parse_clauses(plain, pages=canonical.pages, ocr_spans=recognised)
    document = _document(evidence, found, validity, text=canonical.text, file=file)
    document = replace(document, ocr_spans=recognised, clauses=clauses)
    gaps = numbering_gaps(document.clauses)
    attached = _attachment_notes(file.raw, evidence["source_url"].value)
    script = [_TRADITIONAL] if traditional else []
    doubts = [said for name, sayings in found.warnings.items() if name not in overrides for said in sayings]
    warnings = dict.fromkeys((*file.raw.warnings, *script, *attached, *doubts, *gaps))
    return Draft(document, tuple(passages_of(document)), evidence, tuple(warnings))


def _attachment_notes(raw: RawPage, page_url: str | None) -> list[str]:
    """One note per linked file, with the full address where the page's own is known."""
    base = page_url or raw.source_url
    return [
        f"网页有附件“{name}”，没有随网页一起读取。需要的话请单独添加：{absolute(base, link)}"
        for name, link in raw.attachments
    ]


def _text_of(evidence: Mapping[str, Evidence], name: str) -> str:
    return evidence[name].value or ""


def _evidence(found: Metadata, page: CleanPage, raw: RawPage) -> dict[str, Evidence]:
    named = [note.strip("（()） ") for note in page.notes if _SOURCE_NOTE.search(note)]
    named += [page.info[key] for key in ("信息来源", "文章来源", "来源") if page.info.get(key)]
    if raw.ocr_pages:
        named.append("文字由扫描件识别（OCR）得到，可能有错字")
    source = "；".join(dict.fromkeys(named))
    return {
        "title": found.title,
        "doc_number": found.doc_number,
        "issuer": found.issuer,
        "region": found.region,
        "level": found.level,
        "issued_on": found.issued_on,
        "source_url": Evidence(raw.source_url, "网页", 0.9) if raw.source_url else missing(),
        "provenance": Evidence(source or None, source or NOT_FOUND, 0.8 if source else 0.0),
    }


def _validity_evidence(validity: Validity) -> dict[str, Evidence]:
    known = validity.status is not DocumentStatus.UNKNOWN
    return {
        "effective_on": Evidence(validity.effective_on, "正文", 0.9) if validity.effective_on else missing(),
        "expires_on": Evidence(validity.expires_on, validity.evidence, 0.9)
        if validity.expires_on
        else missing(),
        "status": Evidence(validity.status.value, validity.evidence, 0.9 if known else 0.3),
    }


def _document(
    evidence: Mapping[str, Evidence],
    found: Metadata,
    validity: Validity,
    *,
    text: str,
    file: _File,
) -> Document:
    status = evidence["status"]
    return Document(
        id="",
        title=_text_of(evidence, "title"),
        text=text,
        doc_number=evidence["doc_number"].value,
        issuer=evidence["issuer"].value,
        region=_text_of(evidence, "region"),
        level=evidence["level"].value or "其他",
        issued_on=evidence["issued_on"].value,
        effective_on=evidence["effective_on"].value,
        expires_on=evidence["expires_on"].value,
        status=DocumentStatus(status.value or DocumentStatus.UNKNOWN),
        status_evidence=validity.evidence if status.source != GIVEN else GIVEN,
        supersedes=validity.supersedes,
        basis=found.basis,
        source_url=evidence["source_url"].value,
        provenance=_text_of(evidence, "provenance"),
        original_sha256=file.sha256,
        original_suffix=file.path.suffix.lower(),
    )
