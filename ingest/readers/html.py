"""Read saved web pages: the main text of government sites, their table of metadata, their title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.html_tables import table_rows
from ingest.readers.plain import decode
from ingest.readers.raw import RawLine, RawPage
from ingest.readers.rows import row_line
from ingest.readers.web_archive import unpacked

# Where the publishing systems of government sites put the article, most telling first.
_CONTAINERS = (
    "UCAP-CONTENT", "TRS_Editor", "TRS_UEDITOR", "trs_editor_view", "Custom_UnionStyle", "pages_content",
    "zoom", "Zoom", "zoomcon", "article-content", "article_content", "articleContent", "article-con", "news_content",
    "newsContent", "con_text", "content_body", "xxgk-content", "detail-content", "view-content", "bt_content",
    "wp_articlecontent", "v_news_content", "rich_media_content", "js_content", "article", "content", "main",
)  # fmt: skip
_ARTICLE_NAMES = frozenset(name.lower() for name in _CONTAINERS)
_SHOWN_LATER = re.compile(r"(?:visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?)\s*(?:;|$)", re.IGNORECASE)
_MIN_CHARS = 120
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_DROPPED = frozenset(
    (
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "select",
        "button", "input", "textarea", "nav", "footer",
    )
)  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))|(?<![-\w])(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    r"share|tools?\b|toolbar|print|crumb|position|bdsharebuttonbox|qrcode|related|recommend|pagination",
    re.IGNORECASE,
)
_META_INFO = {"articletitle": "标题", "pubdate": "发布日期", "contentsource": "信息来源", "author": "作者"}
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|ofd|zip|rar)(?:$|[?#])", re.IGNORECASE)
_SAVED_FROM = re.compile(rb"saved from url=\(\d+\)(https?://\S+)")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
_SITE_SUFFIX = re.compile(
    r"\s*[_|—–-]\s*[^_|—–-]{2,40}(?:网|网站|门户|平台|政府|局|厅|部|中心|文件|公开|要闻|首页).*$"
)
_NOT_WORDS = re.compile(r"[\s|*#\-]+")
_KEY_CELL_MAX_CHARS = 12
_TOOL_MAX_CHARS = 300
_MAX_DEPTH = 2000
_TITLE_MIN_CHARS, _TITLE_MAX_CHARS = 6, 120


def read_html(path: Path, limits: Limits) -> RawPage:
    """Read a saved page. Nothing is fetched: images, frames, scripts and refreshes are ignored.

    Raises:
        DocumentError: No text, or tags nested beyond reason.
    """
    saved = unpacked(path.read_bytes())
    root = _parsed(saved.data)
    url = saved.url or _source_url(saved.data, root)
    _drop_invisible(root)
    container = _container(root)
    lines = list(_lines(container)) if container is not None else _by_trafilatura(root)
    if not any(line.strip() for line in lines):
        raise DocumentError(
            "网页里没有读到正文。请在浏览器里打开网页，把正文复制到 Word 或文本文件后再添加。"
        )
    return RawPage(
        tuple(RawLine(line) for line in lines),
        title=_title(root, container),
        info=tuple(_info(root)),
        source_url=url,
        attachments=tuple(dict.fromkeys(_attachments(container if container is not None else root))),
    )


def _parsed(data: bytes) -> html.HtmlElement:
    text = decode(_declared_as_gb18030(data))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.document_fromstring(
            text, parser=html.HTMLParser(recover=True, huge_tree=False, remove_comments=True, remove_pis=True)
        )
    except (etree.ParserError, ValueError, AssertionError) as exc:
        raise DocumentError("网页是空的或已损坏，读不出来。请在浏览器里打开后重新保存。") from exc
    if text.count("<") > _MAX_DEPTH and _depth(root) > _MAX_DEPTH:
        raise DocumentError("网页的结构层次异常，可能是恶意文件，没有读取。")
    return root


def _declared_as_gb18030(data: bytes) -> bytes:
    """Re-encode pages whose declared charset is right but cannot be told from their bytes."""
    match = _CHARSET.search(data[:4096])
    declared = match.group(1).decode("ascii").lower() if match else ""
    encodings = {
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "gb18030": "gb18030",
        "big5": "big5",
        "big5-hkscs": "big5hkscs",
    }
    if declared in encodings and not data.startswith(b"\xef\xbb\xbf"):
        try:
            return data.decode(encodings[declared]).encode("utf-8")
        except UnicodeDecodeError:
            return data
    return data


def _depth(root: html.HtmlElement) -> int:
    deepest, stack = 0, [(root, 1)]
    while stack:
        element, depth = stack.pop()
        deepest = max(deepest, depth)
        if deepest > _MAX_DEPTH:
            break
        stack.extend((child, depth + 1) for child in element)
    return deepest


def _drop_invisible(root: html.HtmlElement) -> None:
    """Remove what a reader of the page does not see, and the site's tools.

    An article that a script shows once it has loaded (WeChat's) stays.
    """
    doomed = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        style = element.get("style") or ""
        if not _ARTICLE_NAMES.isdisjoint(named.lower().split()):
            style = _SHOWN_LATER.sub("", style)
        hidden = _HIDDEN.search(style) or element.get("hidden") is not None
        tool = _TOOLS.search(named) and len(element.text_content()) < _TOOL_MAX_CHARS
        if element.tag in _DROPPED or hidden or tool:
            doomed.append(element)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def _container(root: html.HtmlElement) -> html.HtmlElement | None:
    """The element that holds the article, by the names that publishing systems give it."""
    by_name: dict[str, list[html.HtmlElement]] = {}
    for element in root.iter("div", "td", "article", "section", "main", "span"):
        for name in {element.get("id") or "", *(element.get("class") or "").split(), element.tag}:
            by_name.setdefault(name.lower(), []).append(element)
    for name in _CONTAINERS:
        candidates = by_name.get(name.lower(), [])
        best = max(candidates, key=lambda element: len(element.text_content()), default=None)
        if best is not None and len("".join(best.text_content().split())) >= _MIN_CHARS:
            return best
    return None


def _by_trafilatura(root: html.HtmlElement) -> list[str]:
    """The page's lines from the first to the last that trafilatura takes for the article.

    Its own output is not used: it drops headings and writes tables as Markdown.
    """
    import trafilatura

    body = root.find("body")
    lines = list(_lines(body if body is not None else root))
    page = html.tostring(root, encoding="unicode")
    found = trafilatura.extract(page, include_comments=False, include_tables=True, favor_recall=True)
    article = _NOT_WORDS.sub("", found or "")
    inside = [
        number for number, line in enumerate(lines) if len(line) > 1 and _NOT_WORDS.sub("", line) in article
    ]
    return lines[inside[0] : inside[-1] + 1] if inside else lines


def _lines(container: html.HtmlElement) -> Iterator[str]:
    """Text lines of an element: blocks break lines, a row of a data table is one line."""
    parts: list[str] = []
    rows: dict[html.HtmlElement, str] = {}
    stack: list[tuple[html.HtmlElement, bool]] = [(container, False)]
    while stack:
        element, leaving = stack.pop()
        is_block = element.tag in _BLOCKS
        if leaving:
            if is_block:
                parts.append("\n")
            parts.append(_collapsed(element.tail) if element is not container else "")
            continue
        if is_block:
            parts.append("\n")
        if element.tag == "table":
            rows |= {row: row_line(cells) for row, cells in table_rows(element)}
        if element in rows:
            parts.append(rows[element])
            parts.append("\n")
            parts.append(_collapsed(element.tail))
            continue
        stack.append((element, True))
        parts.append(_collapsed(element.text))
        stack.extend((child, False) for child in reversed(element) if isinstance(child.tag, str))
    for line in "".join(parts).split("\n"):
        if line.strip():
            yield line.strip()


def _collapsed(text: str | None) -> str:
    """In a page's source a line end is a blank like any other; between Chinese it is nothing."""
    if not text:
        return ""
    joined = re.sub(
        r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u3000-\u9fff\uff00-\uffef])", "", text
    )
    return re.sub(r"[ \t\r\n]+", " ", joined)


