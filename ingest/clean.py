"""Part a page into its masthead, its text, and the site's own words, which are thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.agencies import is_agency_line
from ingest.doc_numbers import is_doc_number_line
from ingest.landmarks import is_labelled
from ingest.readers.raw import RawLine
from ingest.reflow import restore_breaks

_INFO_KEYS = (
    "索引号|主题分类|信息分类|公文种类|体裁分类|主题词|关键词|分类|发文机关|发布机构|发布单位|发文单位|制发机关|成文日期|发文日期|"
    "印发日期|发布日期|发布时间|生成日期|公开日期|实施日期|施行日期|生效日期|标题|名称|文件名称|信息名称|发文字号|文号|文件编号|"
    "有效性|时效性|效力状态|公文时效|失效日期|废止日期|信息来源|文章来源|来源|作者|责任编辑|编辑|浏览次数|阅读次数|点击数|点击次数|"
    "访问次数|访问量|字号|字体|内容概述"
)
_KEY = "|".join(r"\s*".join(key) for key in sorted(_INFO_KEYS.split("|"), key=len, reverse=True))
_INFO_PAIR = re.compile(rf"({_KEY})\s*[:：]?\s*\|?\s*[:：]?\s*(.*?)\s*(?=\||(?:{_KEY})\s*[:：]|$)")
_INFO_LINE = re.compile(rf"^[\s|【\[]*(?:{_KEY})\s*(?:[:：]|\|)")
_CHROME = re.compile(
    r"(?:^(?:当前|您的|您现在的|您当前的|你的)(?:所在)?位置|热线|客服|^\+?[\d\-() ]{7,20}$|^(?:XML|网站|站点)\s*地图|sitemap|版权所有|copyright|©"
    r"|ICP备|公网安备|网站标识码|技术支持|^(?:【)?(?:打印|关闭|收藏|分享|返回|复制链接|保存)|打印本页|关闭窗口|返回顶部|回到顶部|分享到|扫一扫|微信扫|手机版|无障碍|长者模式"
    r"|^上一[篇条]|^下一[篇条]|^相关(?:链接|阅读|文章|文档|稿件|附件|解读|新闻|推荐|信息)|^友情链接|^延伸阅读|^(?:字体|字号)\s*[:：]|【?大\s*中\s*小】?"
    r"|^首页(?:\s|[>|｜»]|$)|^(?:主办|承办|协办|指导)单位\s*[:：]|^网站(?:声明|首页|备案)|^联系我们|^关于我们|^登录|^注册$|浏览次数|阅读次数|点击数|^责任编辑|^编辑\s*[:：]|^来源\s*[:：]|^信息来源|^文章来源|^稿件来源|^原标题\s*[:：]|^Produced By)",
    re.IGNORECASE,
)
# Buttons that sites put between title and text, or inside it; the whole line is nothing else.
_BUTTONS = re.compile(
    r"^(?:[【\[\s|]*(?:字体|字号|大|中|小|打印|打印本页|关闭|关闭窗口|收藏|分享|分享到|微信|微博|朋友圈|QQ空间|复制链接|返回顶部|纠错|下载|朗读|语音播报)[\s:：|】\]]*)+$"
)
_FOOTER_ONLY = re.compile(
    r"^(?:地址|邮编|邮政编码|电话|联系电话|传真|电子邮箱|邮箱|E-?mail)\s*[:：]", re.IGNORECASE
)
_END_NOTE = re.compile(
    r"\s*[（(]\s*(?:文章|信息|稿件)?(?:来源|作者|原载|摘自|责任编辑|编辑|供稿|记者)[^（()）]{0,60}[)）]\s*$"
)
_RUN_IN_MASTHEAD = re.compile(
    r"^(?P<title>[^。；]{6,100}?)\s*(?P<date>(?:19|20)\d{2}-\d{2}-\d{2})(?P<rest>.*)$"
)
_ADOPTED = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日.*(?:通过|公布|批准|修订|修正|发布|施行)")
_PROSE_MIN_CHARS = 90
_SITE_LINE_MAX_CHARS = 120
_FOOTER_LINES = 60
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
    found: dict[str, str] = {}
    stripped = _split_run_in_masthead(restored, found)
    start = _body_start(stripped)
    head = [line.text for line in stripped[:start]]
    for text in head:
        if _INFO_LINE.match(text):
            found.update(_info_pairs(text))
    body, notes = _without_footer(stripped[start:])
    body = [line for line in body if not _BUTTONS.match(line.text)]
    found.update({"".join(key.split()): value for key, value in info if value.strip()})
    return CleanPage(
        head=tuple(_masthead(head)),
        body=tuple(body),
        info=found,
        trail=next((text for text in head if "位置" in text[:8]), ""),
        notes=tuple(notes),
    )


def _visible(lines: Iterable[RawLine]) -> list[RawLine]:
    shown = (RawLine(_INVISIBLE.sub("", line.text).strip(), line.page) for line in lines)
    return [line for line in shown if line.text]


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
    for index, line in enumerate(lines):
        text = line.text
        if _INFO_LINE.match(text) or _is_site_line(text):
            continue
        if _begins_text(text):
            above = index - 1
            return above if above >= 1 and is_doc_number_line(lines[above].text) else index
    return 0 if len(lines) < 2 else 1


def _begins_text(text: str) -> bool:
    if text.endswith(("：", ":")) and len(text) >= 4:
        return True
    if is_labelled(text) or _ADOPTED.search(text) or "".join(text.split()) == "目录":
        return True
    return "。" in text or text.endswith("；") or len(text) >= _PROSE_MIN_CHARS


def _is_site_line(text: str) -> bool:
    """Whether a line above or below the text is the site's own: navigation, counter, hotline."""
    if len(text) > _SITE_LINE_MAX_CHARS or is_labelled(text) or "。" in text or text.endswith("；"):
        return False
    return bool(_CHROME.search(text) or _BUTTONS.match(text))


def _info_pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for key, value in _INFO_PAIR.findall(text):
        plain = value.strip(" |：:;")
        if plain and not pairs.get("".join(key.split())):
            pairs["".join(key.split())] = plain
    return pairs


def _masthead(head: Sequence[str]) -> list[str]:
    """Head lines that may be title, issuer or number; a title printed twice is kept once."""
    kept = [text for text in head if not _INFO_LINE.match(text) and not _is_site_line(text)]
    single: list[str] = []
    for line in kept:
        plain = "".join(line.split())
        repeats = any(plain in "".join(above.split()) for above in single)
        if not repeats or is_agency_line(line):
            single.append(line)
    return single


def _without_footer(lines: Sequence[RawLine]) -> tuple[list[RawLine], list[str]]:
    """Cut the site's lines below the text, and the source note at its end."""
    end = len(lines)
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _FOOTER_LINES), -1):
        text = lines[index].text
        footer = _is_site_line(text) or bool(_FOOTER_ONLY.match(text))
        if footer and not any(_is_text(line.text) for line in lines[index + 1 : end]):
            end = index
    notes = [line.text for line in lines[end:]]
    body = list(lines[:end])
    if body and (note := _END_NOTE.search(body[-1].text)):
        notes.append(note.group().strip())
        kept = body[-1].text[: note.start()].rstrip()
        body[-1:] = [RawLine(kept, body[-1].page)] if kept else []
    return body, notes


def _is_text(text: str) -> bool:
    return "。" in text or is_labelled(text) or bool(re.match(r"^附\s*件|^\d{4}年\d{1,2}月\d{1,2}日$", text))
