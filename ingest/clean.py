"""Part a page into its masthead, its text, and the site's own words, which are thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.hanzi import simplified
from ingest.agencies import is_agency_line
from ingest.dates import DATE
from ingest.doc_numbers import is_doc_number_line
from ingest.landmarks import asks, is_labelled
from ingest.readers.raw import RawLine
from ingest.readers.rows import SEPARATOR
from ingest.reflow import restore_breaks
from ingest.site_info import is_info_line, read_info

_CHROME = re.compile(
    r"(?:^(?:当前|您的|您现在的|您当前的|你的)(?:所在)?位置|热线|客服|^\+?[\d\-() ]{7,20}$|^(?:XML|网站|站点)\s*地图|sitemap|版权所有|copyright|©"
    r"|ICP备|公网安备|网站标识码|技术支持|^(?:【)?(?:打印|关闭|收藏|分享|返回|复制链接|保存)|打印本页|关闭窗口|返回顶部|回到顶部|分享到|扫一扫|微信扫|手机版|无障碍|长者模式"
    r"|^上一[篇条]|^下一[篇条]|^相关(?:链接|阅读|文章|文档|稿件|附件|解读|新闻|推荐|信息)|^友情链接|^延伸阅读|^(?:字体|字号)\s*[:：]|【?大\s*中\s*小】?"
    r"|^首页(?:\s|[>|｜»]|$)|^(?:主办|承办|协办|指导)单位\s*[:：]|^网站(?:声明|首页|备案)|^联系我们|^关于我们|^登录|^注册$|^语音(?:播报|阅读)|^点击此处|^Produced By)",
    re.IGNORECASE,
)
# Buttons that sites put between title and text, or inside it; the whole line is nothing else.
_BUTTONS = re.compile(
    r"^(?:[【\[\s|]*(?:字体|字号|大|中|小|打印|打印本页|关闭|关闭窗口|收藏|分享|分享到|微信|微博|朋友圈|QQ空间|复制链接|返回顶部|纠错|下载|朗读|语音播报)[\s:：|】\]]*)+$"
)
# Below an article: what follows such a line is the site's, sentences too.
_END_OF_ARTICLE = re.compile(
    r"^(?:原标题\s*[:：]|标签\s*[:：]|[（(]?责任编辑\s*[:：]|(?:免责|版权)(?:声明|申明)|.{0,20}版权和?免责[声申]明|阅读排行|热门推荐|猜你喜欢|相关阅读|延伸阅读|上一[篇条]|下一[篇条])"
)
_CONTACT = re.compile(
    r"^(?:地址|邮编|邮政编码|电话|联系电话|传真|电子邮箱|邮箱|E-?mail)\s*[:：]", re.IGNORECASE
)
_SOURCE_LINE = re.compile(
    r"^[（(【]?(?:信息|文章|稿件)?(?:来源|作者|责任编辑|编辑|浏览次数|浏览|阅读次数|点击数)\s*[:：]"
)
_END_NOTE = re.compile(
    r"\s*[（(]\s*(?:文章|信息|稿件)?(?:来源|作者|原载|摘自|责任编辑|编辑|供稿|记者)[^（()）]{0,60}[)）]\s*$"
)
_RUN_IN_MASTHEAD = re.compile(
    r"^(?P<title>[^。；]{6,100}?)\s*(?P<date>(?:19|20)\d{2}-\d{2}-\d{2})(?P<rest>.*)$"
)
_LABEL_IN_LIST = re.compile(r"^[•·●◦▪]\s+(?=\S)")  # a list mark of the page in front of a line
_DATE_LINE = re.compile(rf"^{DATE}$")
_ORDER_NAME = re.compile(r"^[\u4e00-\u9fff\s]{2,30}令$")
_ORDER_NUMBER = re.compile(r"^[（(]?\s*第\s*[\d一二三四五六七八九十百零〇]{1,6}\s*号\s*[）)]?$")
_ADOPTED = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日.*(?:通过|公布|批准|修订|修正|发布|施行)")
_PROSE_MIN_CHARS = 90
_SITE_LINE_MAX_CHARS = 120
_FOOTER_LINES = 60
_NOTE_MAX_CHARS = 120
_HEAD_LINES = 60
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\xad]")


@dataclass(frozen=True, slots=True)
class CleanPage:
    """An article without its site: `head` lines may hold title and issuer, `body` is the text.

    `info` maps the site's metadata keys (发布日期 …) to values; `trail` is the
    breadcrumb line; `notes` are source and author lines taken off the end.
    """

    head: tuple[str, ...]
    body: tuple[RawLine, ...]
    info: dict[str, str] = field(default_factory=dict)
    trail: str = ""
    notes: tuple[str, ...] = ()


def clean(lines: Iterable[RawLine], *, info: Sequence[tuple[str, str]] = ()) -> CleanPage:
    """Part the lines of one article; `body` is empty when nothing but the site's words is there.

    `info` are pairs that the reader found in the page's own table; they win over
    those found in the lines.
    """
    restored = restore_breaks(_visible(lines))
    stamped: dict[str, str] = {}
    parted = _split_run_in_masthead(restored, stamped)
    start = _body_start(parted)
    head = [line.text for line in parted[:start]]
    above = read_info(head)
    body, notes = _without_footer(parted[start:])
    given = {simplified("".join(key.split())): simplified(value) for key, value in info if value.strip()}
    return CleanPage(
        head=tuple(_masthead([text for index, text in enumerate(head) if index not in above.lines])),
        body=tuple(line for line in body if not _BUTTONS.match(line.text)),
        info=stamped | above.pairs | given,
        trail=next((text for text in head if "位置" in text[:8]), ""),
        notes=tuple(notes),
    )


def _visible(lines: Iterable[RawLine]) -> list[RawLine]:
    shown = (RawLine(_INVISIBLE.sub("", line.text).strip(), line.page) for line in lines)
    return _with_whole_orders(
        [RawLine(_without_list_mark(line.text), line.page) for line in shown if line.text]
    )


def _with_whole_orders(lines: list[RawLine]) -> list[RawLine]:
    """Put an order's number, printed on a line of its own, behind the order's name (国务院令 / 第250号)."""
    whole: list[RawLine] = []
    for index, line in enumerate(lines):
        if (
            whole
            and index < _HEAD_LINES
            and _ORDER_NUMBER.match(line.text)
            and _ORDER_NAME.match(whole[-1].text)
        ):
            whole[-1] = RawLine(whole[-1].text + line.text, whole[-1].page)
        else:
            whole.append(line)
    return whole


def _without_list_mark(text: str) -> str:
    """Drop the mark of a page's list from a line that has a number of its own (• 一、…)."""
    plain = _LABEL_IN_LIST.sub("", text)
    return plain if is_labelled(plain) or is_info_line(plain) else text


