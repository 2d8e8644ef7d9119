"""What a text's own record (效力, 日期, 文号) answers of a question about it, and whether the text asked about is held."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.docnumber import doc_numbers
from assistant.domain import Document, DocumentStatus, Hit
from assistant.naming import in_title, numbers_ended, of_another_place, share_of_title
from assistant.periods import other_plan
from assistant.select import hits_of, is_named, meant_document, quoted_hits
from assistant.standing import Standing
from assistant.understand import Query
from assistant.validity import status_on

# Share of a title that a question about a record alone must have, of the nation's text where a place is named. From here
# on 91 % of the texts found are those meant; of the asker's own place 98 % whatever the share.
LEAST_TITLE, ELSEWHERE_TITLE = 0.2, 0.5
_DAY = re.compile(r"(?:19|20)\d\d")
_FULL_DAY = re.compile(r"(?:19|20)\d\d(?:-\d{1,2}-\d|年\d{1,2}月\d{1,2}日)")
_DAY_ASKED = re.compile(r"几月几|几号(?!文|令)|哪一?[天日]|何日|年月日|哪年哪?月|日期")
_UNSEEN = re.compile(r"[^，,；;。（(）)]*(?:未见|未载)(?=[，,；;。（(]|$)(?:（[^（）]*）)?")
_OTHERS_NUMBER = re.compile(r"〔(?:19|20)\d\d〕\d+号")
_ABOUT_IT = re.compile(
    r"[^，,；;。]*(?:报道|转载|收录|网络)[^，,；;。]*"
)  # days on which others told of the text
_NOW = re.compile("现在|现如今|如今|目前|眼下|这会儿|这阵子|这时候|今年|还能|还可以|还[让给]")
_BEGINS = re.compile(r"\d[^，。；]{0,8}(?:施行|实施|执行|生效|起)")
_NUMBER = re.compile(r"[A-Z]{2,}-\d|〔\d{4}〕\d")
_ENDS = re.compile(r"有效期|期满|实施期|规划期|目标期|方案期|年度|[至到—-]\s*20\d\d")
# The same in a clause, where 有效期 is most often a certificate's.
_ITS_END = re.compile(
    r"(?:本|该)?(?:办法|通知|意见(?!书)|方案|规定|条例|细则|指引|公告)[^，。；]{0,14}(?:有效期|施行至|执行至|废止)"
    r"|自[^。；]{0,30}(?:施行|实施|执行)[^。；]{0,12}有效期|实施期|规划期|方案期|目标期|到20\d\d年"
)
_NO_MATTER = re.compile(
    r"管理|服务|工作|[新老旧]?办法|正式|国家|全国|中央|[一二三四五六七八九十]+(?:年|部门|项)?|部门|地方|实施|双轨|[这那][一二两几]?[份个部项篇本]?|\d+"
)
# What follows a word in the name of a text: 物业|管理条例.
_OF_TEXT = r"(?:的|那个?|这个?|[新老旧]|管理|服务|工作|促进|保护|组织|实施|登记|暂行|试行)*(?:条例|办法|规定|细则|意见|规划|方案|通知|公告|指引|指南|法)"
_NAMES = {
    Standing.NUMBER: "文号",
    Standing.ISSUER: "发文机关",
    Standing.ISSUED: "发布（修订）日期",
    Standing.SINCE: "施行日期",
    Standing.UNTIL: "有效期限",
}


def unheld_number(query: Query, basis: Sequence[Hit]) -> str:
    """The 发文字号 whose validity is asked about and that no text to be quoted bears or mentions, "" without one."""
    asked = doc_numbers(query.text) if query.standing and basis else []
    if not asked or any(hit.reasons["title_named"] for hit in basis):
        return ""
    said = [
        number
        for hit in quoted_hits(query, basis)
        for number in doc_numbers(
            f"{hit.document.doc_number} {hit.document.status_evidence} {hit.passage.text}"
        )
    ]
    return next((one.written for one in asked if not any(map(one.same, said))), "")


def meant_hits(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """The hits of the text whose record is asked about; [] when it is hardly one of these.

    A text of a place that is named is not meant by a rule of a wider one, unless that is named too.
    """
    found = hits_of(meant_document(query, basis), basis)
    if not found or is_named(query, found[0]):
        return found
    if found[0].reasons["own_region"]:
        return found
    least = ELSEWHERE_TITLE if query.named_regions else LEAST_TITLE
    return found if share_of_title(query.text, found[0].document.title) >= least else []


def is_another(query: Query, meant: Sequence[Hit]) -> bool:
    """Whether the question names another text than the one that it most likely means."""
    title = meant[0].document.title
    named = bool(meant[0].reasons["title_named"])
    return other_plan(query.text, title) or (not named and _names_another(query, title))


def is_over(query: Query, basis: Sequence[Hit]) -> bool:
    """Whether it is asked what may be done now under a call or plan whose period is over: its record answers that."""
    if Asked.YES_NO not in query.asked or not (
        _NOW.search(query.text) or str(query.as_of.year) in query.years
    ):
        return False
    meant = meant_hits(query, basis)
    over = bool(meant) and status_on(meant[0].document, query.as_of) is DocumentStatus.EXPIRED
    return over and meant[0] is basis[0]


def unheld_there(query: Query, document: Document) -> str:
    """That the text named with a place (辽宁志愿服务条例) is not held, where another place's of that name is meant; else ""."""
    if not of_another_place(query.text, document, query.named_regions):
        return ""
    return f"没有收录{query.named_regions[0]}的这份文件，以下是{document.region}的"


