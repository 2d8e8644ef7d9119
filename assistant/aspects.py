"""The separate things one message asks: its questions, or the sides of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.asked import Asked
from assistant.docnumber import doc_numbers
from assistant.domain import NATIONAL, Hit
from assistant.numerals import figures
from assistant.regions import Relation, relation
from assistant.standing import standing_asked
from assistant.years import years_compared

if TYPE_CHECKING:
    from assistant.understand import Query, Understanding

MAX_SIDES = 4
BRIEF_NAME = 2  # characters of a name (新法) that another one with words before it may be as short as
_THING = r"[^，,。？?、；;！!：:\s跟和与]{2,12}"
_JOINED = r"(?:跟|和|与|还是|、)"
_THINGS = re.compile(
    rf"{_THING}?(?:{_JOINED}{_THING}?)+"
    r"(?=(?:之间)?(?:有|的|都|是|各|分别|到底|哪|谁|差|一样|一回事|区别|不同|不一样|比|要|能|办|[，,。？?\s]|$))"
)
_ABOUT = re.compile(r"^.*[对就把](?=.{2})|(?:这|那)?[二两三四五六][个类种者].*$")  # 意见对…, …这四类组织
_COMPARING = re.compile(
    r"(?:之间)?(?:到底)?(?:有(?:啥|什么|何|哪些)?)?(?:区别|不同|不一样|差别)(?:在哪(?:里|儿)?)?|分别|各自?|到底|是不是一回事|一样(?:吗|不)"
)
_AND_OURS = re.compile(
    r"(?:我们|咱们?|俺们?|我这|我市|我省|我区|本地|这边|这里)[^，,。？?]{0,6}(?:呢|也|几|多少|咋|怎|哪|得|要)"
)
_NATION = re.compile("国家|全国|中央|民政部|国务院")
_NATION_BESIDE = re.compile(
    rf"(?:{_NATION.pattern})[^，,。？?]{{0,14}}[跟和与]|[跟和与](?:{_NATION.pattern})"
)
_JOINS_BEFORE = re.compile(r"(?:跟|和|与|同|、|还是|比)$")
_JOINS_AFTER = re.compile(r"[^，,。？?；;！!\s]{0,10}?(?:跟|和|与|同|、|还是|比)(?!较|赛|例)")
_ITS_YEAR = re.compile(r"(?:\d{2,4}年?|[“\"]?十[一二三四五六七八九]五[”\"]?)?(?:的|那边|这边)?")
_CLAUSE_ENDS = re.compile(r"(?<=[，,。；;？?\s])")  # a clause keeps its stop: they are joined again
_TITLES = re.compile(r"《[^《》]{2,60}》")


@dataclass(frozen=True, slots=True)
class Aspect:
    """One question of a message, or one side of a comparison.

    `label` names it in the answer; `place` and `year`, when set, restrict what may be
    quoted for it; `side` tells a side of a comparison from a question of its own; `beside`
    are the things it is compared with.
    """

    label: str
    query: Query
    place: str = ""
    year: str = ""
    side: bool = True
    beside: tuple[str, ...] = ()

    @property
    def thing(self) -> bool:
        """Whether it is one of two things that are compared."""
        return self.side and not self.place and not self.year

    def admits(self, hit: Hit) -> bool:
        """Whether a hit may be quoted for this aspect."""
        if self.place:
            wanted = Relation.NATIONAL if self.place == NATIONAL else Relation.OWN
            if relation((self.place,), hit.document.region) is not wanted:
                return False
        if self.year:
            where = f"{hit.document.title}{hit.document.issued_on}{hit.passage.section}{hit.passage.text}"
            return self.year in where
        heading = hit.passage.section.split(" > ")[-1]
        return self.label in heading or not any(name in heading for name in self.beside)


def aspects(query: Query, understanding: Understanding) -> list[Aspect]:
    """What to answer separately, in the asker's order; [] when the message asks one thing."""
    found = _places(query, understanding)
    if not found and Asked.COMPARISON in query.asked:
        found = _years(query) or _things(query, understanding)
    if not found:
        found = _kinds(query, understanding)
    if not found:
        found = [
            Aspect(
                text,
                _part(query, _with_name(query, text), understanding, said=_said_to(query, at, understanding)),
                side=False,
            )
            for at, text in enumerate(query.parts)
        ]
        matters = [part for part in found if not part.query.standing]
        empty = [
            part for part in matters if part.query.dangling and not understanding.lexicon.topics(part.label)
        ]
        of_one = len(_texts_named(query.text)) < 2
        if query.of_record and of_one and empty == matters != found:
            return []  # all of one text's record
        return found
    return found[:MAX_SIDES] if len(found) > 1 else []


