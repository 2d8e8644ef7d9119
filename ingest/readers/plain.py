"""Read plain text and Markdown in the encodings that offices use."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import DocumentError
from ingest.readers.raw import RawLine, RawPage
from ingest.reflow import join_wrapped

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MARKDOWN_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_MARKDOWN_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.02


def read_text(path: Path) -> RawPage:
    """Read a .txt file: one line per line, lines broken at a fixed width joined.

    Raises:
        DocumentError: The bytes are not text in UTF-8, UTF-16, GB18030 or Big5.
    """
    lines = join_wrapped(decode(path.read_bytes()).split("\n"))
    return RawPage(tuple(RawLine(line) for line in lines))


def read_markdown(path: Path) -> RawPage:
    """Read a .md file: heading marks, emphasis, comments and front matter are taken off.

    Raises:
        DocumentError: As for `read_text`.
    """
    text = _MARKDOWN_COMMENT.sub("", _FRONT_MATTER.sub("", decode(path.read_bytes()), count=1))
    title: str | None = None
    lines: list[RawLine] = []
    for line in text.split("\n"):
        plain: str = _MARKDOWN_EMPHASIS.sub(r"\2", line)
        if heading := _MARKDOWN_HEADING.match(plain):
            plain = heading.group(1)
            if title is None and line.startswith("# "):
                title = plain
        lines.append(RawLine(plain))
    return RawPage(tuple(lines), title=title)


def decode(data: bytes) -> str:
    """Text of `data` with `\\n` line ends.

    A byte order mark decides; else UTF-8, UTF-16 without mark, GB18030 (GBK and
    GB2312 with it), Big5, in this order, the first that fits.

    Raises:
        DocumentError: None fits, or the result is full of control characters.
    """
    text = _decoded(data)
    if text is None or len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * max(1, len(text)):
        raise DocumentError(
            "认不出这个文件的文字编码，可能不是文本文件。请用记事本打开，另存为 UTF-8 后再试。"
        )
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _try(data, encoding)
    likely = [_wide_encoding(data), "utf-8", "gb18030", "big5"]
    for name in likely:
        if name and (text := _try(data, name)) is not None:
            return text
    return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: its line ends leave a zero in every second byte."""
    if data.count(b"\n\x00") and data.find(b"\n\x00") % 2 == 0 and len(data) % 2 == 0:
        return "utf-16-le" if b"\x00" in data else None
    if data.count(b"\x00\n") and data.find(b"\x00\n") % 2 == 0 and len(data) % 2 == 0:
        return "utf-16-be"
    return None
