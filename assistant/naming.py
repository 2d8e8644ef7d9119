"""Documents that a question names: by 发文字号, by title, or by part of it in 《》."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from assistant.docnumber import DocNumber, doc_numbers
from assistant.regions import bare
from assistant.text import normalise

if TYPE_CHECKING:
    from assistant.domain import Document
    from assistant.understand import Query

LONG_TITLE = 5  # characters; a shorter title may stand in a question by chance
SHARED_SHORT = 2  # a short number (36号文) that more documents end in names none of them
_OPENING = 5  # characters by which whole names are looked up; most titles part before the fifth
# 36号文, 44号令; before 通知 and the like a small number is a day: 28号通知换届.
_SHORT = re.compile(
    r"(?<![\d〕\])）])(?:(\d{1,4})号(文|令)|((?:3[2-9]|[4-9]\d|\d{3,4}))号(?:意见|方案|通知|办法|规定))"
)
_LETTERED = re.compile(r"([一-鿿]{2,8}?)字?第?(\d{1,4})号")  # without its year: 穗民313号
_LETTERS = re.compile(r"([一-鿿]{2,6}?)(?:字|函|令|第)?(?=[〔\[（(第令\d])")
_ENDING = re.compile(r"(?<!\d)(\d{1,4})号$")
_PARTS = re.compile(r"[，,。；;（）()]")
_BECAME = re.compile(
    "废止|取代|替代|代替|修订|失效|公布|原"
)  # of another text, and not 依据民发〔2009〕165号
_PRINTED = re.compile(r"《(.+)》的通知$")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]$")


_FULL = (
    ("年检", "年度检查"),
    ("村组", "村民委员会组织"),
    ("居组", "居民委员会组织"),
    ("居委会", "居民委员会"),
    ("村委会", "村民委员会"),
    ("民非", "民办非企业单位"),
    ("社团", "社会团体"),
)
_COMMON = re.compile("中华人民共和国|试行|暂行|修订|关于|[省市县区]")  # says little about which text is meant
_SAID = re.compile(
    r"[一-鿿“”]{2,18}?(?:条例|办法|规定|细则|意见(?!书)|规划|方案|通知|公告|指引|指南|规程|规则|法(?!人))"
)
_BEFORE_NAME = re.compile(r".*(?:的(?=那)|[那这](?:[个份部]|$)|按照?|根据|依据|关于|[是有在用引])")
_LEAST_SAID = 3  # pairs of characters; 备案办法, of which there are many, has as many


def in_title(word: str, title: str) -> bool:
    """Whether a title has a word, short forms (居委会) as the long ones."""
    name, meant = _plain(title), _plain(word)
    for short, full in _FULL:
        meant = meant.replace(short, full)
    return meant in name


def share_of_title(question: str, title: str) -> float:
    """Share of a title's pairs of characters that a question has, 0 to 1; short forms (居委会) count as the long ones."""
    asked, name = _plain(_COMMON.sub("", question)), _plain(_COMMON.sub("", _core(title)))
    for short, full in _FULL:
        asked = asked.replace(short, full)
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return sum(pair in asked for pair in pairs) / len(pairs) if pairs else 0.0


def share_of_name(question: str, title: str) -> float:
    """Share of the pairs of characters of a name as said (公开募捐管理办法) that a title has, 0 to 1; of several names the best."""
    name = _plain(title)
    shares = []
    for said in names_said(question):
        meant = _plain(_COMMON.sub("", said))
        for short, full in _FULL:
            meant = meant.replace(short, full)
        pairs = {meant[at : at + 2] for at in range(len(meant) - 1)}
        if len(pairs) >= _LEAST_SAID:
            shares.append(sum(pair in name for pair in pairs) / len(pairs))
    return max(shares, default=0.0)


def holds_title(longer: str, title: str) -> bool:
    """Whether a title is another one with a place or the like added: 宁波市志愿服务条例 holds 志愿服务条例."""
    return _plain(_core(title)) in _plain(_core(longer))


def names_said(question: str) -> list[str]:
    """Words of a question that may name a text: those before 条例, 办法 and the like, with it."""
    return [_BEFORE_NAME.sub("", said) for said in _SAID.findall(question)]


