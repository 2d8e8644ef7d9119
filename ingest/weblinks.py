"""Web addresses: which may be fetched from, and what the file behind one is called."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from assistant.errors import DocumentError
from ingest.archives import safe_name
from ingest.readers.formats import SUFFIXES

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MAX_CHARS = 2000
_WEB = re.compile(r"https?://", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]{1,20}://", re.IGNORECASE)
_SUFFIX_OF_TYPE = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md",
    "application/pdf": ".pdf", "application/msword": ".doc", "application/rtf": ".rtf", "application/ofd": ".ofd",
    "application/vnd.ms-works": ".wps", "application/zip": ".zip", "application/x-zip-compressed": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif", "image/bmp": ".bmp", "image/webp": ".webp",
}  # fmt: skip
_UNTOLD_TYPES = ("", "application/octet-stream", "binary/octet-stream", "application/force-download",
                 "application/x-download", "application/download", "application/x-msdownload")  # fmt: skip


def is_url(text: str) -> bool:
    """Whether a command's argument is a web address rather than a path.

    Raises:
        DocumentError: It is an address that is not http(s), such as file:// or ftp://.
    """
    if _WEB.match(text):
        return True
    if _OTHER_SCHEME.match(text):
        raise DocumentError(f"只能读取 http:// 或 https:// 开头的网址，不能读取：{text[:200]}。")
    return False


def check_url(url: str) -> None:
    """Refuse an address that cannot be fetched, whatever host it names.

    Raises:
        DocumentError: Not http(s), without a host, with a name or password in it, or too long.
    """
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError as exc:
        raise DocumentError(f"网址写法不对：{url[:200]}。请从浏览器地址栏重新复制。") from exc
    if parts.scheme not in ("http", "https"):
        raise DocumentError(f"只能读取 http:// 或 https:// 开头的网址，不能读取：{url[:200]}。")
    if not parts.hostname or port == 0 or len(url) > _MAX_CHARS:
        raise DocumentError(f"网址写法不对：{url[:200]}。请从浏览器地址栏重新复制。")
    if parts.username is not None or parts.password is not None:
        raise DocumentError("网址里不能带用户名或密码，没有读取。请下载后用文件添加。")


def split_hosts(setting: str) -> frozenset[str]:
    """Host names of a setting, parted by commas or blanks, in lower case; empty for ""."""
    return frozenset(host.lower() for host in re.split(r"[,，、;；\s]+", setting) if host)


def may_fetch_from(address: IPAddress, *, allowed: bool) -> bool:
    """Whether an address may be connected to; `allowed` says that the operator named its host.

    Nobody can allow link-local addresses: cloud machines keep their secrets there.
    """
    inner = _inner(address)
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        return False
    return allowed or (inner.is_global and not inner.is_reserved)


def _inner(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, Teredo, NAT64), or itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


def file_name_of(url: str, headers: Mapping[str, str]) -> str:
    """A safe name with a suffix that fits what the site says the file is.

    The name is the site's own (Content-Disposition), else the last part of the address.

    Raises:
        DocumentError: The site says it is something that is no document (a video, data, a program).
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    given = _disposed_name(headers.get("content-disposition", ""))
    name = safe_name(given or unquote(PurePosixPath(urlsplit(url).path).name) or "网页")
    suffix = PurePosixPath(name).suffix.lower()
    if kind in _UNTOLD_TYPES:
        return name if suffix in SUFFIXES else f"{name}.html"
    if kind not in _SUFFIX_OF_TYPE:
        if suffix in SUFFIXES and given:
            return name
        raise DocumentError(f"网址的内容不是文件或网页（{kind[:60]}），没有读取：{url[:200]}。")
    fitting = _SUFFIX_OF_TYPE[kind]
    if suffix == fitting or (suffix in SUFFIXES and fitting in (".html", ".txt", ".zip")):
        return name  # sites give office files odd types; the bytes decide when the file is read
    return f"{PurePosixPath(name).stem}{fitting}" if suffix else f"{name}{fitting}"


def _disposed_name(header: str) -> str:
    """The file name of a Content-Disposition header, also where a site writes raw or %-escaped UTF-8."""
    if not header:
        return ""
    message = Message()
    message["Content-Disposition"] = header
    name = message.get_filename() or ""
    with suppress(UnicodeError):  # already decoded
        name = name.encode("latin-1").decode("utf-8")
    return unquote(name)


def absolute(base: str | None, href: str) -> str:
    """A link as a full address; as it is when the page's own address is not known."""
    return urljoin(base, href) if base else href
