"""What the earlier turns of a conversation give to the question: what it replaces, what it starts from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.asked import has_question_word, in_common_speech
from assistant.docnumber import doc_numbers
from assistant.domain import NATIONAL, Turn
from assistant.numerals import figures

if TYPE_CHECKING:
    from assistant.lexicon import Lexicon
    from assistant.regions import Gazetteer
    from assistant.text import Segmenter

TURNS = 6  # of the user's earlier ones, that a follow-up may start from
BRIEF = 12  # characters of a question that says little by itself unless it names a kind of organisation
_ORDINAL = re.compile(r"第([一二三四五六七八九1-9])(?:个|项|条|种|类|点|样|步)")
_NUMBERED = re.compile(
    r"(?:^|[\s：:；;。，,])[(（]?[一二三四五六七八九1-9][)）.、．]|[①-⑨]|[一二三四五六七八九]是"
)
_ITEMS = re.compile(r"[、；;。\n]")
_FOLLOW_UP = re.compile(
    r"^(?:那|那么|这|它|他们|她们|上面|上述|前面|刚才|其中|还有|另外|再问|然后|要是|如果|换成|换|哪)|呢[?？。]?$|这个|那个|这些|那些|这种|这样的|上面|刚(?:才|刚)?说"
)
_BUT_A_PLACE = re.compile(  # what stands around a place that is all that is said: 那洛阳呢
    r"[\s，,]*(?:那么?|换成?|要是|如果|在|像|就)?(?:隔壁|旁边)?\s*(?:这边|那边|这里|那里|的话|[的嘞嘅咯])*\s*[呢咧嘞喃呀啊]?[\s，,。？?！!]*"
)
_BUT_THE_NATION = re.compile(  # the same of the nation: 那国家是怎么规定的
    r"(?:那么?|按照?)?(?:国家|全国|中央)(?:层面|上)?(?:的|是|对此|对这个)?(?:统一)?(?:规定|要求|政策|怎么|咋|说|讲|办|有没有)*[的呢吗啊]*[\s。?？]*"
)
_BY_THE_NATION = "按国家规定，"
_OTHERWISE = {"登记": "备案", "备案": "登记"}
_LEFT_OPEN = re.compile(r"..[呢么不没][?？。]?$")  # 不交呢, 收费不
_TITLE = re.compile(r"《([^《》]{2,60})》")
_COUNT = re.compile(r"[一二两三四五六七八九十几\d]+(?:样|个|种|类|项|条|点|次|件|步|家|人|名|位|支|份|块|张)")
# 不是舞蹈队，是个养老服务站; 我说的是登记 不是备案; 说错了 是基金会.
_THEN = re.compile("^那么?")
_SLIP = r"(?:不对|错了|不好意思|我?(?:说|打|写|搞|弄|问)错了)"
_THING = r"(?:个|一个|那个|那种)?([^，,。？?！!\s不]{1,14}?)"
_END = r"[的嘞哈哦啊呀]?[\s。.！!]*"
_NOT_BUT = re.compile(
    rf"(?:{_SLIP}[\s，,。]*)?(?:我们?)?(?:不是|不说)\s*{_THING}[\s，,。]*(?:而?是|我?[说问]的是)\s*{_THING}{_END}"
)
_BUT_NOT = re.compile(rf"(?:{_SLIP}[\s，,。]*)?我?[说问]的是\s*{_THING}(?:[\s，,。]*不是\s*{_THING})?{_END}")
_BUT = re.compile(rf"{_SLIP}[\s，,。]*(?:应该)?(?:是|我?[说问]的是)\s*{_THING}{_END}")


class Dialogue:
    """Reads questions beside what was said before them."""

    def __init__(
        self,
        lexicon: Lexicon,
        gazetteer: Gazetteer,
        segmenter: Segmenter,
        *,
        without_slips: Callable[[str], str],
    ) -> None:
        """Only assigns; `without_slips` repairs the spelling of a turn."""
        self._lexicon = lexicon
        self._gazetteer = gazetteer
        self._segmenter = segmenter
        self._without_slips = without_slips

    def meant(self, text: str, history: Sequence[Turn]) -> tuple[str, Sequence[Turn]]:
        """The question meant, and the turns before it: the last one anew where only a part of it is replaced.

        By a place (洛阳呢), or by what was meant all along (不是备案，是登记). Any other text as it is.
        """
        history = history[-2 * TURNS :]  # each is read with those before it
        asked = [at for at, turn in enumerate(history) if turn.role == "user"]
        for at in reversed(asked):
            if self._says_nothing(history[at].content):
                continue
            last, before = self.meant(history[at].content, history[:at])
            anew = self._anew(text, last)
            return (anew, before) if anew else (text, history)
        return text, history

    def _anew(self, text: str, last: str) -> str:
        """The last question with what `text` puts in the place of a part of it; "" where it does nothing of that."""
        last = last.removeprefix(_BY_THE_NATION)
        if _BUT_THE_NATION.fullmatch(text):
            return _BY_THE_NATION + self.without_places(last).strip()
        if self.is_but_a_place(text):
            place = "和".join(mention.text for mention in self._gazetteer.mentions(text))
            return f"{place} {self.without_places(last)}"
        wrong, right = _put_right(text)
        wrong = wrong or _OTHERWISE.get(right, "")
        if not right:
            return ""
        if wrong and wrong in last:
            return last.replace(wrong, right)
        rest = self._lexicon.without_organisations(last) if self._lexicon.organisations(right) else last
        return right + _THEN.sub("", rest)

    def said(self, history: Sequence[Turn]) -> list[str]:
        """What the user said in the last turns as it was meant, oldest first, without what says nothing (好的, 谢谢)."""
        found: list[str] = []
        for at in [at for at, turn in enumerate(history) if turn.role == "user"][-TURNS:]:
            said = self._lexicon.without_courtesies(history[at].content)
            text, _ = self.meant(said, history[:at])
            if not self._says_nothing(text):
                found.append(self._without_slips(text))
        return found

    def matter(self, earlier: Sequence[str]) -> str:
        """What a follow-up starts from: the last question that stands by itself, and the last thing said."""
        subject = next((text for text in reversed(earlier) if not self.depends(text)), earlier[0])
        return subject if subject is earlier[-1] else f"{subject} {earlier[-1]}"

    def depends(self, text: str) -> bool:
        """Whether a question starts from the last one: a pointing word, or too little of its own."""
        if _FOLLOW_UP.search(text):
            return True
        if doc_numbers(text):  # 国务院令250号还管用不 is about that text, whatever was asked before
            return False
        brief = len(text) <= BRIEF and not self._lexicon.organisations(text) and not _TITLE.search(text)
        return brief or len(self.own_words(text)) <= 2 or not self._lexicon.topics(text)

    def own_words(self, text: str) -> list[str]:
        """The asker's content words, counts left out."""
        words = dict.fromkeys(self._segmenter.whole_words(text))
        return [word for word in words if not _COUNT.fullmatch(word)]

    def is_but_a_place(self, text: str) -> bool:
        """Whether nothing but a place is said: 那洛阳呢."""
        rest = self.without_places(text)
        return rest != text and bool(_BUT_A_PLACE.fullmatch(rest))

    def without_places(self, text: str) -> str:
        """Text without names of places: the place decides which rules apply, not how well a clause matches."""
        for mention in self._gazetteer.mentions(text):
            if mention.path != NATIONAL:
                text = text.replace(mention.text, " ", 1)
        return text

    def _says_nothing(self, text: str) -> bool:
        if self._lexicon.courtesy(text):
            return True
        if has_question_word(in_common_speech(text)) or _LEFT_OPEN.search(text):
            return False
        return not (self.own_words(text) or figures(text))


def _put_right(text: str) -> tuple[str, str]:
    """What a text takes back, "" when it does not say, and what it puts instead, "" when it is no such text."""
    if has_question_word(text):
        return "", ""
    match = _NOT_BUT.fullmatch(text)
    if match:
        return match[1], match[2]
    match = _BUT_NOT.fullmatch(text) or _BUT.fullmatch(text)
    if not match:
        return "", ""
    return (match[2] or "" if match.re is _BUT_NOT else ""), match[1]


def picked_item(text: str, reply: str) -> str:
    """The item of the last reply that the text points at by number (第二个), "" when it does not."""
    match = _ORDINAL.search(text)
    if not match:
        return ""
    at = "一二三四五六七八九".find(match[1]) if match[1] in "一二三四五六七八九" else int(match[1]) - 1
    for pattern in (_NUMBERED, _ITEMS):
        items = [item.strip() for item in pattern.split(reply) if len(item.strip()) > 1]
        if pattern is _NUMBERED and len(items) > 1:
            items = items[1:] if not pattern.match(reply.strip()) else items
        if at < len(items) and len(items) > 1:
            return items[at]
    return ""