def _title(root: html.HtmlElement, container: html.HtmlElement | None) -> str | None:
    """The article's heading: inside the container, by the page's metadata, any h1, the window title."""
    for scope in (container, root):
        if scope is None:
            continue
        for heading in scope.iter("h1"):
            if text := " ".join(heading.text_content().split()):
                return text
        if scope is container and (meta := _meta(root, "articletitle")):
            return meta
    window = root.findtext(".//title") or _meta(root, "og:title") or ""
    title = _SITE_SUFFIX.sub("", " ".join(window.split()).split("_")[0])
    return _fuller_heading(root, title) or title or None


def _fuller_heading(root: html.HtmlElement, title: str) -> str | None:
    """A heading of the page that says more than the window's title, which sites cut short."""
    if len(title) < _TITLE_MIN_CHARS:
        return None
    headings = (" ".join(heading.text_content().split()) for heading in root.iter("h2", "h3", "h4"))
    fuller = [text for text in headings if title.rstrip("….") in text and len(text) <= _TITLE_MAX_CHARS]
    return max(fuller, key=len, default=None)


def _meta(root: html.HtmlElement, name: str) -> str:
    for element in root.iter("meta"):
        if (element.get("name") or element.get("property") or "").lower() == name:
            return (element.get("content") or "").strip()
    return ""


def _info(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Key and value of the page's metadata table, and of its meta elements."""
    for name, key in _META_INFO.items():
        if key != "标题" and (value := _meta(root, name)):
            yield key, value
    for row in root.iter("tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row if cell.tag in ("td", "th")]
        for key, value in zip(cells[::2], cells[1::2], strict=False):
            plain = re.sub(r"[\s:：【】\[\]]", "", key)
            if key.rstrip().endswith((":", "：")) and 2 <= len(plain) <= _KEY_CELL_MAX_CHARS and value:
                yield plain, value


def _attachments(container: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Name and link of the files that the article links to."""
    for link in container.iter("a"):
        href = (link.get("href") or "").strip()
        if _ATTACHMENT.search(href):
            yield " ".join(link.text_content().split()) or href.rsplit("/", 1)[-1], href


def _source_url(data: bytes, root: html.HtmlElement) -> str | None:
    if match := _SAVED_FROM.search(data[:4096]):
        return match.group(1).decode("ascii", "ignore")
    for link in root.iter("link"):
        href = link.get("href") or ""
        if (link.get("rel") or "") == "canonical" and href.startswith("http"):
            return href
    url = _meta(root, "og:url")
    return url if url.startswith("http") else None
