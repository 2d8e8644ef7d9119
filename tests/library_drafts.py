"""Small documents for the tests of relations and of the library: as drafts, and as files to add."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant.answer import Assistant
from assistant.config import Settings
from assistant.domain import Document, DocumentStatus
from ingest.drafts import Draft
from ingest.evidence import Evidence
from ingest.fingerprints import fingerprint
from ingest.passages import passages_of
from ingest.shelf import Shelf
from ingest.structure import parse_clauses

SENTENCES = (
    "社区社会组织备案由街道办事处办理",
    "街道办事处应当自收到材料之日起十日内办结",
    "备案组织的负责人应当年满十八周岁",
    "备案组织的成员不少于十人",
    "备案组织应当有固定的活动场地",
    "备案不收取任何费用",
    "备案组织每年向街道办事处报告活动情况",
    "连续两年没有开展活动的予以注销备案",
    "街道办事处应当建立备案组织名册",
    "备案组织可以承接社区公益服务项目",
)


def articles(*sentences: str) -> str:
    """Sentences as numbered articles, a line each."""
    numbers = "一二三四五六七八九十"
    return "\n".join(f"第{numbers[i]}条 {sentence}。" for i, sentence in enumerate(sentences))


def draft(
    title: str = "四川省社区社会组织备案管理办法",
    *,
    text: str | None = None,
    number: str | None = None,
    region: str = "四川省",
    issued_on: str | None = "2022-03-01",
    level: str = "规范性文件",
    supersedes: tuple[str, ...] = (),
    basis: tuple[str, ...] = (),
    sure: float = 0.9,
) -> Draft:
    """A draft as reading a file would give it."""
    text = articles(*SENTENCES) if text is None else text
    document = Document(
        id="",
        title=title,
        text=text,
        doc_number=number,
        region=region,
        level=level,
        issued_on=issued_on,
        status=DocumentStatus.UNKNOWN,
        supersedes=supersedes,
        basis=basis,
        clauses=parse_clauses(text),
    )
    evidence = {name: Evidence(getattr(document, name), "测试", sure) for name in ("title", "region")}
    return Draft(document, tuple(passages_of(document)), evidence, ())


def held(draft_: Draft, id_: str) -> Document:
    """The draft's document as it stands in a catalogue's list."""
    return replace(draft_.document, id=id_, text="", clauses=())


def shelf_of(**drafts: Draft) -> Shelf:
    """A shelf of drafts under the ids they are given by (`v1=…`)."""
    documents = [held(draft_, id_) for id_, draft_ in drafts.items()]
    return Shelf(documents, {id_: fingerprint(d.document.text) for id_, d in drafts.items()})


def regulation(
    folder: Path,
    name: str,
    *sentences: str,
    title: str = "四川省社区社会组织备案管理办法",
    number: str = "川民规〔2022〕7号",
    tail: str = "",
) -> Path:
    """A text file of a regulation as offices keep it."""
    path = folder / name
    body = articles(*(sentences or SENTENCES))
    path.write_text("\n".join(line for line in (title, number, body, tail) if line) + "\n", "utf-8")
    return path


def digest(folder: Path) -> Path:
    """A page of two articles, divided as the news digests of the real world are."""
    parts = [
        f"{title}\n2022-03-0{day} 来源:民政部门户网站\n" + (f"{words}。" * 30)
        for day, title, words in (
            (1, "备案工作现场会召开", SENTENCES[0]),
            (2, "社区活动场地开放", SENTENCES[4]),
        )
    ]
    path = folder / "汇编.txt"
    path.write_text("\n-\n".join(parts), "utf-8")
    return path


def titles(settings: Settings, question: str) -> list[str]:
    """Titles of the best hits of a question asked from Sichuan, best first."""
    assistant = Assistant.open(settings)
    try:
        return [hit.document.title for hit in assistant.search(question, region="四川", top_k=5)]
    finally:
        assistant.close()
