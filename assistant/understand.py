"""Understanding a question: what is asked, of which place and time, in which official words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.domain import NATIONAL, Turn
from assistant.errors import BadQuestionError
from assistant.numerals import Figure, figures
from assistant.regions import Gazetteer, RegionMention
from assistant.text import STOPWORDS, Segmenter, bigrams, normalise

if TYPE_CHECKING:
    from assistant.lexicon import Lexicon

BIGRAM_WEIGHT = 0.4
EARLIER_WEIGHT = 0.5  # words carried over from the previous question
_MAX_PARTS = 3


class Asked(StrEnum):
    """Kind of answer a question wants."""

    AMOUNT = "amount"
    NUMBER = "number"
    TIME_LIMIT = "time_limit"
    WHEN = "when"
    WHO = "who"
    LIST = "list"
    STEPS = "steps"
    YES_NO = "yes_no"
    COMPARISON = "comparison"
    VALIDITY = "validity"
    CONTACT = "contact"
    OPEN = "open"


_ASKED = (
    (
        Asked.CONTACT,
        r"电话|号码是|热线|地址|网址|官网|邮箱|微信号|公众号|在哪下载|联系方式|几楼|坐哪路|办公时间|几点(?:上班|下班|开门)",
    ),
    (
        Asked.COMPARISON,
        r"区别|不同|不一样|相比|对比|比较|哪个(?:更|高|多|严|宽|低|少)|谁(?:更|多|严)|差别|差在|还是.*(?:好|划算)|各(?:是|自)?(?:多少|几|要)",
    ),
    (
        Asked.VALIDITY,
        r"管用|有效吗|还有效|过期|作废|废止|失效|还(?:能|可以)?(?:用|执行|算数|适用)|到期|有效期|最新(?:的|版)?|现行",
    ),
    (
        Asked.AMOUNT,
        r"多少(?:钱|资金|经费|费用|块|元|万)|几(?:万|块|千|百)|(?:钱|资金|费用|经费|罚款|金额)(?:是|要|得)?(?:多少|几)|收费|要钱|花钱|罚多少|注册资金|开办资金|活动资金",
    ),
    (
        Asked.TIME_LIMIT,
        r"多久|多长时间|多少(?:天|日|个月|年|工作日)|几(?:天|日|个月|个工作日|年)|期限|时限|什么时候(?:前|之前)|多少时间",
    ),
    (Asked.WHEN, r"什么时候|啥时候|何时|哪(?:天|年|一年|个月)|几月|几号|什么时间|啥时间"),
    (
        Asked.NUMBER,
        r"多少(?:个|人|名|户|家|人次|次|支|类|种|条|项)?|几(?:个|人|名|户|家|次|类|种|条|项|级|成|支|步|位|样|方面|点)|比例|百分之|人数|数量|至少|最少|最多|起码",
    ),
    (
        Asked.WHO,
        r"谁|哪个(?:部门|单位|机关|科|局)|哪(?:家|里)(?:管|批|办|登记|备案|审)|归(?:哪|谁|什么)|找(?:谁|哪)|去哪|上哪|向(?:谁|哪)|到哪|哪儿|哪级|什么部门|啥部门|由(?:谁|哪)|牵头|主管|负责的?是",
    ),
    (
        Asked.STEPS,
        r"怎么(?:办|弄|做|申请|登记|备案|注册|成立|搞|走|报)|如何(?:办|申请|登记|备案|成立)|流程|程序|步骤|手续|咋(?:办|弄|整|搞|申请)|先.*再",
    ),
    (
        Asked.LIST,
        r"哪些|哪几|什么条件|啥条件|条件|材料|什么(?:东西|手续|资料|证件|要求|路子|办法|渠道|内容|任务)|要啥|带啥|有啥|分(?:成|为)?(?:几|哪)|包括|都有",
    ),
    (
        Asked.YES_NO,
        r"吗|么[?？]?$|能不能|可不可以|可以不|是不是|行不行|要不要|有没有|用不用|该不该|算不算|是否|能否|可否|得不得行|对不对|对吧|是吧|不[?？]?$|没[?？]?$|没有[?？]?$",
    ),
)
_FOLLOW_UP = re.compile(
    r"^(?:那|那么|这|它|他们|她们|上面|上述|前面|刚才|其中|还有|另外|再问|然后|要是|如果|换成|换|哪)|呢[?？。]?$|这个|那个|这些|那些|这种|这样的|上面|刚(?:才|刚)?说"
)
_SPLIT = re.compile(
    r"[?？!！。；;\n]+|[,，、]?(?:另外|还有就是|还有|以及|顺便问(?:一下|下)?|再问(?:一下|下)?)[,，:：]?"
)
_YEAR_THEN = re.compile(r"((?:19|20)\d\d)年?(?:底|末|初)?(?:那会儿|那会|那时候|那时|当时|的时候|时)")
_TITLE = re.compile(r"《([^《》]{2,60})》")
_NUMBER_SHAPE = re.compile(
    r"[\w]{1,12}[〔\[【(（](?:19|20)\d\d[〕\]】)）]\s*(?:第)?\d+号|令?第?\d{2,4}号(?:令|文)?"
)
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+条")
_CONFIRM = re.compile(
    r"吗|对吧|是吧|对不对|是不是|没错吧|对么|吧[?？。]?$|听说|据说|都说|说是|不是.{0,12}(?:吗|么)"
)
_DONE = re.compile(
    r"已经|早就|都(?:达到|完成|实现|建成|培训)了|(?:达到|完成|实现|建成|做到)了|实际(?:达到|完成|上)|最后(?:达到|完成)"
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the later stages need it.

    `terms` are index terms with weights (1 for the asker's own words), `implied` the
    official words the lexicon reads into them; `region` the asker's place as a full
    path, None when unknown; `named_regions` those named in the question itself. `as_of`
    is the day the answer is for.
    """

    question: str
    text: str
    terms: dict[str, float]
    implied: dict[str, float]
    own_words: tuple[str, ...]
    topics: dict[str, float]
    asked: tuple[Asked, ...]
    region: str | None
    named_regions: tuple[str, ...]
    as_of: date
    today: date
    titles: tuple[str, ...] = ()
    doc_numbers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    confirms: bool = False
    says_done: bool = False
    follow_up: bool = False
    out_of_scope: str | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    notes: dict[str, object] = field(default_factory=dict)


