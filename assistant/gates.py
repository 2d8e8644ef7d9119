"""What a sentence written by the model must pass before anybody sees it (invariants I1-I5).

Nothing here trusts the model or the prompt: every rule is code, and a sentence that fails
one is dropped. The rules err on the strict side, because the verbatim quotes are shown in
any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.agreement import disagreement, foreign_number
from assistant.bodies import stranger
from assistant.domain import Citation, DocumentStatus, Point
from assistant.novelty import added, joined, lost_condition
from assistant.regions import Gazetteer
from assistant.slots import canonical, without_dates
from assistant.text import bigrams, normalise
from assistant.verify import unsupported_figures
from assistant.wording import overreach

MAX_CHARS = 220  # of one sentence
MIN_SUPPORT = 0.55  # share of a sentence's character pairs that the cited quotes hold (docs/model.md)
MIN_CLAUSE_SUPPORT = 0.3  # the same for one clause, with the words of question and titles
_RELATED = 0.15  # share of a sentence that a quote must hold to be named as its source
_NOVEL_PAIRS = 6  # fewer new ones are 按规定, 具体来说
_ECHO = 12  # characters in a row taken from the prompt

_HAN = "\u3400-\u9fff\U00020000-\U0003134f"
_WRITTEN = re.compile(rf"[{_HAN}0-9A-Za-z ，。、；：？！“”‘’（）《》〈〉〔〕—…·％‰,.;:?!%()/\-–～+×\"']+")
_LATIN = re.compile(r"[a-z][a-z0-9@._:/-]*")
_TITLE = re.compile(r"《([^《》]+)》")
_VERDICT = re.compile(
    r"(?:是的?|不是|对的?|不对|可以的?|不可以|能|不能|行|不行|需要|不需要|要|不要|不用|有|没有|会|不会|应该|不应该|合法|违法|有效|无效)"
)
_CLAUSE_END = re.compile(r"[，。；！？,;!?]")
_IN_FORCE = re.compile(r"现行|(?:目前|现在|仍然?|继续|依然)有效|正在(?:执行|实施)")
_SAID_OF_FORCE = (
    "目前有效 现在有效 仍然有效 实施期已经期满 已到期 已过期 已被废止 已作废 已失效 已被修订 尚未生效"
)
_NOT_IN_FORCE = {
    DocumentStatus.EXPIRED: re.compile(r"实施期已?[满过]|已经?(?:到期|过期|期满)"),
    DocumentStatus.REPEALED: re.compile(r"已[经被]?(?:废止|作废|失效)"),
    DocumentStatus.REVISED: re.compile(r"已[经被]?(?:修订|修正|修改)"),
    DocumentStatus.DRAFT: re.compile(r"征求意见稿|尚未生效|未正式"),
}


class Gates:
    """The checks, with the places they know and the prompt that must not be repeated."""

    def __init__(self, gazetteer: Gazetteer, prompt: str) -> None:
        """Only assigns.

        Args:
            gazetteer: Names of places, those of the catalogue's documents included.
            prompt: What the model was told, none of which may come back.
        """
        self._gazetteer = gazetteer
        self._prompt = canonical(prompt).replace("\n", "")

    def fault(self, point: Point, citations: Mapping[int, Citation]) -> str:
        """Why a sentence must not be shown, in Chinese; "" when it may be.

        Args:
            point: The sentence and the numbers of the quotes it names.
            citations: The quotes that were given to the model, by number.
        """
        if any(n not in citations for n in point.citations) or not point.citations:
            return "没有可用的引文"
        cited = [citations[n] for n in point.citations]
        text = point.text
        quotes = [c.quote for c in cited]
        known = [*quotes, *map(_heading, cited)]
        return (
            form_fault(text)
            or self._echo(text, known)
            or _foreign_words(text, known)
            or _names(text, cited)
            or disagreement(text, known)
            or _figures(text, known)
            or self._places(text, cited)
            or _bodies(text, cited)
            or _validity(text, cited)
            or overreach(text, quotes)
            or _unsupported(text, quotes, known)
            or _changed(text, quotes, known)
        )

    def _echo(self, text: str, known: Sequence[str]) -> str:
        plain, sources = canonical(text), canonical("\n".join(known))
        windows = (plain[at : at + _ECHO] for at in range(len(plain) - _ECHO + 1))
        echoed = any(window in self._prompt and window not in sources for window in windows)
        return "重复了给模型的说明" if echoed else ""

    def _places(self, text: str, cited: Sequence[Citation]) -> str:
        """A place must be named by the quotes, or be the region of a cited document."""
        sources = "\n".join(f"{c.title}\n{c.quote}\n{c.issuer or ''}" for c in cited)
        named = {m.path for m in self._gazetteer.mentions(sources)} | {c.region for c in cited}
        foreign = [m.text for m in self._gazetteer.mentions(text) if m.path not in named]
        return f"地区“{foreign[0]}”与引文不同" if foreign else ""


def form_fault(text: str) -> str:
    """Why a text is no plain Chinese sentence, "" when it is one."""
    if not _WRITTEN.fullmatch(text):
        return "含有不允许的字符"
    if len(text) > MAX_CHARS:
        return "一句话太长"
    if len(bigrams(normalise(text))) < 3:
        return "不成句"
    clauses = [clause.strip() for clause in _CLAUSE_END.split(text)]
    return "只下结论，没有内容" if any(_VERDICT.fullmatch(clause) for clause in clauses) else ""


def support(text: str, quotes: Sequence[str]) -> float:
    """Share of a sentence's pairs of Han characters that the quotes hold, 0.0 to 1.0; 0.0 without any."""
    pairs = bigrams(normalise(text))
    known = set(bigrams(normalise("\n".join(quotes))))
    return sum(pair in known for pair in pairs) / len(pairs) if pairs else 0.0