def unsaid(query: Query, meant: Sequence[Hit]) -> str:
    """What the question asks of a record and it lacks; who gives a 发文字号 does not ask for it."""
    numbered = bool(doc_numbers(query.text))
    standing = [kind for kind in query.standing if not (numbered and kind is Standing.NUMBER)]
    to_the_day = bool(_DAY_ASKED.search(query.text))
    return unwritten(standing, meant, to_the_day=to_the_day) if standing else ""


def only_mentioned(query: Query, hit: Hit) -> bool:
    """Whether the text asked about by its number is not held, and the hit's text tells of it but not what became of it."""
    asked = doc_numbers(query.text)
    held = doc_numbers(hit.document.doc_number or "")
    told = f"{hit.document.status_evidence} {hit.passage.text}"
    ended = numbers_ended(told)
    return any(
        any(map(one.same, doc_numbers(told))) and not any(map(one.same, [*held, *ended])) for one in asked
    )


def _names_another(query: Query, title: str) -> bool:
    """Whether the question names a text by words that this title has none of: 物业管理条例 is no 备案管理办法."""
    named = [
        word
        for word in query.own_words
        if not _NO_MATTER.fullmatch(word) and re.search(re.escape(word) + _OF_TEXT, query.searched)
    ]
    return bool(named) and not any(in_title(word, title) for word in named)


def unwritten(standing: Sequence[Standing], meant: Sequence[Hit], *, to_the_day: bool = False) -> str:
    """What is asked for of a text's record, when nothing of it is recorded or said in its hits; else "".

    Args:
        standing: What is asked of the record, likeliest first, not empty.
        meant: Hits of the text, best first, not empty.
        to_the_day: Whether a day is asked for, so that a year is not enough.
    """
    document = meant[0].document
    words = " ".join(hit.passage.text for hit in meant)
    evidence = _seen(document.status_evidence)
    recorded = f"{evidence} {document.title}"
    told = f"{recorded} {words}"
    replaced = document.status in (DocumentStatus.REVISED, DocumentStatus.REPEALED)
    year = document.issued_on or _DAY.search(f"{document.doc_number} {_OTHERS_NUMBER.sub('', told)}")
    day = _FULL_DAY.search(f"{document.issued_on} {_ABOUT_IT.sub('', evidence)}")
    written = {
        Standing.NUMBER: document.doc_number or _NUMBER.search(document.status_evidence),
        Standing.ISSUER: document.issuer,
        Standing.ISSUED: day if to_the_day else year,
        Standing.SINCE: document.effective_on or _BEGINS.search(told),
        Standing.UNTIL: document.expires_on or replaced or _ENDS.search(recorded) or _ITS_END.search(words),
    }
    first = standing[0]
    return f"没有写明这份文件的{_NAMES[first]}" if first in written and not written[first] else ""


def _seen(evidence: str) -> str:
    """What a record tells of its text, without what it says was not found (有效期条款未见)."""
    return _UNSEEN.sub("", evidence)
