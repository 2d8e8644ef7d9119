"""Pages that a browser saved as one file (.mhtml, .mht): the page itself is taken out of the letter it is packed in."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

_HEAD_BYTES = 4096
_MARKS = (b"mime-version:", b"multipart/related")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page's bytes, and the address it was saved from, "" when that is not told."""

    data: bytes
    url: str = ""


def unpacked(data: bytes) -> SavedPage:
    """The first page of a web archive; any other data as it is. Pictures and scripts are left behind."""
    head = data[:_HEAD_BYTES].lower()
    if not all(mark in head for mark in _MARKS):
        return SavedPage(data)
    letter = message_from_bytes(data, policy=policy.default)
    url = str(letter.get("Snapshot-Content-Location") or "")
    for part in letter.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() in (
            "text/html",
            "application/xhtml+xml",
        ):
            content = part.get_payload(decode=True)
            charset = part.get_content_charset()
            page = content if isinstance(content, bytes) else b""
            return SavedPage(_as_utf8(page, charset), url or str(part.get("Content-Location") or ""))
    return SavedPage(data)


def _as_utf8(page: bytes, charset: str | None) -> bytes:
    """The page in UTF-8 where its packing names a charset that fits; else as it is."""
    try:
        return page.decode(charset or "utf-8").encode("utf-8-sig") if charset else page
    except (LookupError, UnicodeDecodeError):
        return page
