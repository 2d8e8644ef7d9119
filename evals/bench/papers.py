"""Documents as offices write them, with what is true of each, to measure reading by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from evals.bench.material import ARTICLES_A_LAW, Law, made_up_laws, statute_laws

_LABEL = re.compile(r"第[零一二三四五六七八九十百千〇]+条")
_MIN_ARTICLES, _MAX_ARTICLES = 12, 90
_STATUTE_STEP = 97  # every so many of the statutes: different regions and kinds


@dataclass(frozen=True, slots=True)
class _Body:
    """A body that issues documents; `code` is the word its numbers or its sessions begin with."""

    name: str
    region: str
    code: str


_BODIES = (
    _Body("四川省民政厅", "四川省", "川民规"),
    _Body("广州市民政局", "广东省广州市", "穗民规字"),
    _Body("国务院办公厅", "全国", "国办发"),
    _Body("杭州市人民政府办公厅", "浙江省杭州市", "杭政办函"),
    _Body("成都市武侯区民政局", "四川省成都市武侯区", "成武民发"),
)
_ASSEMBLIES = (
    _Body("贵州省人民代表大会常务委员会", "贵州省", "贵州省"),
    _Body("南京市人民代表大会常务委员会", "江苏省南京市", "南京市"),
    _Body("内蒙古自治区人民代表大会常务委员会", "内蒙古自治区", "内蒙古自治区"),
    _Body("重庆市人民代表大会常务委员会", "重庆市", "重庆市"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be written as a file of some format, and what reading it must give.

    `above` are the lines over the title, `lines` those below it. `metadata` maps field
    names to what is right; `articles` are the labels 第X条 in order.
    """

    title: str
    above: tuple[str, ...]
    lines: tuple[str, ...]
    metadata: dict[str, str]
    articles: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the text of the document is, line by line, without title and masthead."""
        return "\n".join(self.lines)


def papers(count: int, *, statutes: Path | None) -> list[Paper]:
    """Notices that enclose rules, and regulations, their articles made up or taken from a statutes folder."""
    laws = _real_laws(statutes) if statutes else made_up_laws(count * ARTICLES_A_LAW)
    return [_paper(law, number) for number, law in enumerate(islice(laws, count))]


def _real_laws(folder: Path) -> Iterator[Law]:
    """Laws of usual length whose articles are numbered from 第一条 without a gap in their labels."""
    fitting = 0
    for law in statute_laws(folder, region=None):
        labels = [passage.article or "" for passage in law.passages]
        numbered = all(_LABEL.fullmatch(label) for label in labels) and len(set(labels)) == len(labels)
        if numbered and labels[0] == "第一条" and _MIN_ARTICLES <= len(labels) <= _MAX_ARTICLES:
            fitting += 1
            if fitting % _STATUTE_STEP == 1:
                yield law


def _paper(law: Law, number: int) -> Paper:
    """Every second law as a notice's enclosure, the others as an assembly's own document."""
    name = re.sub(r"[（(].*?[)）]", "", law.document.title)
    articles = tuple(passage.article or "" for passage in law.passages)
    if number % 2:
        return _regulation(name, tuple(_rules(law)), articles, number)
    return _notice(name, tuple(_rules(law)), articles, number)


def _notice(name: str, rules: tuple[str, ...], articles: tuple[str, ...], number: int) -> Paper:
    body = _BODIES[number // 2 % len(_BODIES)]
    year, month, day = 2018 + number % 7, 1 + number % 12, 3 + number % 25
    doc_number = f"{body.code}〔{year}〕{11 + number}号"
    title = f"{body.name}关于印发《{name}》的通知"
    lines = (
        doc_number,
        "各有关单位：",
        f"《{name}》已经研究同意，现印发给你们，请结合实际认真贯彻执行。",
        body.name,
        f"{year}年{month}月{day}日",
        name,
        *rules,
    )
    issued_on = f"{year}-{month:02}-{day:02}"
    return Paper(title, (f"{body.name}文件",), lines, _facts(title, doc_number, body, issued_on), articles)


def _regulation(name: str, rules: tuple[str, ...], articles: tuple[str, ...], number: int) -> Paper:
    body = _ASSEMBLIES[number // 2 % len(_ASSEMBLIES)]
    year, month, day = 2018 + number % 7, 1 + number % 12, 3 + number % 25
    adopted = f"（{year}年{month}月{day}日{body.code}第十三届人民代表大会常务委员会第{'六八'[number % 2]}次会议通过）"
    issued_on = f"{year}-{month:02}-{day:02}"
    return Paper(name, (), (adopted, *rules), _facts(name, "", body, issued_on), articles)


def _facts(title: str, doc_number: str, body: _Body, issued_on: str) -> dict[str, str]:
    return {
        "title": title,
        "doc_number": doc_number,
        "issuer": body.name,
        "region": body.region,
        "issued_on": issued_on,
    }


def _rules(law: Law) -> Iterable[str]:
    """Chapter headings and articles, as lines."""
    heading = ""
    for passage in law.passages:
        above = passage.section.rpartition(" > ")[0]
        if above and above != heading:
            heading = above
            yield " ".join(above.split())
        yield from (line.strip() for line in passage.text.split("\n") if line.strip())
