"""The questions of one message: which clauses ask, which only tell the story, and which ask apart.

谁都不服谁 tells, 靠啥养起来 asks: question words alone do not say, so a small model over a
clause's characters, its place and its question words does (`ingest train-asking`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.asked import Asked, asked_for, has_question_word, tells
from assistant.groups import GroupModel

ASKING_FILE = Path(__file__).parent / "models" / "asking.json"
MAX_PARTS = 5
# Log odds from which a clause asks: of clauses of messages not learned 93 % are told right, question words alone 85 %;
# a question that is overlooked goes unanswered, so a little less than even.
ASKS = -0.5
# Odds from which a clause asks although its words are most often told (管不管, 里几个); see `tells`.
SURELY = 4.0
_STOP = re.compile(
    r"(?:[?？!！。；;，、\s]|,(?!\d{3}(?!\d)))++(?!才[能给让可行算够准会有])|(?<=[吧吗呢么])那(?=谁|哪|怎|咋|要|得|几|多)|(?:另外|还有就是|还有(?![效没用得几多的])|以及|顺便问(?:一下|下)?|再问(?:一下|下)?)[,，:：]?"
)
_TAIL = re.compile(  # asks nothing by itself: 换届几年一次，有没有规定
    r"(?:到底)?(?:有没有|有没得|有无)(?:个?(?:规定|说法|上限|下限|限制|要求|标准|数))?[吗呢啊]?[?？]?"
    r"|(?:能|得)?(?:行|可以|对|是|好|合适|成|中|妥|要得)(?:不(?:行|可以|对|是|好|合适|成|中|妥)?|吗|么|吧|伐|啵)[?？]?"
    r"|(?:怎么|咋)(?:办|说|讲|规定的?)[呢啊]?[?？]?"
)
_LACKS = re.compile(r"[没未](?!.*[吧呢嘛噻伐]$)")  # but 没发票光有收条呢 asks
_BARE = re.compile("步骤|流程|程序|手续")  # says what is wanted of the question before it: 怎么认定 步骤
_BESIDE = re.compile(r"(?<=.{5})吧$")  # asks beside a question
_MARK = re.compile("[?？]")
_APART = (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT, Asked.WHO)  # kinds told apart in one breath
_ONE_BREATH = re.compile(  # 要几个会员|要多少钱|批多久
    r"(?<=.{3})(?=[要得批交给找由收罚补免招送报办等][^，,。？?；;\s]{0,2}(?:多少|多久|多长|几(?![乎率何])|谁|哪))"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a message, where it begins, and the stop after it ("" at the end)."""

    text: str
    start: int
    stop: str = ""


def clauses(text: str) -> list[Clause]:
    """The clauses of a message in order, without blank ones."""
    found, at = [], 0
    for match in _STOP.finditer(text):
        found.append(Clause(text[at : match.start()].strip(), at, match.group()))
        at = match.end()
    found.append(Clause(text[at:].strip(), at))
    return [one for one in found if one.text]


def asking(of_message: Sequence[Clause], model: GroupModel | None = None) -> list[bool]:
    """Which of a message's clauses ask; one that only confirms (行不行) does not by itself.

    Args:
        of_message: All clauses of one message, in order.
        model: None for the shipped one.
    """
    model = model or _shipped()
    return [
        not _TAIL.fullmatch(one.text)
        and not (at and _is_condition(one))
        and model.odds(one.text, beside(of_message, at))[0] > (SURELY if tells(one.text) else ASKS)
        for at, one in enumerate(of_message)
    ]


def _is_condition(one: Clause) -> bool:
    """Whether a clause says what is lacking and has no question's words: it is the case asked about (罚多少 没备案)."""
    states = not has_question_word(one.text) and asked_for(one.text) == (Asked.OPEN,)
    return bool(_LACKS.match(one.text)) and states and not _MARK.search(one.stop)


def beside(of_message: Sequence[Clause], at: int) -> dict[str, float]:
    """What tells whether a clause asks beside its characters: its place, its stop, question words."""
    text = of_message[at].text
    said = {
        "=word": has_question_word(text),
        "=kind": asked_for(text) != (Asked.OPEN,),
        "=mark": bool(_MARK.search(of_message[at].stop)),
        "=first": at == 0,
        "=last": at == len(of_message) - 1,
        "=only": len(of_message) == 1,
    }
    return {name: 1.0 for name, holds in said.items() if holds}


def asking_clause(text: str) -> str:
    """The last clause that asks, with what confirms it; the whole text when none does by itself.

    What comes before tells the story: 他自己也讲不清值多少钱 那个票我们能给他开不 asks for no amount.
    """
    of_message = clauses(text)
    asks_here = asking(of_message)
    for at in reversed(range(len(of_message))):
        if asks_here[at] and len(of_message[at].text) > 2:
            after = of_message[at + 1 : at + 2]
            confirmed = bool(after) and bool(_TAIL.fullmatch(after[0].text))
            last = of_message[at + confirmed]
            return text[of_message[at].start : last.start + len(last.text)]
    return text


def separate_questions(text: str) -> tuple[str, ...]:
    """Separate questions in one message, at most MAX_PARTS; () when there is only one."""
    told = ""
    found: list[str] = []
    of_message = clauses(text)
    asks_here = _with_those_between(of_message, asking(of_message))
    if not any(asks_here):
        return ()
    for one, asks in zip(of_message, asks_here, strict=True):
        if _TAIL.fullmatch(one.text):  # belongs to what is told before it: 他们不让投 对不对
            found += [f"{told} {one.text}"] if told else []
            told = ""
        elif found and not told and _BARE.fullmatch(one.text):
            found[-1] = f"{found[-1]} {one.text}"
        elif len(one.text) > 1 and (asks or _BESIDE.search(one.text)):
            found.append(one.text)
            told = ""
        else:
            told = one.text
    asked = [piece for part in found for piece in _in_one_breath(part)]
    return tuple(asked[:MAX_PARTS]) if len(asked) > 1 else ()


def _with_those_between(of_message: Sequence[Clause], asks: Sequence[bool]) -> list[bool]:
    """A clause with a question word between two that ask does too: 要多少钱、几个会员、等多久."""
    last = len(asks) - 1
    return [
        here or (0 < at < last and asks[at - 1] and asks[at + 1] and has_question_word(of_message[at].text))
        for at, here in enumerate(asks)
    ]


def _in_one_breath(part: str) -> list[str]:
    """The questions of a clause without a stop between them, where each wants another kind of answer."""
    pieces: list[str] = []
    for piece in _ONE_BREATH.split(part):
        kinds = _kind_apart(piece)
        if pieces and kinds and len(piece) > 2 and _kind_apart(pieces[-1]) not in ("", kinds):
            pieces.append(piece)
        else:
            pieces[-1:] = ["".join([*pieces[-1:], piece])]
    return pieces


def _kind_apart(text: str) -> str:
    return next((kind for kind in asked_for(text) if kind in _APART), "")


@lru_cache(maxsize=1)
def _shipped() -> GroupModel:
    return GroupModel.load(ASKING_FILE)