def only_related(point: Point, citations: Mapping[int, Citation]) -> Point:
    """The sentence without the quotes it has nothing from; as it is when that would leave none."""
    kept = [
        n
        for n in point.citations
        if n not in citations or support(point.text, [citations[n].quote]) >= _RELATED
    ]
    return replace(point, citations=tuple(kept)) if kept else point


def _heading(cited: Citation) -> str:
    """What is known of a citation's document and may be repeated."""
    parts = (cited.title, cited.doc_number, cited.issuer, cited.region, cited.section, cited.issued_on)
    return "\n".join([*(part or "" for part in parts), cited.status.value])


def _foreign_words(text: str, known: Sequence[str]) -> str:
    """Latin words, addresses and URLs must stand in the sources."""
    sources = normalise("\n".join(known))
    unknown = [word for word in _LATIN.findall(normalise(text)) if word not in sources]
    return f"“{unknown[0]}”不在引文中" if unknown else ""


def _names(text: str, cited: Sequence[Citation]) -> str:
    """《titles》 and 发文字号 must be those of the cited documents, or stand in the quotes."""
    sources = canonical("\n".join(f"{c.title}\n{c.quote}\n{c.section}" for c in cited))
    for title in _TITLE.findall(text):
        if canonical(title) not in sources:
            return f"《{title}》不在引文中"
    foreign = foreign_number(text, [part for c in cited for part in (c.doc_number or "", c.title, c.quote)])
    return f"发文字号“{foreign}”不在引文中" if foreign else ""


def _figures(text: str, known: Sequence[str]) -> str:
    """The gate of extractive answers, on one notation; dates have been compared as dates."""
    unsupported = unsupported_figures(without_dates(canonical(text)), canonical("\n".join(known)))
    return f"数字“{unsupported[0]}”不在引文中" if unsupported else ""


def _bodies(text: str, cited: Sequence[Citation]) -> str:
    sources = [part for c in cited for part in (c.quote, c.title, c.issuer or "", c.region)]
    return stranger(text, sources, [c.quote for c in cited])


def _validity(text: str, cited: Sequence[Citation]) -> str:
    """What is said about being in force must be the documents' status on the day asked about."""
    quotes = "\n".join(f"{c.title}\n{c.quote}" for c in cited)
    claim = _IN_FORCE.search(text)
    if claim and claim.group() not in quotes and any(c.status is not DocumentStatus.IN_FORCE for c in cited):
        return f"不能说“{claim.group()}”"
    for status, pattern in _NOT_IN_FORCE.items():
        claim = pattern.search(text)
        if claim and claim.group() not in quotes and all(c.status is not status for c in cited):
            return f"不能说“{claim.group()}”"
    return ""


def _changed(text: str, quotes: Sequence[str], known: Sequence[str]) -> str:
    """Nothing added, no condition dropped, nothing of one rule told of another."""
    if word := added(text, [*known, _SAID_OF_FORCE]):
        return f"“{word}”不在引文中"
    if condition := lost_condition(text, quotes):
        return f"漏了条件“{condition}”"
    pair = joined(text, quotes)
    return f"“{pair}”在引文中不是一回事" if pair else ""


def _unsupported(text: str, quotes: Sequence[str], context: Sequence[str]) -> str:
    """Most of a sentence must be the quotes' words, and no clause of it something quite new."""
    if support(text, quotes) < MIN_SUPPORT:
        return "多数内容不在引文中"
    for clause in _CLAUSE_END.split(text):
        size, held = len(bigrams(normalise(clause))), support(clause, [*quotes, *context])
        if held < MIN_CLAUSE_SUPPORT and size * (1 - held) >= _NOVEL_PAIRS:
            return f"“{clause}”不在引文中"
    return ""
