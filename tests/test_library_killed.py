"""A batch killed half-way is complete after it was added again."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from library_drafts import SENTENCES, regulation, titles
from small_home import LETTERS, ROOT, clean_environment

from assistant.config import Settings
from ingest.view import LibraryView


@pytest.mark.slow
def test_batch_killed_anywhere_is_complete_after_adding_again(settings: Settings, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    for number in range(30):
        own = tuple(f"{LETTERS[(number + i) % 20]}{SENTENCES[i]}{number}号文件" for i in range(8))
        regulation(folder, f"{number:02}.txt", *own, title=f"四川省第{number}项备案管理办法", number="")
    chance = random.Random(20261121)
    counts = []
    for _ in range(3):
        child = add_in_child(settings, folder)
        target = chance.randint(1, 25)
        while child.poll() is None and stored(settings.home) < 5 + target:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        counts.append(stored(settings.home) - 5)
    done = add_in_child(settings, folder)
    output, messages = done.communicate(timeout=120)
    assert done.returncode == 0, messages
    report = json.loads(output)
    assert report["counts"]["added"] + report["counts"]["known"] == 30
    assert report["counts"]["known"] >= max(counts) > 0
    with LibraryView.open(settings) as view:
        own = [d for d in view.documents() if not d.builtin]
    assert len({d.title for d in own}) == len(own) == 30
    assert len(list((settings.home / "originals").iterdir())) == 30
    assert any("备案管理办法" in title for title in titles(settings, "备案组织的成员不少于十人"))


def add_in_child(settings: Settings, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ingest", "add", str(folder), "--json", "--home", str(settings.home)]
    environment = clean_environment() | {"ASSISTANT_ENCODER": settings.encoder}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored(home: Path) -> int:
    """Number of documents a catalogue holds, read beside its writer."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"file:{home}/catalogue.sqlite3?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
