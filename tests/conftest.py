"""Fixtures several files share; the small world is described in small_home.py."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from library_drafts import regulation
from screens import DESKTOP, SCREENS
from small_home import SMALL_CORPUS, copy_corpus, silent, write_encoder

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.tools import Tools, open_tools
from ingest.backup import back_up
from ingest.home import prepare, prepare_locked
from ingest.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from web_browser import Server, Visit


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder folder whose vectors can be reckoned by hand."""
    return write_encoder(tmp_path_factory.mktemp("encoders") / "letters")


@pytest.fixture(scope="session")
def tools(encoder_folder: Path) -> Tools:
    """The real lexicon and tokenizer with the hand-reckoned encoder, loaded once."""
    return open_tools(Settings(encoder=str(encoder_folder)))


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path, tools: Tools) -> Path:
    """The small corpus, published. Read only: tests that write take `home`."""
    folder = tmp_path_factory.mktemp("small") / "home"
    settings = Settings(home=folder, encoder=str(encoder_folder))
    prepare_locked(settings, tools, corpus=SMALL_CORPUS, progress=silent)
    return folder


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    """An own copy of `small_home`."""
    return Path(shutil.copytree(small_home, tmp_path / "home"))


@pytest.fixture
def settings(home: Path, encoder_folder: Path) -> Settings:
    """Of `home`."""
    return Settings(home=home, encoder=str(encoder_folder))


@pytest.fixture
def full(settings: Settings, tools: Tools, tmp_path: Path) -> Settings:
    """A home with an added document, its original, and a conversation."""
    with Library.within(settings, tools, publishing=False) as library:
        library.add([regulation(tmp_path, "甲.txt")])
    conversations = Conversations.open(settings.home)
    conversations.choose_region("visitor", "四川省")
    conversations.close()
    return settings


@pytest.fixture
def package(full: Settings, tmp_path: Path) -> Path:
    """A backup of `full`."""
    back_up(full.home, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """An own copy of the small corpus folder."""
    return copy_corpus(tmp_path / "corpus")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    opened = Catalogue.open(tmp_path / "catalogue-home")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def small_assistant(small_home: Path, encoder_folder: Path) -> Iterator[Assistant]:
    """An assistant over `small_home`."""
    assistant = Assistant.open(Settings(home=small_home, encoder=str(encoder_folder)))
    yield assistant
    assistant.close()


@pytest.fixture(scope="session")
def builtin_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in corpus published with the bundled encoder, as a first start makes it. Read only."""
    settings = Settings(home=tmp_path_factory.mktemp("builtin") / "home")
    prepare(settings, progress=silent)
    return settings.home


@pytest.fixture(scope="session")
def builtin_assistant(builtin_home: Path) -> Iterator[Assistant]:
    """An assistant over `builtin_home`."""
    assistant = Assistant.open(Settings(home=builtin_home))
    yield assistant
    assistant.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Conversations]:
    """An empty store of conversations."""
    opened = Conversations.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    from web_browser import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over the small assistant, shared by a file's tests."""
    from web_browser import Server

    started = Server(tmp_path_factory.mktemp("home"), questions_per_minute=1000).start()
    yield started
    started.stop()


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """As `server`, of one test alone: it may be stopped, and nobody has asked it anything."""
    from web_browser import Server

    started = Server(tmp_path, questions_per_minute=1000).start()
    yield started
    started.assistant.ready.set()
    started.stop()


@pytest.fixture(params=SCREENS)
def visit(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Visit]:
    """A browser at the page, once on every screen."""
    from web_browser import Visit

    opened = Visit(browser, server, **SCREENS[request.param]).open()
    yield opened
    opened.close()


@pytest.fixture
def desk(browser: Browser, server: Server) -> Iterator[Visit]:
    """A browser at the page on an office computer."""
    from web_browser import Visit

    opened = Visit(browser, server, **DESKTOP).open()
    yield opened
    opened.close()
