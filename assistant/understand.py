"""Understanding a question: what is asked, of which place and time, in which official words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.asked import Asked, asked_for, has_question_word, in_common_speech
from assistant.asking import asking_clause, separate_questions
from assistant.dialogue import Dialogue, picked_item
from assistant.domain import NATIONAL, Document, Turn
from assistant.errors import BadQuestionError
from assistant.homophones import Homophones
from assistant.numerals import Figure, figures
from assistant.regions import Gazetteer, RegionMention, Relation, relation
from assistant.standing import RecordAsked, Standing, standing_asked
from assistant.text import CLAUSE, STOPWORDS, Segmenter, bigrams, normalise
from assistant.years import day_meant, years_named

if TYPE_CHECKING:
    from assistant.lexicon import Lexicon

BIGRAM_WEIGHT = 0.4
EARLIER_WEIGHT = 0.5  # words carried over from the previous question
BESIDE_WEIGHT = 1.0  # the rest of a message, in the vector of a part that says too little by itself
PICKED_WEIGHT = 0.8  # the item of the last answer that 第二个 points at


_HERE = re.compile(r"我们|咱|俺|我这|这边|这里|本地|本[省市区县]|我[省市区县镇街社]")
# Somebody else's place, which has nothing to do with whose rule applies: 儿女都在广东.
_KIN = re.compile(
    "儿女|儿子|女儿|闺女|姑娘|孙子|孙女|外孙|媳妇|女婿|老伴|老公|老婆|爱人|亲家|亲戚|哥|姐|弟|妹|朋友|同学|战友"
)
_LIVES_OR_TELLS = re.compile(
    "说|讲|告诉|(?<!现)在|住|嫁|娶|打工|上班|工作|做事|做生意|读书|上学|念书|当兵|定居|落户|安家|退休|带孙|带娃"
)
_ONCE_OR_ORIGIN = re.compile("老家|祖籍|从前在|以前在|原来在|原先在|出差|旅游")
_THERE = re.compile(r"那[边儿里头]|当地|[他她]们?(?![们说讲喊叫让催问])")  # 我姐在长沙，她们能领多少
_TITLE = re.compile(r"《([^《》]{2,60})》")
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+条")
_KIND = re.compile(r"解读|答复|提案|方案|意见(?!书)|条例|办法|通知|规划|指引|细则|规定|公告|经验材料")
_NATIONAL_ONLY = re.compile(
    r"国家(?:层面|有没有)|国家(?!机关|工作|干部|公务|财政|标准)[^，,。；;！!？?\s]{0,10}(?:规定|要求|文件|政策|方案|咋|怎么)"
    r"|全国(?:统一|层面|性?的?规定)|中央(?:层面|文件)|民政部(?:的|是|有|怎么|咋|文件|方案)"
)
_OURS = re.compile("[我咱俺本][们]?[省市区县州]|[省市区县]里")
_CONFIRM = re.compile(
    r"吗|对吧|是吧|对不对|是不是|没错吧|对么|吧[?？。]?$|听说|据说|都说|说是|不是.{0,12}(?:吗|么)|[得要须满够].{1,12}才.{1,8}[呀啊哦咯噻吗]?(?=$|[\s，,。])"
)
_DONE = re.compile(
    r"已经|早就|都(?:达到|完成|实现|建成|培训)了|(?:达到|完成|实现|建成|做到)了|实际(?:达到|完成|上)|最后(?:达到|完成)"
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the later stages need it.

    `searched` is the text as it is compared with what people are known to ask, clubs by one
    name; `before` so the question that a follow-up starts from, "" for any other.
    `terms` are index terms with weights (1 for the asker's own words), `implied` the
    official words the lexicon reads into them; `own_words` the asker's content words,
    each with official words that mean it; `asking` is the clause that asks, and `dangling` a part of a message that says too little by itself; `region` the asker's place as a full
    path, None when unknown; `places` every region whose rules are wanted (two in a
    comparison); `named_regions` those named in the question itself, `chosen` the one
    chosen beside it. `as_of` is the day
    the answer is for, `years` those the question names. `standing` is what of a text's own
    record is asked about, nothing for a question about what texts say; `of_record` where that
    alone is asked.
    """

    question: str
    text: str
    searched: str
    before: str
    terms: dict[str, float]
    implied: dict[str, float]
    own_words: dict[str, tuple[str, ...]]
    topics: dict[str, float]
    organisations: frozenset[str]
    asked: tuple[Asked, ...]
    asking: str
    region: str | None
    places: tuple[str, ...]
    named_regions: tuple[str, ...]
    chosen: str | None
    as_of: date
    today: date
    titles: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    wants_national: bool = False
    figures: tuple[Figure, ...] = ()
    confirms: bool = False
    says_done: bool = False
    follow_up: bool = False
    out_of_scope: str | None = None
    perhaps_outside: str | None = None
    never_ours: str | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    standing: tuple[Standing, ...] = ()
    of_record: bool = False
    dangling: bool = False

    def at(self, place: str) -> Query:
        """The same question asked of one place."""
        return replace(self, region=place, places=(place,), named_regions=(place,))

    def of_text(self, document: Document) -> Query:
        """The same question asked of one text's record."""
        applies = relation(self.places, document.region) is not Relation.OTHER
        places = self.places if applies else (document.region,)
        return replace(self, titles=(document.title,), of_record=True, places=places)


