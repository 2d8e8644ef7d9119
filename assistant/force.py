"""What an answer says of a text's force: in force, over, repealed, a draft, and by which record."""

from __future__ import annotations

import re

from assistant.docnumber import doc_numbers
from assistant.domain import Citation, DocumentStatus
from assistant.understand import Query

_PERIOD = re.compile(r"20\d\d\s*[-—－至到]+\s*20\d\d")
_REPLACES = "取代|替代|代替|废止"  # and then what; 由2025年修订文本取代 has it before


def status_sentence(cited: Citation, query: Query, *, of_record: bool = False) -> str:
    """What the record says of a cited text's force, "" when it need not be said.

    `of_record`: its whole record is asked for, and told with what it rests on.
    """
    name = f"《{short_title(cited.title)}》"
    other = _other_number(cited.status_evidence, cited, query)
    if other:
        return f"文件库没有收录您问的{other}；{name}的记录写明：{cited.status_evidence}。"
    told = _other_number(cited.quote, cited, query)
    if told:
        return f"文件库没有收录您问的{told}；{name}写到了它，见下面的引文。"
    replaced = _version_replaced(cited, query) if of_record else ""
    if replaced:
        return replaced
    titled = bool(_PERIOD.search(cited.title))  # the title says until when
    over = cited.status is DocumentStatus.EXPIRED and not titled
    past = over or cited.status in (DocumentStatus.REVISED, DocumentStatus.REPEALED)  # says by what
    why = f"（{cited.status_evidence}）" if cited.status_evidence and (of_record or past) else ""
    if of_record:
        name += _recorded(cited)
    if of_record and cited.status is DocumentStatus.IN_FORCE:
        return f"{name}目前现行有效{why}。"
    if cited.status is DocumentStatus.PENDING:
        since = f"自{day_in_words(cited.effective_on)}起施行，现在" if cited.effective_on else ""
        return f"注意：{name}{since}尚未施行，目前办理请按现行规定。"
    if cited.status is DocumentStatus.EXPIRED:
        return f"注意：{name}实施期已满{why}，以下为当时要求，现行做法请以新文件为准。"
    if cited.status is DocumentStatus.REPEALED:
        return f"注意：{name}已废止{why}，以下内容仅供了解历史规定。"
    if cited.status is DocumentStatus.REVISED:
        return f"注意：{name}的这一文本已被修订{why}，请以新文本为准。"
    if cited.status is DocumentStatus.DRAFT:
        return f"注意：{name}是征求意见稿{why}，尚未生效，不能作为办理依据。"
    if of_record and cited.status is DocumentStatus.UNKNOWN:
        return f"注意：{name}目前是否有效，文件库不能确认{why}，请向发文机关核实。"
    return ""


def _recorded(cited: Citation) -> str:
    """Number, issuer and days of a text as recorded: （民政部令第69号，民政部2024-01-08发布，自2024-05-01起施行）; "" without any."""
    issued = f"{cited.issuer or ''}{day_in_words(cited.issued_on or '')}"
    since = cited.effective_on if cited.effective_on != cited.issued_on else None
    said = [cited.doc_number, issued and f"{issued}发布", since and f"自{day_in_words(since)}起施行"]
    return f"（{'，'.join(filter(None, said))}）" if any(said) else ""


def day_in_words(written: str) -> str:
    """A recorded day; one of which only the year or the month is known in words: 2017年, 2017年12月."""
    year, _, month = written.partition("-")
    if "-" in month or not year:
        return written
    return f"{year}年{int(month)}月" if month else f"{year}年"


def _other_number(words: str, cited: Citation, query: Query) -> str:
    """The 发文字号 asked about when it is another document's, of which the cited one's words tell; else ""."""
    asked, own = doc_numbers(query.text), doc_numbers(cited.doc_number or "")
    told = [one for one in doc_numbers(words) if any(map(one.same, asked))]
    return next((one.written for one in told if not any(map(one.same, own))), "")


def _version_replaced(cited: Citation, query: Query) -> str:
    """What the record says of the version of the year asked about, which the cited text replaced (替代2022年版); "" of none."""
    own = f"{cited.title}{cited.doc_number}{cited.issued_on}{cited.effective_on}"
    for year in query.years:
        told = re.search(rf"[^，,；;。]*(?:{_REPLACES})[^，,；;。]*{year}[^，,；;。]*", cited.status_evidence)
        if told and year not in own:
            return f"注意：您问的是{year}年的文本，《{short_title(cited.title)}》的记录写明：{told[0]}。"
    return ""


def short_title(title: str) -> str:
    """The inner title of a 关于印发《…》的通知; other titles as they are, inner 《》 as 〈〉."""
    start, end = title.find("《"), title.rfind("》")
    if 0 <= start < end and title[end + 1 :] == "的通知":
        return title[start + 1 : end]
    return title.replace("《", "〈").replace("》", "〉")
