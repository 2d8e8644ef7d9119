"""Fetching by address from a real server on loopback, which only an operator's word makes allowed."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.catalogue import Catalogue
from assistant.errors import DocumentError
from ingest.cli import app
from ingest.fetching import Fetched, FetchLimits, fetch

TITLE = "甲市社区社会组织备案管理办法"
ARTICLES = "".join(
    f"<p>第{n}条 社区社会组织应当向街道办事处备案，第{n}款所列材料应当齐全，街道办事处应当在五个工作日内办结。</p>"
    for n in "一二三四五六"
)
LINKS = '<p>附件：<a href="../files/表.docx">备案申请表</a> <a href="/x/样本.pdf">样本</a></p>'
PAGE = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div id=zoom>{ARTICLES}{LINKS}</div></body></html>"


class Site(ThreadingHTTPServer):
    """Answers by path; `seen` are the requested paths, `hosts` their Host headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.seen: list[str] = []
        self.hosts: list[str] = []
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


class Pages(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.server.hosts.append(self.headers["Host"])
        getattr(self, "page_" + self.path.strip("/").split("/")[0].split(".")[0].split("?")[0])()

    def log_message(self, *_: object) -> None:
        pass

    def send(self, body: bytes, kind: str | None = "text/html", *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_art(self) -> None:
        self.send(PAGE.encode())

    def page_gb2312(self) -> None:
        self.send(PAGE.encode("gb18030"), "text/html; charset=gb2312")

    def page_gzip(self) -> None:
        self.send(gzip.compress(PAGE.encode()), Content_Encoding="gzip")

    def page_bomb(self) -> None:
        self.send(gzip.compress(b"<p>" + b" " * 20_000_000), Content_Encoding="gzip")

    def page_large(self) -> None:
        self.send(b"x" * 2_000_000)

    def page_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        while not self.server.stopping.is_set():
            self.wfile.write(b"<p>" + b"a" * 100_000)

    def page_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.stopping.wait(0.05):
            self.wfile.write(b"a")

    def page_silent(self) -> None:
        self.server.stopping.wait(30)

    def page_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "9999")
        self.end_headers()
        self.wfile.write(b"<p>")

    def page_hop(self) -> None:
        left = int(self.path.rsplit("/", 1)[1])
        self.send(b"", status=302, Location=f"/hop/{left - 1}" if left else "/art/5.html")

    def page_to(self) -> None:
        self.send(b"", status=302, Location=self.path.split("?", 1)[1])

    def page_missing(self) -> None:
        self.send("没有".encode(), status=404)

    def page_video(self) -> None:
        self.send(b"....", "video/mp4")

    def page_download(self) -> None:
        name = "甲市办法.txt".encode().decode("latin-1")
        text = "第一条 请按时办理备案。".encode()
        self.send(text, "application/octet-stream", Content_Disposition=f'attachment; filename="{name}"')


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.stopping.set()
        site.shutdown()
        site.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def get(url: str, folder: Path, **limits: float) -> Fetched:
    bounds = FetchLimits(**{"total_s": 10, "file_mb": 1, **limits})  # type: ignore[arg-type]
    return fetch(url, folder, allowed_hosts={"127.0.0.1"}, limits=bounds)


def refusal(url: str, folder: Path, **limits: float) -> str:
    with pytest.raises(DocumentError) as caught:
        get(url, folder, **limits)
    assert list(folder.iterdir()) == []
    return str(caught.value)


def test_page_is_written_as_it_was_sent(site: Site, tmp_path: Path):
    fetched = get(site.url("/art/content_5.html"), tmp_path)
    assert fetched.path.read_bytes() == PAGE.encode()
    assert (fetched.path.name, fetched.url) == ("content_5.html", site.url("/art/content_5.html"))
    assert get(site.url("/gzip/a.html"), tmp_path).path.read_bytes() == PAGE.encode()


def test_redirects_are_followed_five_times_and_no_more(site: Site, tmp_path: Path):
    fetched = get(site.url("/hop/4"), tmp_path)
    assert fetched.url == site.url("/art/5.html")
    assert fetched.asked == site.url("/hop/4")
    fetched.path.unlink()
    assert "转来转去" in refusal(site.url("/hop/5"), tmp_path)


def test_host_that_is_not_public_needs_the_operators_word(site: Site, tmp_path: Path):
    with pytest.raises(DocumentError, match="ASSISTANT_FETCH_HOSTS"):
        fetch(site.url("/art/a.html"), tmp_path)
    seen = len(site.seen)
    assert "ASSISTANT_FETCH_HOSTS" in refusal(site.url("/art/a.html", host="localhost"), tmp_path)
    assert len(site.seen) == seen


@pytest.mark.parametrize(
    "target",
    ["http://localhost:PORT/art/a.html", "//[::1]:PORT/art/a.html", "http://169.254.169.254/latest/", "http://10.0.0.1/",
     "file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/a", "http://user:word@127.0.0.1:PORT/art/a.html"],
)  # fmt: skip
def test_redirect_is_judged_like_the_address_itself(site: Site, tmp_path: Path, target: str):
    message = refusal(site.url("/to?" + target.replace("PORT", str(site.port))), tmp_path)
    assert "没有读取" in message or "不能读取" in message
    assert site.seen[-1].startswith("/to?")


def test_name_is_looked_up_once_and_the_connection_goes_there(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    real = socket.getaddrinfo

    def answers(host: str | bytes, *rest: object, **named: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "policy.test":
            return real(host, *rest, **named)  # type: ignore[arg-type]
        asked.append(name)
        return real("127.0.0.1" if len(asked) == 1 else "192.0.2.1", *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    fetched = fetch(site.url("/art/a.html", host="policy.test"), tmp_path, allowed_hosts={"policy.test"})
    assert fetched.url.startswith("http://policy.test:")
    assert asked == ["policy.test"]
    assert site.hosts[-1] == f"policy.test:{site.port}"


def test_size_is_counted_declared_unpacked_or_endless(site: Site, tmp_path: Path):
    for path in ("/large/a.html", "/bomb/a.html", "/endless/a.html"):
        assert "超过 1 MB" in refusal(site.url(path), tmp_path)


def test_time_is_counted_for_all_of_it(site: Site, tmp_path: Path):
    for path in ("/drip/a.html", "/silent/a.html"):
        assert "超过 0.5 秒" in refusal(site.url(path), tmp_path, total_s=0.5)


def test_what_a_site_refuses_or_breaks_off_is_told(site: Site, tmp_path: Path):
    assert "（404）" in refusal(site.url("/missing/a.html"), tmp_path)
    assert "没有传完" in refusal(site.url("/cut/a.html"), tmp_path)
    assert "video/mp4" in refusal(site.url("/video/a.mp4"), tmp_path)


def test_what_is_not_reachable_is_told(tmp_path: Path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "打不开网站" in refusal(f"http://127.0.0.1:{unused.getsockname()[1]}/", tmp_path)
    assert "没有联网" in refusal("http://no-such-host.invalid/a.html", tmp_path)
    assert "打不开网站" in refusal("https://127.0.0.1:1/", tmp_path)


@pytest.mark.parametrize(
    "url", ["http://", "http://a:99999/", "http://[/", "http://" + "a" * 3000, "HTTP:///x"]
)
def test_what_is_no_address_is_told(url: str, tmp_path: Path):
    assert "网址写法不对" in refusal(url, tmp_path)


class Desk:
    """Runs commands on an empty home with loopback allowed."""

    def __init__(self, home: Path, encoder: Path, hosts: str = "127.0.0.1") -> None:
        self.home = home
        self._env = {
            "ASSISTANT_ENCODER": str(encoder),
            "ASSISTANT_HOME": None,
            "ASSISTANT_FETCH_HOSTS": hosts,
        }

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--home", str(self.home)], env=self._env)

    def json(self, *words: str) -> object:
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output + str(done.exception)
        return json.loads(done.stdout)


@pytest.fixture
def desk(home: Path, encoder_folder: Path) -> Desk:
    return Desk(home, encoder_folder)


def test_check_by_address_shows_title_source_and_attachments_and_stores_nothing(desk: Desk, site: Site):
    url = site.url("/gb2312/2026/a.html")
    shown = desk.run("check", url).stdout
    assert f"标题：{TITLE}" in shown
    assert f"来源网址：{url}" in shown
    assert (
        f"备案申请表”，没有随网页一起读取。需要的话请单独添加：{site.url('/gb2312/files/表.docx')}" in shown
    )
    assert f"单独添加：{site.url('/x/样本.pdf')}" in shown
    assert not (desk.home / "originals").exists()


def test_add_by_address_keeps_original_and_source_and_knows_it_again(desk: Desk, site: Site):
    url = site.url("/art/a.html")
    added = desk.json("add", url, "--region", "四川")
    (file,) = added["files"]  # type: ignore[index]
    assert file["file"] == url
    shown = desk.json("show", file["articles"][0]["document_id"])
    assert shown["document"]["source_url"] == url  # type: ignore[index]
    assert Path(shown["original"]).read_bytes() == PAGE.encode()  # type: ignore[index]
    assert desk.json("add", url)["counts"]["known"] == 1  # type: ignore[index]


def test_given_source_wins_and_the_name_of_a_download_is_the_sites(desk: Desk, site: Site):
    added = desk.json("add", site.url("/download?id=7"), "--source-url", "https://example.gov.cn/7")
    shown = desk.json("show", added["files"][0]["articles"][0]["document_id"])  # type: ignore[index]
    assert shown["document"]["source_url"] == "https://example.gov.cn/7"  # type: ignore[index]
    assert shown["file"] == "甲市办法.txt"  # type: ignore[index]


@pytest.mark.parametrize("command", ["check", "add"])
def test_address_that_fails_is_a_fault_and_nothing_beside_it_is_stored(
    command: str, home: Path, encoder_folder: Path, site: Site, tmp_path: Path
):
    (tmp_path / "好.txt").write_text("第一条 请按时办理备案。", "utf-8")
    before = held(home)
    for bad in ("http://no-such-host.invalid/a.html", site.url("/art/a.html"), "file:///etc/passwd"):
        done = Desk(home, encoder_folder, hosts="").run(command, str(tmp_path / "好.txt"), bad)
        assert isinstance(done.exception, DocumentError)
    assert held(home) == before


def held(home: Path) -> list[str]:
    catalogue = Catalogue.open(home)
    try:
        return [document.id for document in catalogue.documents()]
    finally:
        catalogue.close()
