import asyncio
import logging
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient
from web_support import FakeAssistant, answered

from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.web.app import create_app
from assistant.web.upkeep import daily

HERE = "http://127.0.0.1:7860"


def test_work_is_done_at_once_and_again_in_spite_of_faults(caplog):
    done = []

    def work():
        done.append(len(done))
        if len(done) == 1:
            raise OSError("disk full")

    async def some_days():
        task = asyncio.create_task(daily(work, every_s=0.01))
        while len(done) < 3:
            await asyncio.sleep(0.005)
        task.cancel()

    with caplog.at_level(logging.ERROR):
        asyncio.run(some_days())
    assert done[:3] == [0, 1, 2]
    assert "daily clearing failed" in caplog.text


def test_what_is_over_goes_when_the_server_starts(tmp_path):
    then = datetime.now(UTC) - timedelta(days=31)
    store = Conversations.open(tmp_path, clock=lambda: then)
    store.add("me", "", answered("上个月的问题"))
    app = create_app(FakeAssistant(), settings=Settings(home=tmp_path, keep_days=30))
    with TestClient(app, base_url=HERE) as client:
        for _ in range(200):
            if not store.listing("me"):
                break
            client.get("/healthz")
    assert store.listing("me") == []
    store.close()
