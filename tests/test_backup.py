"""A backup holds everything but the index, whatever else is going on."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import CatalogueError, DocumentError
from assistant.lock import writing
from ingest.backup import back_up
from ingest.restore import verified


def test_backup_lists_everything_but_the_index(full: Settings, package: Path):
    with zipfile.ZipFile(package) as opened:
        manifest = verified(opened, package.name)
        names = set(opened.namelist())
    assert {entry.name for entry in manifest.entries} | {"manifest.json"} == names
    assert {"catalogue.sqlite3", "conversations.sqlite3"} < names
    assert sum(name.startswith("originals/") for name in names) == 1
    assert not any("generations" in name for name in names)
    assert (manifest.documents, manifest.schema) == (6, 1)
    assert [p.name for p in package.parent.iterdir() if "backup" in p.name] == ["backup.zip"]


def test_backup_never_overwrites(full: Settings, package: Path):
    before = package.read_bytes()
    with pytest.raises(DocumentError, match="已经存在"):
        back_up(full.home, package)
    assert package.read_bytes() == before


def test_backup_of_nothing_or_of_damage_is_refused(settings: Settings, tmp_path: Path):
    with pytest.raises(CatalogueError, match="没有文件库"):
        back_up(tmp_path / "nothing", tmp_path / "b.zip")
    (settings.home / "catalogue.sqlite3").write_bytes(b"garbage" * 500)
    with pytest.raises(CatalogueError, match="已损坏"):
        back_up(settings.home, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_backup_beside_a_writer_holds_what_was_committed(full: Settings, tmp_path: Path):
    with (
        writing(full.home, purpose="网页服务"),
        closing(sqlite3.connect(full.home / "catalogue.sqlite3")) as busy,
    ):
        busy.execute("INSERT INTO state VALUES ('unfinished', '1')")
        back_up(full.home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as package:
        (tmp_path / "copy.sqlite3").write_bytes(package.read("catalogue.sqlite3"))
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM state WHERE key = 'unfinished'").fetchone()[0] == 0
        assert copy.execute("SELECT count(*) FROM documents").fetchone()[0] == 6