def of_another_place(question: str, document: Document, places: Iterable[str]) -> bool:
    """Whether the question says the document's title after the name of a place that it is not of: 辽宁志愿服务条例."""
    asked, name = _plain(question), _plain(_core(document.title))
    at = asked.find(name)
    before = asked[max(at - 2, 0) : max(at, 0)]
    others = [place for place in places if place != document.region]
    return len(before) > 1 and any(place.endswith(before) or bare(place).endswith(before) for place in others)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all documents of a generation, for look-ups whose time does not grow with their number.

    `whole` holds what names a document wherever it stands in a question (发文字号, long
    titles), by its first characters; `titles` every title, for parts of it; `numbered` each
    document's 发文字号, by its bare number; `endings`
    the documents by the bare number at the end of their 发文字号, those of an order as 68令;
    `replaced` the numbers of texts of which a document's record says what became of them
    (同时废止财税〔2014〕13号), by the bare number;
    `lettered` the letters before the year of each document's 发文字号, by its bare number.
    """

    whole: Mapping[str, Sequence[_Name]]
    titles: _Titles
    numbered: _Numbers
    endings: Mapping[str, frozenset[str]]
    replaced: _Numbers
    lettered: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Names:
        """Work out how each document may be named: title without 关于印发…的通知 and period, and number."""
        listed = list(documents)
        titles = [_Name(_plain(_core(d.title)), d.id) for d in listed]
        whole: dict[str, list[_Name]] = {}
        for name in [n for n in titles if len(n.text) >= LONG_TITLE] + list(_numbers(listed)):
            whole.setdefault(name.text[:_OPENING], []).append(name)
        endings: dict[str, set[str]] = {}
        for document in listed:
            order = "令" if "令" in (document.doc_number or "") else ""
            ending = _ending(document.doc_number or "")
            endings.setdefault(ending and ending + order, set()).add(document.id)
        numbered = _by_number((d.id, doc_numbers(d.doc_number or "")) for d in listed)
        replaced = _by_number(
            (d.id, [*numbers_ended(d.status_evidence), *doc_numbers(" ".join(d.supersedes))]) for d in listed
        )
        lettered: dict[str, dict[str, str]] = {}
        for document in listed:
            letters = _LETTERS.match(document.doc_number or "")
            if letters:
                lettered.setdefault(_ending(document.doc_number or ""), {})[document.id] = letters[1]
        return cls(whole, _Titles.of(titles), numbered, _frozen(endings), replaced, lettered)

    def named_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents the question names by 发文字号, by whole title, or by part of it in 《》."""
        asked = _plain(query.text)
        exact = {
            name.document_id
            for at in range(len(asked))
            for length in range(1, _OPENING + 1)
            for name in self.whole.get(asked[at : at + length], ())
            if asked.startswith(name.text, at)
        }
        for title in query.titles:
            exact |= self.titles.with_part(_plain(title))
        return (
            (frozenset(exact) | self.numbered_in(query))
            or self._by_short_number(query.text)
            or _same(self.replaced, doc_numbers(query.text))
        )

    def numbered_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents the question names by their own 发文字号, with its letters at least."""
        return _same(self.numbered, doc_numbers(query.text)) or self._by_letters(query.text)

    def _by_letters(self, text: str) -> frozenset[str]:
        """Ids of the documents meant by a 发文字号 without its year: 豫民文235号."""
        found: set[str] = set()
        for match in _LETTERED.finditer(normalise(text)):
            ending = self.lettered.get(match[2], {})
            found |= {id_ for id_, letters in ending.items() if match[1].endswith(letters)}
        return frozenset(found)

    def _by_short_number(self, text: str) -> frozenset[str]:
        """Ids of the documents meant by the bare end of a 发文字号: 36号文, 191号意见."""
        found: set[str] = set()
        for number, kind, larger in _SHORT.findall(normalise(text)):
            bare, order = number or larger, kind == "令"
            ids = self.endings.get(f"{bare}{kind if order else ''}", frozenset())
            ids = ids or frozenset(id_ for one, id_ in self.replaced.get(bare, ()) if one.order is order)
            found |= ids if len(ids) <= SHARED_SHORT else frozenset()
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Name:
    """Words without punctuation that name a document."""

    text: str
    document_id: str


@dataclass(frozen=True, slots=True)
class _Titles:
    """All titles in one text, a line each, and where each begins: searched as a whole."""

    text: str
    starts: Sequence[int]
    names: Sequence[_Name]

    @classmethod
    def of(cls, names: Sequence[_Name]) -> _Titles:
        starts = accumulate((len(name.text) + 1 for name in names), initial=0)
        return cls("\n".join(name.text for name in names), tuple(starts), tuple(names))

    def with_part(self, part: str) -> set[str]:
        """Ids of the documents whose title holds the part; none for an empty part."""
        found: set[str] = set()
        at = self.text.find(part) if part else -1
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            found.add(self.names[number].document_id)
            at = self.text.find(part, self.starts[number + 1])
        return found


_Numbers = Mapping[str, Sequence[tuple[DocNumber, str]]]


def _by_number(listed: Iterable[tuple[str, Sequence[DocNumber]]]) -> _Numbers:
    """Documents with the numbers told of each, by the bare number."""
    found: dict[str, list[tuple[DocNumber, str]]] = {}
    for id_, numbers in listed:
        for one in numbers:
            found.setdefault(one.number, []).append((one, id_))
    return found


def _same(known: _Numbers, asked: Sequence[DocNumber]) -> frozenset[str]:
    """Ids of the documents of which one of the asked numbers is told."""
    return frozenset(id_ for one in asked for other, id_ in known.get(one.number, ()) if one.same(other))


def numbers_ended(text: str) -> list[DocNumber]:
    """The 发文字号 of texts of which the words say that they ended: …的同时，川民规〔2022〕7号文件废止."""
    parts = [part for part in _PARTS.split(text) if _BECAME.search(part)]
    return [one for part in parts for one in doc_numbers(part)]


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {number: frozenset(ids) for number, ids in found.items() if number}


def _numbers(documents: Iterable[Document]) -> Iterator[_Name]:
    for document in documents:
        number = _plain(document.doc_number or "")
        if number and not doc_numbers(document.doc_number or ""):  # of another form: HNPR-2022-01
            yield _Name(number, document.id)


def _ending(doc_number: str) -> str:
    """36 of 民办发〔2020〕36号: with its brackets, as without them the year runs into the number."""
    match = _ENDING.search(normalise(doc_number).strip())
    return match[1] if match else ""


def _core(title: str) -> str:
    """The title people use: the printed text's own, without the bracket at its end."""
    inner = _PRINTED.search(title)
    return _BRACKET.sub("", inner[1] if inner else title)


def _plain(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
