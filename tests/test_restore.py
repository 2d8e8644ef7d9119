"""Restoring: answers are as before; an unsound backup is refused and nothing changes."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from small_home import silent

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.errors import AssistantError, DocumentError, HomeLockedError
from assistant.lock import writing
from assistant.tools import Tools
from ingest.library import Library
from ingest.restore import restore

QUESTION = "登记为社会团体要多少会员"


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup with its entries changed."""
    with zipfile.ZipFile(source) as package:
        entries = {name: package.read(name) for name in package.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w") as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return target


def listed_anew(entries: dict[str, bytes], **values: object) -> None:
    """Make the manifest agree with the entries again, with some values changed."""
    manifest = json.loads(entries["manifest.json"])
    manifest["entries"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in entries.items()
        if name != "manifest.json"
    ]
    entries["manifest.json"] = json.dumps(manifest | values).encode()


def state(home: Path) -> dict[str, bytes]:
    """Every file of a home but the lock."""
    return {
        str(p.relative_to(home)): p.read_bytes()
        for p in home.rglob("*")
        if p.is_file() and p.name != "LOCK" and not p.name.endswith(("-shm", "-wal"))
    }


def test_restored_home_answers_as_before(full: Settings, tools: Tools, package: Path, tmp_path: Path):
    with Library.within(full, tools) as library:
        library.publish()
    target = Settings(home=tmp_path / "elsewhere", encoder=full.encoder)
    publication = restore(target, package, progress=silent, tools=tools)
    assert publication.built
    assert documents(target) == documents(full)
    assert answer(target) == answer(full)
    (original,) = (target.home / "originals").iterdir()
    assert original.read_bytes() == (tmp_path / "甲.txt").read_bytes()
    conversations = Conversations.open(target.home)
    assert conversations.region("visitor") == "四川省"
    conversations.close()
    assert not (target.home / "restore.tmp").exists()


def documents(settings: Settings) -> list[object]:
    catalogue = Catalogue.open(settings.home)
    try:
        return [*catalogue.documents(with_text=True), *catalogue.passages(), *catalogue.questions()]
    finally:
        catalogue.close()


def answer(settings: Settings) -> tuple[object, ...]:
    assistant = Assistant.open(settings)
    try:
        found = assistant.ask(QUESTION, region="四川")
        hits = assistant.search(QUESTION, region="四川")
    finally:
        assistant.close()
    return found.answer, found.citations, [(hit.passage.id, round(hit.score, 6)) for hit in hits]


def test_restore_replaces_a_damaged_home_and_keeps_the_damage_aside(
    full: Settings, tools: Tools, package: Path
):
    (full.home / "catalogue.sqlite3").write_bytes(b"garbage" * 500)
    newest = max((full.home / "generations").iterdir()).name
    publication = restore(full, package, progress=silent, tools=tools)
    assert publication.built
    assert publication.generation > newest
    assert len(documents(full)) > 6
    assert [p for p in full.home.iterdir() if ".damaged-" in p.name]
    assert [p.name for p in (full.home / "generations").iterdir()] == [publication.generation]


def truncated(package: Path, target: Path) -> Path:
    target.write_bytes(package.read_bytes()[:-2000])
    return target


def foreign(package: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as other:
        other.writestr("photo.txt", "not ours")
    return target


def no_zip(package: Path, target: Path) -> Path:
    target.write_bytes(b"this is no archive")
    return target


def flipped(package: Path, target: Path) -> Path:
    def change(entries: dict[str, bytes]) -> None:
        data = bytearray(entries["catalogue.sqlite3"])
        data[5000] ^= 1
        entries["catalogue.sqlite3"] = bytes(data)

    return rewritten(package, target, change)


def newer_schema(package: Path, target: Path) -> Path:
    return rewritten(package, target, lambda entries: listed_anew(entries, schema=99))


def newer_format(package: Path, target: Path) -> Path:
    return rewritten(package, target, lambda entries: listed_anew(entries, format=2))


def unlisted(package: Path, target: Path) -> Path:
    return rewritten(package, target, lambda entries: entries.update({"originals/extra.sh": b"#!/bin/sh"}))


def outside(package: Path, target: Path) -> Path:
    def change(entries: dict[str, bytes]) -> None:
        entries["originals/../../evil.txt"] = b"evil"
        listed_anew(entries)

    return rewritten(package, target, change)


def without_catalogue(package: Path, target: Path) -> Path:
    def change(entries: dict[str, bytes]) -> None:
        del entries["catalogue.sqlite3"]
        listed_anew(entries)

    return rewritten(package, target, change)


def no_database(package: Path, target: Path) -> Path:
    def change(entries: dict[str, bytes]) -> None:
        entries["catalogue.sqlite3"] = b"garbage" * 500
        listed_anew(entries)

    return rewritten(package, target, change)


def newer_catalogue(package: Path, target: Path) -> Path:
    def change(entries: dict[str, bytes]) -> None:
        path = target.with_suffix(".sqlite3")
        path.write_bytes(entries["catalogue.sqlite3"])
        with closing(sqlite3.connect(path)) as copy, copy:
            copy.execute("UPDATE state SET value = '99' WHERE key = 'schema_version'")
        entries["catalogue.sqlite3"] = path.read_bytes()
        listed_anew(entries)

    return rewritten(package, target, change)


def other_count(package: Path, target: Path) -> Path:
    return rewritten(package, target, lambda entries: listed_anew(entries, documents=7))


def nested_manifest(package: Path, target: Path) -> Path:
    return rewritten(package, target, lambda entries: entries.update({"manifest.json": b'{"entries": 3}'}))


@pytest.mark.parametrize(
    "spoil",
    [
        truncated,
        foreign,
        no_zip,
        flipped,
        newer_schema,
        newer_format,
        unlisted,
        outside,
        without_catalogue,
        no_database,
        newer_catalogue,
        other_count,
        nested_manifest,
    ],
)
def test_unsound_backup_is_refused_and_nothing_changes(
    full: Settings, tools: Tools, package: Path, tmp_path: Path, spoil: Callable[[Path, Path], Path]
):
    spoilt = spoil(package, tmp_path / "spoilt.zip")
    before = state(full.home)
    with pytest.raises(AssistantError, match="没有改动"):
        restore(full, spoilt, progress=silent, tools=tools)
    assert state(full.home) == before
    assert not (tmp_path / "evil.txt").exists()


def test_restore_waits_for_nobody(full: Settings, tools: Tools, package: Path):
    before = state(full.home)
    with writing(full.home, purpose="网页服务"), pytest.raises(HomeLockedError, match="网页服务"):
        restore(full, package, progress=silent, tools=tools)
    assert state(full.home) == before


def test_restore_is_refused_while_conversations_are_open(full: Settings, tools: Tools, package: Path):
    conversations = Conversations.open(full.home)
    try:
        assert conversations.region("visitor") == "四川省"
        with closing(sqlite3.connect(full.home / "conversations.sqlite3")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM visitors").fetchall()
            with pytest.raises(HomeLockedError, match="停止网页服务"):
                restore(full, package, progress=silent, tools=tools)
    finally:
        conversations.close()
    assert len(documents(full)) > 6


def test_missing_backup_is_a_plain_refusal(full: Settings, tools: Tools, tmp_path: Path):
    with pytest.raises(DocumentError, match="打不开"):
        restore(full, tmp_path / "没有.zip", progress=silent, tools=tools)
