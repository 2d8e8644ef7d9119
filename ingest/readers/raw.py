"""What every reader returns: lines as read, before anything is cleaned or understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PageDone = Callable[[int, int], None]  # how many pages are recognised, of how many


def unheard(_done: int, _total: int) -> None:
    """Progress that nobody listens to."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line or paragraph as read. `page` is 1-based, None where the format has no pages."""

    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """A file's words in reading order.

    `title` is what the format itself declares (an HTML heading), None otherwise;
    `info` the page's own table of metadata (信息表), as key and value; `ocr_pages`
    are the pages whose words were recognised from pictures; `attachments` are files that a page
    links to, as name and link; `warnings` are Chinese, for the administrator.
    """

    lines: tuple[RawLine, ...]
    title: str | None = None
    info: tuple[tuple[str, str], ...] = ()
    source_url: str | None = None
    ocr_pages: tuple[int, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
