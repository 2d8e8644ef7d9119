"""Fetch the file behind a web address that an administrator names; the only importer of httpx.

An address can lead anywhere, also into the office's own network. So every host, those of
redirects too, is resolved once, its addresses are judged, and the connection goes to a
judged address: a second look-up could answer differently. Time, size and redirects have an end.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import DocumentError
from ingest.limits import DEFAULT_LIMITS
from ingest.weblinks import IPAddress, absolute, check_url, file_name_of, is_url, may_fetch_from, split_hosts

if TYPE_CHECKING:
    import httpx

    from assistant.config import Settings

_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; grassroots-policy-assistant)",
    "Accept": "text/html,application/pdf,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
_BY_HAND = "请在浏览器里打开，另存为网页或 PDF 后，用文件添加。"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch: seconds for all of it and for one connection, megabytes, redirects."""

    total_s: float = 60.0
    connect_s: float = 10.0
    file_mb: int = DEFAULT_LIMITS.file_mb
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched file: `asked` is the address as given, `url` the one that answered, after redirects."""

    path: Path
    asked: str
    url: str


Source = Path | Fetched


@contextmanager
def gathered(sources: Sequence[str], *, settings: Settings) -> Iterator[list[Source]]:
    """Paths as they are, web addresses fetched; the fetched files vanish with the context.

    Raises:
        DocumentError: An address is refused or cannot be fetched; nothing was stored.
    """
    hosts = split_hosts(settings.fetch_hosts)
    with tempfile.TemporaryDirectory(prefix="ingest-fetched-") as folder:
        given: list[Source] = []
        for number, source in enumerate(sources):
            if is_url(source):
                place = Path(folder, str(number))
                place.mkdir()
                given.append(fetch(source, place, allowed_hosts=hosts))
            else:
                given.append(Path(source))
        yield given


def fetch(
    url: str, folder: Path, *, allowed_hosts: Collection[str] = (), limits: FetchLimits | None = None
) -> Fetched:
    """Fetch one address into a folder, under the name that the site gives the file.

    Args:
        url: An http(s) address.
        folder: An existing folder.
        allowed_hosts: Host names in lower case whose addresses need not be public.
        limits: Bounds; the usual ones when None.

    Raises:
        DocumentError: Not http(s), not allowed, not reachable, refused by the site, too
            large, too slow, or no document. Nothing is written.
    """
    bounds = limits or FetchLimits()
    began = time.monotonic()
    try:
        fetched = asyncio.run(_Fetching(allowed_hosts, bounds).run(url, folder))
    except TimeoutError as exc:
        raise DocumentError(f"打开网址用时超过 {bounds.total_s:g} 秒，已停止：{url}。{_BY_HAND}") from exc
    _LOG.info("fetched in %.1f s", time.monotonic() - began)
    return fetched


class _Fetching:
    """One fetch with its bounds."""

    def __init__(self, allowed_hosts: Collection[str], limits: FetchLimits) -> None:
        self._allowed = allowed_hosts
        self._limits = limits

    async def run(self, url: str, folder: Path) -> Fetched:
        """Follow redirects to a document and write it; `TimeoutError` when the total time is over."""
        import httpx

        timeout = httpx.Timeout(self._limits.total_s, connect=self._limits.connect_s)
        client = httpx.AsyncClient(
            trust_env=False,  # a proxy of the environment would resolve names by itself
            timeout=timeout,
            verify=ssl.create_default_context(),
            headers=_HEADERS,
            limits=httpx.Limits(
                max_keepalive_connections=0
            ),  # hosts that share an address share no connection
        )
        async with asyncio.timeout(self._limits.total_s), client:
            at = url
            for _ in range(self._limits.redirects + 1):
                response = await self._respond(client, at)
                try:
                    if response.status_code not in _REDIRECTS or "location" not in response.headers:
                        return await self._written(response, folder, asked=url, url=at)
                    at = absolute(at, response.headers["location"])
                finally:
                    await response.aclose()
        raise DocumentError(f"网址转来转去超过 {self._limits.redirects} 次，没有读取：{url}。{_BY_HAND}")

    async def _respond(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        """The response to one request, its body not read yet, from the first address that answers."""
        import httpx

        check_url(url)
        try:
            place = httpx.URL(url)
        except httpx.InvalidURL as exc:
            raise DocumentError(f"网址写法不对：{url[:200]}。请从浏览器地址栏重新复制。") from exc
        fault: httpx.HTTPError | None = None
        for address in await self._addresses(place):
            request = client.build_request(
                "GET",
                place.copy_with(host=str(address)),
                headers={"Host": place.netloc.decode("ascii")},
                extensions={"sni_hostname": place.raw_host.decode("ascii")},
            )
            try:
                return await client.send(request, stream=True)
            except httpx.HTTPError as exc:
                fault = exc
        raise DocumentError(_unreachable(place.host, fault)) from fault

    async def _addresses(self, url: httpx.URL) -> list[IPAddress]:
        """All addresses of a host, each once.

        Raises:
            DocumentError: It has none, or any that may not be connected to.
        """
        host = url.raw_host.decode("ascii")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            raise DocumentError(
                f"找不到网站“{url.host}”：网址可能写错，或者这台电脑没有联网。"
                "请检查网址；没有联网时，请在能上网的电脑上保存网页或文件，再用文件添加。"
            ) from exc
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        allowed = bool({url.host.lower(), host.lower()} & set(self._allowed))
        if not all(may_fetch_from(address, allowed=allowed) for address in addresses):
            raise DocumentError(
                f"“{url.host}”在内部网络或本机上，没有读取。确实要从这个网站添加，"
                "请管理员把它写进设置 ASSISTANT_FETCH_HOSTS；也可以下载后用文件添加。"
            )
        return list(dict.fromkeys(addresses))

    async def _written(self, response: httpx.Response, folder: Path, *, asked: str, url: str) -> Fetched:
        """Read the body of a final response, counting what is unpacked of it, and write it."""
        import httpx

        if response.status_code != 200:
            raise DocumentError(f"网站没有给出内容（{response.status_code}）：{asked}。{_BY_HAND}")
        name = file_name_of(url, response.headers)
        bound = self._limits.file_mb * 1024 * 1024
        declared = int(response.headers.get("content-length", "0"))
        body = bytearray()
        try:
            async for part in response.aiter_bytes():
                body += part
                if max(declared, len(body)) > bound:
                    raise DocumentError(f"网址的内容超过 {self._limits.file_mb} MB，没有读取：{asked}。")
        except httpx.HTTPError as exc:
            raise DocumentError(f"网址的内容没有传完：{asked}。请稍后再试，或先下载再用文件添加。") from exc
        path = folder / name
        path.write_bytes(body)
        return Fetched(path, asked, url)


def _unreachable(host: str, fault: Exception | None) -> str:
    reason = "网站的安全证书有问题" if "CERTIFICATE" in str(fault).upper() else "连接不上，或者没有按时答复"
    return f"打不开网站“{host}”（{reason}）。请检查网址和网络，或在浏览器里打开后另存，用文件添加。"
