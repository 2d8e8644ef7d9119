"""A running server answers from the newest published generation, without a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from small_home import silent

from assistant.accounts import ADMIN, Accounts
from assistant.answer import Assistant
from assistant.config import Settings
from assistant.errors import IndexUnusableError
from assistant.following import FollowingAssistant
from assistant.generations import CURRENT, published
from assistant.tools import Tools
from assistant.web.app import create_app
from ingest.home import prepare_locked

HERE = "http://127.0.0.1:7860"
OWN = "my-own-long-password"


def test_follows_a_newer_generation_and_survives_a_missing_one(
    home: Path, corpus: Path, encoder_folder: Path, tools: Tools
):
    settings = Settings(home=home, encoder=str(encoder_folder))
    following = FollowingAssistant.open(settings)
    before = {document.id for document in following.documents()}
    gone = sorted((corpus / "documents").glob("*.md"))[0]
    gone.unlink()
    prepare_locked(settings, tools, corpus=corpus, progress=silent)

    after = {document.id for document in following.documents()}
    assert gone.stem in before - after

    (home / CURRENT).write_text("gen-999999")
    assert {document.id for document in following.documents()} == after
    following.close()


@pytest.fixture
def publish(settings: Settings, corpus: Path, tools: Tools) -> Callable[[], str]:
    """Publishes the corpus, one document fewer each time; gives the id of the one that went."""

    def one_fewer() -> str:
        gone = sorted((corpus / "documents").glob("*.md"))[0]
        gone.unlink()
        prepare_locked(settings, tools, corpus=corpus, progress=silent)
        return gone.stem

    return one_fewer


def held(assistant: Assistant | FollowingAssistant) -> set[str]:
    return {document.id for document in assistant.documents()}


def test_handover_ends_with_what_was_published_and_nobody_waits_meanwhile(
    settings: Settings, publish: Callable[[], str]
):
    following = FollowingAssistant.open(settings)
    for _ in range(2):
        before = held(following)
        with following.handover():
            gone = publish()
            assert held(following) == before
        (settings.home / CURRENT).rename(settings.home / "aside")  # no request can open anything any more
        assert gone in before - held(following)
        (settings.home / "aside").rename(settings.home / CURRENT)
    following.close()


def test_handover_to_a_generation_that_cannot_be_opened_keeps_the_one_before(
    settings: Settings, publish: Callable[[], str]
):
    following = FollowingAssistant.open(settings)
    before = held(following)
    with pytest.raises(IndexUnusableError, match="仍按原来的一版回答"), following.handover():
        publish()
        snapshot = published(settings.home) / "snapshot.sqlite3"
        snapshot.rename(snapshot.with_suffix(".aside"))
    assert held(following) == before
    snapshot.with_suffix(".aside").rename(snapshot)
    with following.handover():  # the same publication once more
        pass
    assert held(following) != before
    following.close()


def test_command_that_failed_hands_nothing_over(settings: Settings, publish: Callable[[], str]):
    following = FollowingAssistant.open(settings)
    with pytest.raises(ValueError, match="failed"), following.handover():
        raise ValueError("failed")
    gone = publish()
    assert gone not in held(following)  # requests follow again
    following.close()


def test_question_is_answered_from_one_generation_while_others_are_published(
    settings: Settings, publish: Callable[[], str]
):
    first = Assistant.open(settings)
    following = FollowingAssistant(settings, first, published(settings.home).name)
    before, stages = held(first), []

    def publish_twice(stage: str) -> None:
        stages.append(stage)
        if len(stages) == 1:
            for _ in range(2):
                gone = publish()
                assert gone not in held(following)
            assert held(first) == before

    answer = following.ask("社区社会组织备案找谁", region="四川", on_stage=publish_twice)
    assert len(stages) > 1 and answer.question
    with pytest.raises(IndexUnusableError):  # closed by its last reader
        first.document(next(iter(before)))
    following.close()


def test_assistant_of_one_generation_tells_that_it_stays_there(
    settings: Settings, publish: Callable[[], str]
):
    assistant = Assistant.open(settings)
    with assistant.handover():
        pass
    with pytest.raises(IndexUnusableError, match="重新启动"), assistant.handover():
        publish()
    assistant.close()


@pytest.mark.slow
def test_change_at_the_desk_is_told_as_done_once_the_server_answers_from_it(settings: Settings):
    accounts = Accounts.open(settings.home)
    accounts.first_password()
    accounts.set_password(ADMIN, OWN)
    accounts.close()
    following, over = FollowingAssistant.open(settings), threading.Event()

    def others() -> None:
        """They ask all the time, so one of them meets the publication first."""
        while not over.wait(0.05):
            following.documents()

    with TestClient(create_app(following, settings=settings), base_url=HERE) as client:
        client.post("/login", data={"name": ADMIN, "password": OWN})
        asking = threading.Thread(target=others, daemon=True)
        asking.start()
        retired = min(held(following))
        running = client.post("/admin/retire", data={"id": retired}).url
        deadline = time.monotonic() + 60
        while "data-running" in (shown := client.get(str(running)).text):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert "已完成" in shown
        assert retired not in held(following)
        over.set()
        asking.join()
    following.close()
