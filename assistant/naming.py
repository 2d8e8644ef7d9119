"""Documents that a question names: by 发文字号, by title, or by part of it in 《》."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from assistant.text import normalise

if TYPE_CHECKING:
    from assistant.domain import Document
    from assistant.understand import Query

LONG_TITLE = 5  # characters; a shorter title may stand in a question by chance
SHARED_SHORT = 2  # a short number (36号文) that more documents end in names none of them
_OPENING = 5  # characters by which whole names are looked up; most titles part before the fifth
_SHORT = re.compile(r"(?<![\d〕\])）])(\d{1,4})号(文|令|意见|方案|通知|办法|规定)")
_LETTERED = re.compile(r"([一-鿿]{2,8}?)字?第?(\d{1,4})号")  # without its year: 穗民313号
_LETTERS = re.compile(r"([一-鿿]{2,6}?)(?:字|函|令|第)?(?=[〔\[（(第令\d])")
_ENDING = re.compile(r"(?<!\d)(\d{1,4})号$")
_MENTIONED = re.compile(
    r"([一-鿿]{2})[〔\[【(（]?((?:19|20)\d\d)年?的?[〕\]】)）]?\s*第?(\d+)号|([一-鿿]{3})(?:令第?(\d+)号|第?(\d+)号令)"
)
_YEAR = re.compile(r"(?<!\d)(?:(?=(?:19|20)\d\d)(\d{4})|([012]\d))年的?第?(?=\d{1,4}号)")  # 粤民规字2022年2号
_NO_LETTERS = re.compile(r"[的是了在用引照按那个这份]")  # words around a number: 引的是2012年44号令
_PARTS = re.compile(r"[，,。；;（）()]")
_BECAME = re.compile(
    "废止|取代|替代|代替|修订|失效|公布|原"
)  # of another text, and not 依据民发〔2009〕165号
_ISSUER = re.compile(r"(?<![一-鿿])[一-鿿]{1,4}$")  # the rest of a longer one: 湘 of 湘民发, not 那个文是
_PRINTED = re.compile(r"《(.+)》的通知$")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]$")


def numbers_in(text: str) -> dict[str, str]:
    """Every 发文字号 in running text as written, by what tells it apart (财税201413, 民政部44); {} without one."""
    found = {}
    for match in _MENTIONED.finditer(text):
        if _NO_LETTERS.search(match[1] or match[4]):
            continue
        before = _ISSUER.search(text[: match.start()])
        found["".join(filter(None, match.groups()))] = (before[0] if before else "") + match.group()
    return found


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


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all documents of a generation, for look-ups whose time does not grow with their number.

    `whole` holds what names a document wherever it stands in a question (发文字号, long
    titles), by its first characters; `titles` every title, for parts of it; `endings`
    the documents by the bare number at the end of their 发文字号, those of an order as 68令;
    `replaced` those whose record says what became of another text (同时废止财税〔2014〕13号),
    by its number and by the bare end of it;
    `lettered` the letters before the year of each document's 发文字号, by its bare number.
    """

    whole: Mapping[str, Sequence[_Name]]
    titles: _Titles
    endings: Mapping[str, frozenset[str]]
    replaced: Mapping[str, frozenset[str]]
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
        replaced: dict[str, set[str]] = {}
        for document in listed:
            became = [part for part in _PARTS.split(document.status_evidence) if _BECAME.search(part)]
            told = " ".join((*became, *document.supersedes))
            for number, words in numbers_in(told).items():
                ending = _bare_number(words)
                for key in (number, ending and ending + ("令" if "令" in words else "")):
                    replaced.setdefault(key, set()).add(document.id)
        lettered: dict[str, dict[str, str]] = {}
        for document in listed:
            letters = _LETTERS.match(document.doc_number or "")
            if letters:
                lettered.setdefault(_ending(document.doc_number or ""), {})[document.id] = letters[1]
        return cls(whole, _Titles.of(titles), _frozen(endings), _frozen(replaced), lettered)

    def named_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents the question names by 发文字号, by whole title, or by part of it in 《》."""
        asked = _plain(_YEAR.sub(lambda year: year[1] or f"20{year[2]}", query.text))
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
            frozenset(exact)
            or self._by_letters(query.text)
            or self._by_short_number(query.text)
            or self._by_replaced(query)
        )

    def _by_letters(self, text: str) -> frozenset[str]:
        """Ids of the documents meant by a 发文字号 without its year: 豫民文235号."""
        found: set[str] = set()
        for match in _LETTERED.finditer(normalise(text)):
            ending = self.lettered.get(match[2], {})
            found |= {id_ for id_, letters in ending.items() if match[1].endswith(letters)}
        return frozenset(found)

    def _by_replaced(self, query: Query) -> frozenset[str]:
        """Ids of the documents whose record says what became of a text named by its 发文字号 that is not held."""
        told = (self.replaced.get(number, frozenset()) for number in numbers_in(query.text))
        return frozenset(id_ for ids in told for id_ in ids)

    def _by_short_number(self, text: str) -> frozenset[str]:
        """Ids of the documents meant by the bare end of a 发文字号: 36号文, 191号意见."""
        asked = [number + ("令" if kind == "令" else "") for number, kind in _SHORT.findall(normalise(text))]
        named = (self.endings.get(key) or self.replaced.get(key, frozenset()) for key in asked)
        return frozenset(id_ for ids in named if len(ids) <= SHARED_SHORT for id_ in ids)


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


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {number: frozenset(ids) for number, ids in found.items() if number}


def _numbers(documents: Iterable[Document]) -> Iterator[_Name]:
    for document in documents:
        number = _plain(document.doc_number or "")
        if number:
            yield _Name(number, document.id)


def _bare_number(words: str) -> str:
    """44 of 民政部令第44号 and of 2012年44号令."""
    found = re.findall(r"(\d{1,4})号", words)
    return found[-1] if found else ""


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