class Understanding:
    """Turns questions into queries with one lexicon, gazetteer and tokenizer."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer, segmenter: Segmenter) -> None:
        """Only assigns."""
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self.segmenter = segmenter
        self._homophones = Homophones((*lexicon.words, *gazetteer.ruled), segmenter)
        self._dialogue = Dialogue(
            lexicon, gazetteer, segmenter, without_slips=lambda text: self._corrected(text)[0]
        )

    def query(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        max_chars: int = 300,
    ) -> Query:
        """Understand one question.

        Raises:
            BadQuestionError: Empty, longer than `max_chars`, or the region is unknown.
        """
        cleaned = check_question(question, max_chars=max_chars)
        again, history = self._dialogue.meant(self.lexicon.without_courtesies(cleaned), history)
        text, corrections = self._corrected(in_common_speech(again))
        selected = self.gazetteer.resolve(region) if region and region.strip() else None
        earlier = self._dialogue.said(history)
        replies = [turn.content for turn in history if turn.role == "assistant"]
        follow_up = bool(earlier) and self._dialogue.depends(text)
        mentions = self._mentions(text, selected)
        asked, standing = asked_for(text), standing_asked(text)
        wants_national = bool(_NATIONAL_ONLY.search(text))
        # 国家是咋规定的, and no place beside it: a place that was chosen or talked of says nothing to that
        of_nation = (
            wants_national and not mentions and Asked.COMPARISON not in asked and not _OURS.search(text)
        )
        here = bool(selected and _HERE.search(text))
        if follow_up and not (mentions or here or of_nation):
            mentions = next((m for m in (self._mentions(t, selected) for t in reversed(earlier)) if m), [])
        named = tuple(dict.fromkeys(m.path for m in mentions))
        region_meant = NATIONAL if of_nation else _place(named, selected)
        today = as_of or date.today()
        before = self._dialogue.matter(earlier) if follow_up else ""
        picked = picked_item(text, replies[-1]) if follow_up and replies else ""
        searched, searched_before = (self.lexicon.with_common_clubs(t) for t in (text, before))
        plain, plain_before = (self._dialogue.without_places(t) for t in (searched, searched_before))
        sources = ((plain_before, EARLIER_WEIGHT), (picked, PICKED_WEIGHT), (plain, 1.0))
        terms = self._terms(sources)
        implied = self._implied(sources)
        return Query(
            question=cleaned,
            text=text,
            searched=searched,
            before=searched_before,
            terms=terms,
            implied={word: weight for word, weight in implied.items() if word not in terms},
            own_words={word: tuple(self.lexicon.expand(word)) for word in self._dialogue.own_words(plain)},
            topics=self.lexicon.topics(text) or self.lexicon.topics(before),
            organisations=self.lexicon.organisations(plain) or self.lexicon.organisations(plain_before),
            asked=asked,
            asking=asking_clause(text),
            region=region_meant,
            places=_places(named, selected, region_meant, compares=Asked.COMPARISON in asked),
            named_regions=named,
            chosen=selected,
            as_of=day_meant(text, today),
            today=today,
            titles=tuple(_TITLE.findall(text)),
            articles=tuple(_ARTICLE.findall(text)),
            kinds=tuple(dict.fromkeys(_KIND.findall(text))),
            years=years_named(text),
            wants_national=wants_national,
            figures=tuple(f for f in figures(text) if not (f.unit == "年" and f.value > 1900)),
            confirms=bool(_CONFIRM.search(text)),
            says_done=says_done(text),
            follow_up=follow_up,
            out_of_scope=None if follow_up else self.lexicon.out_of_scope(text),
            perhaps_outside=None if follow_up else self.lexicon.out_of_scope(text, surely=False),
            never_ours=self.lexicon.never_ours(text),
            corrections=tuple(corrections),
            parts=self._parts(text),
            standing=tuple(dict.fromkeys([*standing.kinds, *_of_parts(text, standing)])),
            of_record=standing.alone,
        )

    def _parts(self, text: str) -> tuple[str, ...]:
        """The separate questions of a message; a place said after them (…，吉林的) is none."""
        parts = tuple(part for part in separate_questions(text) if not self._dialogue.is_but_a_place(part))
        return parts if len(parts) > 1 else ()

    def _corrected(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """The text without slips, those written down in the lexicon first; each (wrong, right) in order."""
        text, listed = self.lexicon.correct(text)
        text, heard = self._homophones.correct(text)
        return text, [*listed, *heard]

    def _terms(self, sources: Sequence[tuple[str, float]]) -> dict[str, float]:
        terms: dict[str, float] = {}
        for source, weight in sources:
            for pair in bigrams(normalise(source)):
                if not all(c in STOPWORDS for c in pair):
                    terms["#" + pair] = weight * BIGRAM_WEIGHT
            for word in self.segmenter.content_words(source):
                terms[word] = weight
        return terms

    def _implied(self, sources: Sequence[tuple[str, float]]) -> dict[str, float]:
        implied: dict[str, float] = {}
        for source, weight in sources:
            for phrase, share in self.lexicon.expand(source).items():
                for word in self.segmenter.whole_words(phrase):
                    implied[word] = max(implied.get(word, 0.0), weight * share)
        return implied

    def stands_alone(self, text: str) -> bool:
        """Whether a question says enough by itself."""
        return not self._dialogue.depends(text)

    def without_places(self, text: str) -> str:
        """A text without the names of places in it."""
        return self._dialogue.without_places(text)

    def part(self, query: Query, text: str, *, said: str) -> Query:
        """One of several questions in a message, with other words of the message, `said`, as context."""
        part = self.query(
            text,
            region=query.region,
            history=[Turn("user", said)],
            as_of=query.today,
            max_chars=len(text),  # the message was short enough
        )
        return replace(part, parts=(), follow_up=False, dangling=part.follow_up)

    def _mentions(self, text: str, selected: str | None) -> list[RegionMention]:
        """Places named outside 《》; a district of an unknown city belongs to the chosen one.

        Not where the chosen one is named apart and the district by the name it is known by elsewhere:
        罗湖不要钱，武汉要不要.
        """
        found = [m for m in self.gazetteer.mentions(_TITLE.sub("", text)) if m.path != NATIONAL]
        if selected:
            found = [m for m in found if selected.startswith(m.path) or not self._is_of_kin(m, text)]
        apart = selected is not None and any(selected.startswith(m.path) for m in found)
        return [
            m
            if (apart and not m.text.endswith(("区", "县"))) or self.gazetteer.stands_alone(m)
            else self._local(m, selected)
            for m in found
        ]

    def _is_of_kin(self, mention: RegionMention, text: str) -> bool:
        """Whether a place is only told of in a story, where somebody's kin live or what they say; nothing is asked of it."""
        clauses = CLAUSE.findall(text)
        naming = [clause for clause in clauses if mention.text in clause]
        asking = [clause for clause in clauses if has_question_word(clause)]
        if any(clause in asking for clause in naming) or any(_THERE.search(clause) for clause in asking):
            return False
        return bool(naming) and all(
            _tells_of_kin(clause)
            and not self.lexicon.topics(clause)
            and not self.lexicon.organisations(clause)
            for clause in naming
        )

    def _local(self, mention: RegionMention, selected: str | None) -> RegionMention:
        cities = self.gazetteer.cities
        is_city = any(mention.path in cities[province] for province in cities)
        # 和平区 alone is any city's; 天津和平区 is that one
        bare = any(mention.path == province + mention.text for province in self.gazetteer.provinces)
        is_district = mention.path not in self.gazetteer.provinces and (
            not is_city or (bare and mention.text.endswith(("区", "县")))
        )
        if is_district and selected and selected != NATIONAL and not mention.path.startswith(selected[:3]):
            return RegionMention(mention.text, selected + mention.text)
        return mention