def _split_run_in_masthead(lines: list[RawLine], info: dict[str, str]) -> list[RawLine]:
    """Part “title2020-12-07text”, as news digests run them together."""
    if not lines or not (match := _RUN_IN_MASTHEAD.match(lines[0].text)):
        return lines
    if not match["rest"].strip() and len(lines) == 1:
        return lines
    info["发布日期"] = match["date"]
    rest = [RawLine(match["rest"].strip(), lines[0].page)] if match["rest"].strip() else []
    return [RawLine(match["title"], lines[0].page), *rest, *lines[1:]]


def _body_start(lines: Sequence[RawLine]) -> int:
    """Index of the first line of the text; a document number right above it belongs to it."""
    info = read_info([line.text for line in lines[:_HEAD_LINES]])
    for index, line in enumerate(lines):
        text = line.text
        if index in info.lines or _is_site_line(text):
            continue
        if _begins_text(text) or _is_table_head(lines, index):
            above = index - 1
            return above if above >= 0 and is_doc_number_line(lines[above].text) else index
    return 0 if len(lines) < 2 else 1


def _is_table_head(lines: Sequence[RawLine], index: int) -> bool:
    """Whether a table stands here: a row with another of as many cells below it."""
    cells = lines[index].text.count(SEPARATOR)
    return bool(cells) and index + 1 < len(lines) and lines[index + 1].text.count(SEPARATOR) == cells


def _begins_text(text: str) -> bool:
    if text.endswith(("：", ":")) and len(text) >= 4:
        return True
    if (
        (is_labelled(text) and text[0] not in "—●•")
        or _ADOPTED.search(text)
        or "".join(text.split()) == "目录"
        or asks(text)
    ):
        return True
    return "。" in text or text.endswith("；") or len(text) >= _PROSE_MIN_CHARS


def _is_site_line(text: str) -> bool:
    """Whether a line above or below the text is the site's own: navigation, counter, hotline."""
    if len(text) > _SITE_LINE_MAX_CHARS or is_labelled(text) or "。" in text or text.endswith("；"):
        return False
    return bool(_CHROME.search(text) or _BUTTONS.match(text))


def _masthead(head: Sequence[str]) -> list[str]:
    """Head lines that may be title, issuer or number; a title printed twice is kept once."""
    single: list[str] = []
    for line in (text for text in head if not _is_site_line(text)):
        plain = "".join(line.split())
        repeats = any(plain in "".join(above.split()) for above in single)
        if not repeats or is_agency_line(line):
            single.append(line)
    return single


def _without_footer(lines: Sequence[RawLine]) -> tuple[list[RawLine], list[str]]:
    """Cut the site's lines below the text, and the source note at its end."""
    end = len(lines)
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _FOOTER_LINES), -1):
        text, below = lines[index].text, lines[index + 1 : end]
        ends = bool(_END_OF_ARTICLE.match(text)) and not is_labelled(text)
        contact = end < len(lines) and bool(_CONTACT.match(text))  # alone it may be the document's own
        footer = ends or contact or _is_site_line(text) or bool(_SOURCE_LINE.match(text))
        if footer and not any(_is_text(line.text, with_sentences=not ends) for line in below):
            end = index
    notes = [line.text for line in lines[end:] if len(line.text) <= _NOTE_MAX_CHARS]
    body = list(lines[:end])
    while body and (note := _END_NOTE.search(body[-1].text)):
        notes.append(note.group().strip())
        kept = body.pop().text[: note.start()].rstrip()
        if kept:
            body.append(RawLine(kept, lines[len(body)].page))
    return body, notes


def _is_text(text: str, *, with_sentences: bool) -> bool:
    """Whether a line below a suspected footer is still the document's: a clause, date or attachment."""
    if is_labelled(text) or _DATE_LINE.match(text) or text.startswith("附件"):
        return True
    return with_sentences and "。" in text