def _with_name(query: Query, text: str) -> str:
    """A part that asks for a text's record, with the text's name where the rest of the message has it.

    民发〔2014〕259号管分会的钱，是不是要被顶掉了，现在到哪一步.
    """
    if not standing_asked(text).kinds or _texts_named(text):
        return text
    return f"{next(iter(_texts_named(query.text)), '')}{text}"


def _texts_named(text: str) -> list[str]:
    """The texts a message names, each once, as written: 《titles》 and 发文字号."""
    return list(dict.fromkeys([*_TITLES.findall(text), *(one.written for one in doc_numbers(text))]))


def _places(query: Query, understanding: Understanding) -> list[Aspect]:
    """A side for each compared place, for the asker's own beside the one named, for the nation beside one."""
    wanted = list(query.named_regions)
    apart = _nation_apart(query, understanding)  # 洛阳写十天 国家条例十五天
    comparing = Asked.COMPARISON in query.asked or apart
    nation = query.wants_national or apart or (comparing and bool(_NATION_BESIDE.search(query.text)))
    ours = _AND_OURS.search(query.text) or (nation and comparing)
    if query.chosen and query.chosen != NATIONAL and query.chosen not in wanted and ours:
        wanted.insert(0, query.chosen)
    # a city and its own province: one place, said exactly
    wanted = [a for a in wanted if not any(a != b and b.startswith(a) for b in wanted)]
    if nation:
        if not comparing:
            return []
        wanted.append(NATIONAL)
    if len(wanted) < 2:
        return []
    return [Aspect(place, _of_place(query, place, understanding), place=place) for place in wanted]


def _nation_apart(query: Query, understanding: Understanding) -> bool:
    """Whether one clause tells a figure of a place and another one of the nation."""
    told = [clause for clause in _CLAUSE_ENDS.split(query.text) if figures(clause)]
    nations = [clause for clause in told if _NATION.search(clause)]
    return bool(nations) and any(
        understanding.gazetteer.mentions(clause) for clause in told if clause not in nations
    )


def _of_place(query: Query, place: str, understanding: Understanding) -> Query:
    """The question asked of one place alone: what is said of the others is nothing its rules need to say."""
    text = _without_places_beside(
        _without_figures_elsewhere(query, place, understanding), place, understanding
    )
    if text != query.text:
        query = replace(understanding.part(query, text, said=""), named_regions=query.named_regions)
    named = tuple(path for path in query.named_regions if path == place)
    return replace(query, places=(place,), region=place, named_regions=named, asked=_single(query))


def _without_figures_elsewhere(query: Query, place: str, understanding: Understanding) -> str:
    """The message without the figures of clauses that speak of other places only (扬州20个会员就行，我们要几个)."""
    kept = []
    for clause in _CLAUSE_ENDS.split(query.text):
        named = [mention.path for mention in understanding.gazetteer.mentions(clause)]
        elsewhere = named and not any(place.startswith(path) or path.startswith(place) for path in named)
        kept.append(_without_figures(clause) if elsewhere else clause)
    return "".join(kept)


def _without_places_beside(text: str, place: str, understanding: Understanding) -> str:
    """The message without the other places, and what joins each of them to this one (吉林2020的和四川十四五的比比)."""
    for mention in understanding.gazetteer.mentions(text):
        if place.startswith(mention.path) or mention.path.startswith(place) or mention.text not in text:
            continue
        at = text.index(mention.text)
        before, after = _JOINS_BEFORE.search(text[:at]), _JOINS_AFTER.match(text, at + len(mention.text))
        if before:
            tail = _ITS_YEAR.match(text, at + len(mention.text))
            text = text[: before.start()] + " " + text[tail.end() if tail else at + len(mention.text) :]
        elif after:
            text = text[:at] + text[after.end() :]
    return text


def _without_figures(text: str) -> str:
    for figure in reversed(figures(text)):
        text = text[: figure.start] + text[figure.end :]
    return text


def _years(query: Query) -> list[Aspect]:
    """A side for each of several years."""
    years = years_compared(query.text)
    if not 1 < len(years) <= MAX_SIDES:
        return []
    return [
        Aspect(f"{year}年", replace(query, years=(year,), asked=_single(query)), year=year) for year in years
    ]


@dataclass(frozen=True, slots=True)
class _Joined:
    """Things that a message names side by side: what is said before them, their names, what is asked of each."""

    before: str
    names: tuple[str, ...]
    asked: str

    def question(self, name: str) -> str:
        """What is asked of one of them."""
        return f"{self.before}{name}{self.asked}".strip()


