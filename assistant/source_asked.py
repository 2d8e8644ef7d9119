"""Questions about the text that the last answer quotes: 第几条, 这是国家的还是省的, 这个还有效吗."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.domain import Document, Hit, Passage
from assistant.text import normalise, sentences

_POINTING = r"(?:那么?|这|这个|那个|上面|前面|刚才|刚刚|你)?(?:说|讲|引|回答)?的?(?:这|那)?(?:个|条|句|些|段)?(?:话|规定|说法|内容|答案|要求|数)?"
_AT = r"(?:到底|都|具体)?(?:是|算|出自|来自|写在|在|依据|根据|属于)?(?:的)?"
_WHERE = (
    r"(?:(?:出自|在|写在)?(?:哪一?|第几|啥|什么)(?:条|款|章|个?文件|份文件|部法律?|部法规|个?规定|个?办法|个?条例)"
    r"|出处|原文|原话|(?:法律|政策|文件)?依据|(?:发文字号|文号)(?:是)?(?:多少)?|哪里写|哪儿写|谁规定|谁定|哪一?级"
    r"|(?:国家|全国|中央|部里|省|省里|市|市里|地方|我们这儿?|本地|区里|县里)的?还是(?:国家|全国|中央|省|省里|市|市里|地方|我们这儿?|本地|区里|县里))"
)
_END = r"(?:上|里)?的?(?:规定|要求|文件|说|写|讲|定|写着)?的?(?:怎么|咋)?(?:说|写|讲)?的?[是在]?(?:什么|啥|哪里|哪儿|哪)?(?:个|条)?[呢啊呀吗嘛哦]?"
_ASKS_SOURCE = re.compile(f"{_POINTING}{_AT}{_WHERE}{_END}")
_OF_WHOM = re.compile(  # 这是全国的规定吗
    f"{_POINTING}(?:是不是|是|算|属于)(?:国家|全国|中央|部里|省里?|市里?|区里?|县里?|本地|地方)(?:统一)?(?:的|规定|定|出|发|文件|政策|要求)*[吗么不啊呀]*"
)
# What a question says that asks for nothing but the record of a text named before.
_OF_A_RECORD = re.compile(
    r"这样|一样|这么|上面|刚才|刚刚|文件|规定|办法|条例|政策|通知|意见|方案|法律|现在|如今|目前|后来|之后|以后|最新|有效期?|作数|算数|管用|过期|失效"
    r"|废止?|作废|到期|时候|发布|出台|印发|施行|实施|执行|开始|修订|文号|发文|部门|机关|单位|多少|什么|啥|哪个|哪里|几时|多久|好久"
    r"|[这那该个份条些还仍是用改新号谁吗没有不了么呢啊的又版算到哪几年月日天能在得着起就都吧发]"
)
_STOPS = re.compile(r"[\s，,。.？?！!：:]")
_LEAST = 8  # characters of a sentence by which a clause is known again


def asks_source(text: str) -> bool:
    """Whether a question asks only where the last answer stands."""
    said = _STOPS.sub("", text)
    return bool(_ASKS_SOURCE.fullmatch(said) or _OF_WHOM.fullmatch(said))


def names_no_text(text: str) -> bool:
    """Whether a question about a text's record says nothing of which text: 这文件还有效吗, 后来有没有新的."""
    return not _OF_A_RECORD.sub("", _STOPS.sub("", text))


def quoted_before(
    reply: str, documents: Mapping[str, Document], passages: Callable[[str], Sequence[Passage]]
) -> Hit | None:
    """The clause that a reply quotes first, None when it names no text of the library or quotes none.

    Args:
        reply: Markdown of the assistant's last message.
        documents: The published documents by id.
        passages: The passages of one document, in its order.
    """
    said = normalise(reply)
    found: list[tuple[int, Hit]] = []
    for document in documents.values():
        if normalise(document.title.strip("《》")) not in said and _inner(document.title) not in said:
            continue
        for passage in passages(document.id):
            at = _place_of(passage.text, said)
            if at >= 0:
                found.append((at, Hit(passage, document, 1.0)))
    return min(found, key=lambda one: one[0])[1] if found else None


def _inner(title: str) -> str:
    return normalise(title.replace("《", "〈").replace("》", "〉"))


def _place_of(text: str, said: str) -> int:
    """Where the first of a clause's sentences stands in what was said, -1 when none does."""
    parts = [normalise(text[span.start : span.end].strip()) for span in sentences(text)]
    places = [said.find(part) for part in parts if len(part) >= _LEAST]
    return min((at for at in places if at >= 0), default=-1)