def _of_parts(text: str, whole: RecordAsked) -> list[Standing]:
    """What the separate questions of a message about one text's record ask for each (哪年的 还能用吗 文号多少)."""
    parts = separate_questions(text) if whole.alone else ()
    return [kind for part in parts for kind in standing_asked(part).kinds]


def check_question(question: str, *, max_chars: int) -> str:
    """The question without invisible characters and surplus blanks.

    Raises:
        BadQuestionError: It is empty or longer than `max_chars`.
    """
    cleaned = _SPACES.sub(" ", "".join(c for c in question if c.isprintable() or c.isspace())).strip()
    cleaned = cleaned.encode("utf-8", "ignore").decode()  # lone surrogates from broken clients
    if not any(c.isalnum() for c in cleaned):
        raise BadQuestionError("请先输入要问的问题，例如：跳舞队没几个人，要不要登记？")
    if len(cleaned) > max_chars:
        raise BadQuestionError(
            f"问题太长（{len(cleaned)} 字），请缩短到 {max_chars} 字以内，一次问一件事效果最好。"
        )
    return cleaned


def says_done(text: str) -> bool:
    """Whether words tell of something as done or reached: 已经, 早就, 达到了."""
    return bool(_DONE.search(text))


def _tells_of_kin(clause: str) -> bool:
    return bool(_ONCE_OR_ORIGIN.search(clause) or (_KIN.search(clause) and _LIVES_OR_TELLS.search(clause)))


def _place(named: tuple[str, ...], selected: str | None) -> str | None:
    """The place the answer is for: the one named if just one is and the chosen one is no part of it, else the chosen one."""
    if len(named) == 1:
        return selected if selected and selected.startswith(named[0]) else named[0]
    if named and not any(n.startswith(named[0]) or named[0].startswith(n) for n in named[1:]):
        return selected or named[0]
    return selected or (max(named, key=len) if named else None)


def _places(
    named: tuple[str, ...], selected: str | None, meant: str | None, *, compares: bool
) -> tuple[str, ...]:
    """Regions whose rules are wanted: all that are compared, else the one meant."""
    if compares and named:
        return tuple(dict.fromkeys([*named, *([selected] if selected and len(named) == 1 else [])]))
    return (meant,) if meant else ()