def _things(query: Query, understanding: Understanding) -> list[Aspect]:
    """A side for each of several things joined by 和, 跟, 、: the question asked of one, then of the next."""
    joined = _joined(query.text, understanding)
    if joined is None:
        return []
    made = []
    for name in joined.names:
        text = joined.question(name)
        others = tuple(other for other in joined.names if other != name)
        made.append(Aspect(name, _part(query, text, understanding, said=query.text), beside=others))
    return made


def _kinds(query: Query, understanding: Understanding) -> list[Aspect]:
    """A side for each kind of organisation of an enumeration that one question is asked of (社团、民非要多少钱)."""
    joined = _joined(query.text, understanding)
    if joined is None or sum(part not in joined.names for part in query.parts) > 1:
        return []
    kinds = [_kind(name, understanding) for name in joined.names]
    return _things(query, understanding) if all(kinds) and len(set(kinds)) == len(kinds) else []


def _joined(text: str, understanding: Understanding) -> _Joined | None:
    """The things a text names side by side, None where it names none."""
    match = _THINGS.search(text)
    if not match:
        return None
    names = [_ABOUT.sub("", name) or name for name in re.split(_JOINED, match[0])]
    if any(place.text == name for name in names for place in understanding.gazetteer.mentions(name)):
        return None  # places that are not compared as such: a city and its own province
    last = names[-1][: _name_end(names, understanding)]
    before = _said_of_all(names[0], last)
    return _Joined(
        f"{text[: match.start()]}{before}",
        (names[0].removeprefix(before), *names[1:-1], last),
        _COMPARING.sub("", f"{names[-1].removeprefix(last)}{text[match.end() :]}"),
    )


def _name_end(names: Sequence[str], understanding: Understanding) -> int:
    """Where the last of several names ends and what is asked of all begins (民非|年检不合格咋办, 捐赠法|开票).

    It is of the kind that the first one is: an organisation, or what ends with the same character.
    """
    first, last = names[0], names[-1]
    ends = [found.end for found in understanding.lexicon.organisation_words(last)[:1]]
    if not (ends and _kind(first, understanding)):
        ends = [at + 1 for at in (last.find(first[-1]),) if at > 0]
    return ends[0] if ends and last[: ends[0]] not in names[:-1] else len(last)


def _said_of_all(first: str, last: str) -> str:
    """What the first of several names has before it that is said of the others too (居委会户数|新法和旧法)."""
    before = first[: -len(last)]
    alike = len(last) == BRIEF_NAME and first[-1] == last[-1]
    return before if alike and len(before) > BRIEF_NAME else ""


def _kind(name: str, understanding: Understanding) -> str:
    """The kind of organisation that a name ends with, "" when it is none."""
    found = [one for one in understanding.lexicon.organisation_words(name) if one.end == len(name)]
    return found[-1].value if found else ""


def _said_to(query: Query, at: int, understanding: Understanding) -> str:
    """The message with what names the matter in the place of its other questions."""
    of_matter = _of_matter(query, at, understanding)
    said, end = [], 0
    for number, part in enumerate(query.parts):
        start = query.text.find(part, end)
        if start < 0:  # put together of a story and what confirms it
            continue
        said.append(query.text[end:start])
        said.append(part if number == at else of_matter.get(number, " "))
        end = start + len(part)
    return "".join([*said, query.text[end:]])


def _of_matter(query: Query, at: int, understanding: Understanding) -> dict[int, str]:
    """What other questions say of the matter, by their number: the first that stands by itself, else the very first.

    Where only a later one names the organisation that all are about, its name alone.
    """
    first = next((n for n, part in enumerate(query.parts[:at]) if understanding.stands_alone(part)), 0)
    named = {
        number: " ".join(
            dict.fromkeys(found.word for found in understanding.lexicon.organisation_words(part))
        )
        for number, part in enumerate(query.parts)
    }
    naming = [number for number, words in named.items() if words]
    if len(query.organisations) == 1 and len(naming) == 1 and not named[at] and not named[first]:
        return {naming[0]: named[naming[0]]}
    return {first: query.parts[first]}


def _part(query: Query, text: str, understanding: Understanding, *, said: str) -> Query:
    """A part as a question of its own: what its words leave out is in `said`, and what that leaves out before it.

    The place is that of the message, not of what was asked before it (四川几个？ … 几个 贵州定的数).
    """
    before = understanding.without_places(query.before)
    return understanding.part(query, text, said=f"{before} {said}".strip())


def _single(query: Query) -> tuple[Asked, ...]:
    """The kinds of answer wanted of one side."""
    return tuple(kind for kind in query.asked if kind is not Asked.COMPARISON) or (Asked.OPEN,)
