"""Sentences made wrong on purpose: one alteration each, by a fixed seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.domain import Citation, DocumentKind, DocumentStatus

_NUMBER = re.compile(r"\d+|(?<=[^统进])[一二三四五六七八九十]+(?=年|日|个|名|项|家|倍|万)")
_HAN = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A quote with its sentences, as tests/rewritten.yaml has them."""

    citation: Citation
    faithful: tuple[str, ...]
    unfaithful: tuple[str, ...]


def rewritten() -> list[Rewritten]:
    rows = yaml.safe_load((Path(__file__).parent / "rewritten.yaml").read_text("utf-8"))
    return [Rewritten(_citation(row), tuple(row["faithful"]), tuple(row["unfaithful"])) for row in rows]


def _citation(row: dict[str, str]) -> Citation:
    return Citation(
        n=1,
        document_id="made",
        title=row["title"],
        doc_number=row.get("doc_number"),
        issuer=None,
        region=row.get("region", "全国"),
        level="规范性文件",
        issued_on=row.get("issued_on"),
        status=DocumentStatus(row.get("status", "未知")),
        section=row.get("section", ""),
        page=None,
        quote=row["quote"],
        start=0,
        end=len(row["quote"]),
        kind=DocumentKind.ORIGINAL,
    )


def _figure(text: str, chance: random.Random) -> str:
    """Another number in the place of one: a digit changed, a nought more, or one of the sentence's own."""
    places = list(_NUMBER.finditer(text))
    if not places:
        return text
    place = chance.choice(places)
    old = place.group()
    if not old.isdigit():
        new = chance.choice([c for c in _HAN[1:] if c != old])
    elif chance.random() < 0.3:
        new = old + "0"
    else:
        at = chance.randrange(len(old))
        digit = chance.choice([d for d in "123456789" if d != old[at]])
        new = old[:at] + digit + old[at + 1 :]
    return text[: place.start()] + new + text[place.end() :]


def _swapped_figures(text: str, chance: random.Random) -> str:
    """Two different numbers of a sentence change places."""
    places = list(_NUMBER.finditer(text))
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :] if a.group() != b.group()]
    if not pairs:
        return text
    a, b = chance.choice(pairs)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _replacing(*pairs: tuple[str, str]) -> Callable[[str, random.Random], str]:
    """One occurrence of one of the words becomes its counterpart."""

    def alter(text: str, chance: random.Random) -> str:
        places = [(m, new) for old, new in pairs for m in re.finditer(old, text)]
        if not places:
            return text
        match, new = chance.choice(places)
        return text[: match.start()] + match.expand(new) + text[match.end() :]

    return alter


def _added(*claims: str) -> Callable[[str, random.Random], str]:
    """A claim that no quote holds, at the end or in front."""

    def alter(text: str, chance: random.Random) -> str:
        claim = chance.choice(claims)
        return f"{claim}，{text}" if chance.random() < 0.5 else f"{text.rstrip('。')}，{claim}。"

    return alter


ALTERATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "figure": _figure,
    "swapped figures": _swapped_figures,
    "unit": _replacing(
        (r"(?<=\d)日", "个月"),
        (r"(?<=\d)个工作日", "年"),
        (r"万元", "元"),
        (r"(?<=\d)个月", "日"),
        (r"(?<=[\d三四二])年内", "个月内"),
        (r"(?<=\d)%", "‰"),
        (r"个工作日", "日"),
    ),
    "bound": _replacing(
        (r"以上", "以下"),
        (r"不少于", "不超过"),
        (r"不低于", "不高于"),
        (r"超过", "不足"),
        (r"(?<=[日月年])内", "后"),
        (r"(?<=\d日)前", "后"),
        (r"至少", "至多"),
        (r"以内", "以外"),
    ),
    "negation dropped": _replacing(
        (r"不得|不能|不许", ""),
        (r"不得|不能", "可以"),
        (r"[未不](?=[达予具]|[^少低超得能高许])", ""),
        (r"禁止", "允许"),
    ),
    "negation added": _replacing(
        (r"可以|可(?=[以申在与自建设])", "不得"),
        (r"应当|应(?=申|当|允)|须|(?<![需])要(?=[在有开交提])", "不必"),
        (r"由(?=[所社登县区决城村主])", "不由"),
    ),
    "stronger": _replacing((r"可以", "必须"), (r"鼓励|力争|原则上", "应当"), (r"鼓励|力争|原则上", "")),
    "place": _added("在云南", "西藏规定", "根据广州市的规定", "在海淀区"),
    "date": _replacing(
        (r"(20[12]\d)年", "2016年"), (r"(\d+)月(\d+)日", r"\g<1>月8日"), (r"(\d+)月(\d+)日", r"7月\g<2>日")
    ),
    "doc number": _added("依据民发〔2023〕15号", "见国发〔2020〕36号文", "民办发〔2020〕37号规定"),
    "title": _added("依据《社区社会组织管理条例》", "《关于发放补贴的通知》规定"),
    "body": _replacing(
        (r"民政部门|税务机关|财政部门", "公安机关"),
        (r"街道办事处", "市场监管局"),
        (r"业务主管单位", "卫生健康部门"),
        (r"村（居）民委员会", "派出所"),
    ),
    "claim": _added(
        "每户补贴五百元",
        "政府给予奖励和税收减免",
        "拨打12345办理",
        "逾期罚款2万元",
        "费用由财政全额承担",
        "办理完全免费并当场发证",
    ),
    "address": _added("详见http://evil.example/?q=1", "请登录www.evil.example办理", "联系a@evil.example"),
    "markup": _added(
        "<script>alert(1)</script>",
        "![图](http://evil.example/x.png)",
        "[点我](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
    ),
    "validity": _added("该规定现行有效", "这一规定已废止", "目前仍然有效"),
}


_OFTEN = {
    "figure": 6,
    "swapped figures": 4,
    "unit": 3,
    "bound": 3,
    "date": 3,
    "negation dropped": 3,
    "negation added": 3,
}


@dataclass(frozen=True, slots=True)
class Altered:
    """A wrong sentence, the right one it was made from, and how."""

    kind: str
    text: str
    original: str
    citation: Citation


def altered(count: int, *, seed: int) -> Iterator[Altered]:
    """`count` different wrong sentences, kinds in turn."""
    chance = random.Random(seed)
    rows = rewritten()
    seen = {sentence for row in rows for sentence in (*row.faithful, row.citation.quote)}
    kinds = [kind for kind in ALTERATIONS for _ in range(_OFTEN.get(kind, 1))]
    made = tried = 0
    while made < count:
        kind = kinds[tried % len(kinds)]
        tried += 1
        row = chance.choice(rows)
        original = chance.choice(row.faithful)
        text = ALTERATIONS[kind](original, chance)
        if text in seen or (kind == "validity" and row.citation.status is DocumentStatus.IN_FORCE):
            continue
        seen.add(text)
        made += 1
        yield Altered(kind, text, original, row.citation)
