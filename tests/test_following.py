"""A running server answers from the newest published generation, without a restart."""

from __future__ import annotations

from pathlib import Path

from small_home import silent

from assistant.config import Settings
from assistant.following import FollowingAssistant
from assistant.generations import CURRENT
from assistant.tools import Tools
from ingest.home import prepare_locked


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