class Understanding:
    """Turns questions into queries with one lexicon, gazetteer and tokenizer."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer, segmenter: Segmenter) -> None:
        """Only assigns."""
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self.segmenter = segmenter

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
        text, corrections = self.lexicon.correct(cleaned)
        selected = self.gazetteer.resolve(region) if region and region.strip() else None
        earlier = [turn.content for turn in history if turn.role == "user"][-2:]
        follow_up = bool(earlier) and self._depends_on_history(text)
        mentions = self._mentions(text, selected)
        if follow_up and not mentions:
            mentions = next(
                (m for m in (self._mentions(t, selected) for t in reversed(earlier)) if m), []
            )
        named = tuple(dict.fromkeys(m.path for m in mentions))
        today = as_of or date.today()
        before = earlier[-1] if follow_up else ""
        plain, plain_before = (_without(t, self.gazetteer) for t in (text, before))
        terms = self._terms(plain, plain_before)
        implied = self._implied(plain, plain_before)
        return Query(
            question=cleaned,
            text=text,
            terms=terms,
            implied={word: weight for word, weight in implied.items() if word not in terms},
            own_words=tuple(self._own_words(plain)),
            topics=self.lexicon.topics(text) or self.lexicon.topics(before),
            asked=asked_for(text),
            region=_place(named, selected),
            named_regions=named,
            as_of=_time_meant(text, today),
            today=today,
            titles=tuple(_TITLE.findall(text)),
            doc_numbers=tuple(m.group() for m in _NUMBER_SHAPE.finditer(text)),
            articles=tuple(_ARTICLE.findall(text)),
            figures=tuple(f for f in figures(text) if not (f.unit == "年" and f.value > 1900)),
            confirms=bool(_CONFIRM.search(text)),
            says_done=bool(_DONE.search(text)),
            follow_up=follow_up,
            out_of_scope=None if follow_up else self.lexicon.out_of_scope(text),
            corrections=tuple(corrections),
            parts=_parts(text),
        )

    def _terms(self, text: str, earlier: str) -> dict[str, float]:
        terms: dict[str, float] = {}
        for source, weight in ((earlier, EARLIER_WEIGHT), (text, 1.0)):
            for pair in bigrams(normalise(source)):
                if not all(c in STOPWORDS for c in pair):
                    terms["#" + pair] = weight * BIGRAM_WEIGHT
            for word in self.segmenter.content_words(source):
                terms[word] = weight
        return terms

    def _implied(self, text: str, earlier: str) -> dict[str, float]:
        implied: dict[str, float] = {}
        for source, weight in ((earlier, EARLIER_WEIGHT), (text, 1.0)):
            for phrase, share in self.lexicon.expand(source).items():
                for word in self.segmenter.whole_words(phrase):
                    implied[word] = max(implied.get(word, 0.0), weight * share)
        return implied

    def _own_words(self, text: str) -> list[str]:
        return list(dict.fromkeys(self.segmenter.content_words(text)))

    def _depends_on_history(self, text: str) -> bool:
        """A question that starts from the last one: a pointing word, or too little of its own."""
        own = self._own_words(text)
        return bool(_FOLLOW_UP.search(text)) or len(own) <= 2 or not self.lexicon.topics(text)

    def _mentions(self, text: str, selected: str | None) -> list[RegionMention]:
        """Places named outside 《》; a district of an unknown city belongs to the chosen one."""
        found = self.gazetteer.mentions(_TITLE.sub("", text))
        return [self._local(m, selected) for m in found if m.path != NATIONAL]

    def _local(self, mention: RegionMention, selected: str | None) -> RegionMention:
        is_district = mention.path not in self.gazetteer.provinces and not any(
            mention.path in cities for cities in self.gazetteer.cities.values()
        )
        if is_district and selected and selected != NATIONAL and not mention.path.startswith(selected[:3]):
            return RegionMention(mention.text, selected + mention.text)
        return mention


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


def _without(text: str, gazetteer: Gazetteer) -> str:
    """Text without names of places: the place decides which rules apply, not how well a clause matches."""
    for mention in gazetteer.mentions(text):
        if mention.path != NATIONAL:
            text = text.replace(mention.text, " ", 1)
    return text


def asked_for(text: str) -> tuple[Asked, ...]:
    """Kinds of answer the text asks for, most specific first; (OPEN,) when none is recognised."""
    return tuple(kind for kind, pattern in _ASKED if re.search(pattern, text)) or (Asked.OPEN,)


def _place(named: tuple[str, ...], selected: str | None) -> str | None:
    """The place the answer is for: the one named if just one is, else the chosen one."""
    if len(named) == 1:
        return named[0]
    if named and not any(n.startswith(named[0]) or named[0].startswith(n) for n in named[1:]):
        return selected or named[0]
    return selected or (max(named, key=len) if named else None)


def _time_meant(text: str, today: date) -> date:
    match = _YEAR_THEN.search(text)
    return date(int(match[1]), 12, 31) if match and int(match[1]) < today.year else today


def _parts(text: str) -> tuple[str, ...]:
    """Separate questions in one message; () when there is only one."""
    parts = [p.strip(" ，,、") for p in _SPLIT.split(text) if p]
    asking = [p for p in parts if len(p) >= 4 and asked_for(p) != (Asked.OPEN,)]
    return tuple(asking[:_MAX_PARTS]) if len(asking) > 1 else ()
