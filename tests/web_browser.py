"""A real server and a real Chromium for the page's tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from web_support import FakeAssistant

from assistant.config import Settings
from assistant.web.app import create_app

CHROMIUM = "/usr/bin/chromium"
QUIET_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SMALL_TEXT = """() => [...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((node) => !["SCRIPT", "STYLE"].includes(node.tagName) && !node.closest(".sr-only"))
  .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 16)
  .map((node) => node.outerHTML.slice(0, 80))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, closed at the end."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_FLAGS)
        yield opened
        opened.close()


class Server:
    """The web application on a free port of this machine, in a thread; may be stopped and started again."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.assistant = FakeAssistant()
        self._settings = Settings(home=home, **settings)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}/"

    def start(self) -> Server:
        app = create_app(self.assistant, settings=self._settings)
        config = uvicorn.Config(app, port=self._port, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 60
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        return self

    @contextmanager
    def crowded(self) -> Iterator[None]:
        """While the block runs, others keep the page's queue full with questions that do not end."""
        over, full = threading.Event(), threading.Event()

        def crowd() -> None:
            with httpx.Client(base_url=self.address) as client:
                config = client.get("config").json()
                submit = next(
                    d["id"] for d in config["dependencies"] if any(t[1] == "submit" for t in d["targets"])
                )
                while not over.is_set():
                    body = {"data": ["等待", "", "", ""], "fn_index": submit, "session_hash": "crowd"}
                    if client.post("gradio_api/queue/join", json=body).status_code == 429:
                        full.set()

        thread = threading.Thread(target=crowd, daemon=True)
        thread.start()
        assert full.wait(30)
        try:
            yield
        finally:
            over.set()
            thread.join(timeout=30)
            self.assistant.ready.set()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=30)


class Visit:
    """A browser with its own cookies at the page; remembers whatever should not happen."""

    def __init__(self, browser: Browser, server: Server, **options: object) -> None:
        self.server = server
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(locale="zh-CN", **options)
        self.context.set_default_timeout(20_000)
        self.context.route("**/*", self._only_this_machine)
        self.page: Page = self._watched(self.context.new_page())

    def open(self) -> Visit:
        self.page.goto(self.server.address)
        self.page.locator("#ask textarea").wait_for()
        self.page.locator(":is(#topics, #chat):visible").first.wait_for()
        return self

    def another_tab(self) -> Visit:
        """A second tab of the same browser, with the same cookies."""
        tab = copy(self)
        tab.page = self._watched(self.context.new_page())
        return tab.open()

    def ask(self, question: str) -> None:
        """Send a question and wait until its answer stands on the page."""
        answers = self.page.locator("#chat .answer")
        before = answers.count()
        self.send(question)
        answers.nth(before).wait_for(state="attached")

    def send(self, question: str) -> None:
        self.page.locator("#ask textarea").fill(question)
        self.page.locator("#ask textarea").press("Enter")

    def reload(self) -> None:
        self.page.reload()

    def unfold(self) -> None:
        """Open the menu that a small screen folds the rest of the head into."""
        menu = self.page.locator("#menu")
        if menu.is_visible() and menu.get_attribute("aria-expanded") != "true":
            menu.click()

    def follow(self, name: str) -> None:
        """Leave for another page by its link in the head."""
        self.unfold()
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def choose(self, element_id: str, option: str) -> None:
        """Pick an entry of one of the two region lists."""
        self.unfold()
        self.page.locator(f"#{element_id} input").click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def chosen(self, element_id: str) -> str:
        return self.page.locator(f"#{element_id} input").input_value()

    def runs_off_the_side(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    def close(self) -> None:
        self.context.close()
        assert self.faults == [], self.faults

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.faults.append(f"script fault: {error}"))
        page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("dialog", lambda dialog: (self.faults.append("dialog"), dialog.dismiss()))
        return page

    def _only_this_machine(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.faults.append(f"outside request: {route.request.url}")
            route.abort()
