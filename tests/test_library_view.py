"""Looking at a library, beside its writer and without a home."""

from pathlib import Path

import pytest
from library_drafts import regulation

from assistant.config import Settings
from assistant.errors import CatalogueError, HomeLockedError
from ingest.adding import Outcome
from ingest.library import Library
from ingest.shelf import Shelf
from ingest.view import LibraryView, check_files


def test_second_writer_is_refused_and_readers_are_not(settings: Settings, tmp_path: Path):
    with Library.open(settings, purpose="添加文件"):
        with pytest.raises(HomeLockedError, match="添加文件"):
            Library.open(settings)
        with LibraryView.open(settings) as view:
            assert len(view.documents()) == 5
            (checked,) = view.check([regulation(tmp_path, "甲.txt")])
            assert checked.judged[0].outcome is Outcome.ADDED
    with Library.open(settings):
        pass


def test_checking_stores_nothing(settings: Settings, tmp_path: Path):
    before = (settings.home / "catalogue.sqlite3").read_bytes()
    with LibraryView.open(settings) as view:
        first, second = view.check([regulation(tmp_path, "甲.txt"), regulation(tmp_path, "乙.txt", tail=" ")])
    assert [first.judged[0].outcome, second.judged[0].outcome] == [Outcome.ADDED, Outcome.KNOWN]
    assert (settings.home / "catalogue.sqlite3").read_bytes() == before
    assert not (settings.home / "originals").exists()


def test_checking_needs_no_home_but_looking_does(tmp_path: Path):
    (checked,) = check_files([regulation(tmp_path, "甲.txt")], shelf=Shelf((), {}))
    assert checked.judged[0].outcome is Outcome.ADDED
    (refused,) = check_files([tmp_path / "没有.txt"], shelf=Shelf((), {}))
    assert "没有.txt" in refused.refused
    with pytest.raises(CatalogueError, match="ingest sync"):
        LibraryView.open(Settings(home=tmp_path / "nothing"))
