"""The metadata that sites print above an article: tables, key–value lines, date and source stamps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.agencies import is_agency_line
from ingest.dates import DATE, find_date
from ingest.doc_numbers import is_doc_number_line

# Keys that mean metadata even without a colon after them.
_STRONG = (
    "索引号|主题分类|信息分类|公文种类|体裁分类|主题词|发文机关|发文机构|发布机构|发布单位|发文单位|制发机关|公开责任部门|公开目录|"
    "公开形式|公开方式|公开范围|公开日期|成文日期|发文日期|印发日期|生成日期|实施日期|施行日期|生效日期|文件名称|信息名称|发文字号|"
    "文号|文件编号|有效性|时效性|效力状态|公文时效|失效日期|废止日期|内容概述|颁布时间|颁布单位|发文号|失效时间|法规来源|法规全文"
)
_WEAK = (
    "关键词|分类|发布日期|发布时间|更新时间|标题|名称|信息来源|文章来源|稿件来源|来源|作者|责任编辑|编辑|浏览次数|阅读次数|浏览量|"
    "点击数|点击次数|访问次数|访问量|浏览|阅读|点击|时间|日期|字号|字体|文字|保护视力色|下载地址|投稿邮箱|热词|标签|原标题"
)


def _spaced(keys: str) -> str:
    """Keys as sites align them, with blanks between the characters: 文 号, 索 引 号."""
    return "|".join(r"\s*".join(key) for key in sorted(keys.split("|"), key=len, reverse=True))


_ANY = _spaced(f"{_STRONG}|{_WEAK}")
_MARK = r"[:：|】\]]"
_LINE = re.compile(
    rf"^[\s|【\[•·]*(?:\d{{1,2}}[.、]\s*)?[【\[]?(?:(?:{_ANY})\s*{_MARK}|(?:{_spaced(_STRONG)})(?:\s|$))"
)
_PAIR = re.compile(
    rf"({_ANY})\s*(?:{_MARK}\s*)*(.*?)\s*(?=\||(?<=\s)(?:{_ANY})\s*{_MARK}|(?:{_ANY})\s*[:：]|$)"
)
_ALONE = re.compile(rf"^(?:{_spaced(_STRONG)})\s*[:：]?$")
_CLOCK = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_ANY_DATE = rf"(?:{DATE}|(?:19|20)\d{{2}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})"
_STAMP = re.compile(rf"^[\[【(（]?{_ANY_DATE}{_CLOCK}[\]】)）]?(?=\s|$|来源|作者|浏览|【|\|)")
_SOURCE = re.compile(r"(?:来源|作者)\s*[:：]\s*(\S+)")
_SIGNED_DATE = re.compile(rf"^[（(]\s*{DATE}\s*[）)]$")
_DATE_ALONE = re.compile(rf"^{DATE}$")
_RECORD = re.compile(r"通过|公布|批准|修订|修正|施行")
_STAMP_MAX_CHARS = 80
_SYNONYMS = {
    "时间": "发布日期", "日期": "发布日期", "发布时间": "发布日期", "颁布时间": "成文日期", "颁布单位": "发文机关",
    "发文号": "发文字号", "发文机构": "发文机关", "稿件来源": "信息来源", "文章来源": "信息来源", "来源": "信息来源", "失效时间": "失效日期",
}  # fmt: skip


@dataclass(slots=True)
class SiteInfo:
    """`pairs` by key without blanks; `lines` are the indexes of the lines that held nothing else."""

    pairs: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)

    def add(self, key: str, value: str) -> None:
        """Keep a value under its key's usual name; the first of several wins."""
        plain = "".join(key.split())
        cleaned = value.strip(" |：:;【】[]\u3000")
        if cleaned:
            self.pairs.setdefault(_SYNONYMS.get(plain, plain), cleaned)


def is_info_line(text: str) -> bool:
    """Whether a line is an entry of a metadata table, or a stamp of date and source."""
    return bool(_LINE.match(text)) or _is_stamp(text)


def read_info(lines: Sequence[str]) -> SiteInfo:
    """Metadata of the lines above a text. A key alone on its line has its value on the next."""
    info = SiteInfo()
    index = 0
    while index < len(lines):
        text = lines[index]
        if _ALONE.match(text) and index + 1 < len(lines) and not _LINE.match(lines[index + 1]):
            info.add(text.rstrip(":： "), lines[index + 1])
            info.lines |= {index, index + 1}
            index += 1
        elif _SIGNED_DATE.match(text) or _is_signed_above(lines, index):
            info.add("成文日期", text.strip("（()） "))
            info.lines.add(index)
        elif _is_stamp(text):
            info.add("发布日期", find_date(text) or "")
            if source := _SOURCE.search(text):
                info.add("来源", source.group(1))
            info.lines.add(index)
        elif _LINE.match(text):
            for key, value in _PAIR.findall(text):
                info.add(key, value)
            info.lines.add(index)
        index += 1
    return info


def _is_signed_above(lines: Sequence[str], index: int) -> bool:
    """Whether a day stands alone under a body's name or a document number: the document's, not the site's."""
    if not index or not _DATE_ALONE.match(lines[index]):
        return False
    return is_agency_line(lines[index - 1]) or is_doc_number_line(lines[index - 1])


def _is_stamp(text: str) -> bool:
    short = len(text) <= _STAMP_MAX_CHARS and "。" not in text
    return short and bool(_STAMP.match(text)) and not _RECORD.search(text)
