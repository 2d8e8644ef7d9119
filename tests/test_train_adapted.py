"""Tuning the encoder to a home's documents: kept only when unseen passages are found better by it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from small_home import silent, write_encoder
from typer.testing import CliRunner, Result

from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import Document, Passage
from assistant.encoder import open_encoder
from assistant.errors import DocumentError, EncoderError
from assistant.tools import adapted_folder, open_tools
from ingest.cli import app
from ingest.train_adapted import Tuning, adapt_encoder

SIGNAL = "".join(chr(0x4E00 + 97 * at) for at in range(60))  # two of these tell what a passage is about
NOISE = "的应当由其可以"  # these stand everywhere
TUNING = Tuning(steps=60, batch=128, rate=0.02)


def add_documents(catalogue: Catalogue, number: int) -> None:
    """Documents of twenty passages of three sentences, each with the passage's two signal letters among noise."""
    chance = random.Random(7)
    for document in range(number):
        text, passages = "", []
        for at in range(20):
            about = chance.sample(SIGNAL, 2)
            start = len(text)
            for _ in range(3):
                letters = [*about, *chance.choices(NOISE, k=10)]
                chance.shuffle(letters)
                text += "".join(letters) + "。"
            passages.append(Passage(f"{document}-{at}", f"d{document}", start, len(text), text[start:], ""))
        with catalogue.transaction() as connection:
            catalogue.put(connection, Document(f"d{document}", f"文件{document}", text), passages)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """One axis per letter: every letter, telling or not, weighs the same."""
    return write_encoder(tmp_path / "letters", letters=SIGNAL + NOISE)


def test_a_better_encoder_is_stored_and_gives_other_vectors(tmp_path: Path, catalogue: Catalogue, base: Path):
    add_documents(catalogue, 20)
    report = adapt_encoder(tmp_path, catalogue, base, tuning=TUNING, progress=silent)
    assert report.kept and report.change.low > 0
    assert report.after > report.before + 0.05
    assert (report.passages, report.known) == (400, None)
    assert 40 <= report.self_made <= 80  # 15 % of the passages
    tuned, old = open_encoder(str(adapted_folder(tmp_path))), open_encoder(str(base))
    assert tuned.fingerprint != old.fingerprint
    asked, told = f"{NOISE}{SIGNAL[0]}", f"{NOISE[::-1]}{SIGNAL[1]}"
    assert tuned.encode([asked])[0] @ tuned.encode([told])[0] < old.encode([asked])[0] @ old.encode([told])[0]


def test_one_that_is_no_better_changes_nothing(tmp_path: Path, catalogue: Catalogue, base: Path):
    add_documents(catalogue, 20)
    standing = Tuning(steps=1, batch=128, rate=0.0)
    report = adapt_encoder(tmp_path, catalogue, base, tuning=standing, progress=silent)
    assert not report.kept
    assert report.after == report.before
    assert not adapted_folder(tmp_path).exists()


def test_a_failing_new_one_leaves_an_earlier_one(tmp_path: Path, catalogue: Catalogue, base: Path):
    add_documents(catalogue, 20)
    adapt_encoder(tmp_path, catalogue, base, tuning=TUNING, progress=silent)
    earlier = open_encoder(str(adapted_folder(tmp_path))).fingerprint
    adapt_encoder(tmp_path, catalogue, base, tuning=Tuning(steps=1, batch=128, rate=0.0), progress=silent)
    assert open_encoder(str(adapted_folder(tmp_path))).fingerprint == earlier


def test_a_small_library_is_refused_in_chinese(tmp_path: Path, catalogue: Catalogue, base: Path):
    add_documents(catalogue, 1)
    with pytest.raises(DocumentError, match="只有 20 段，少于 200 段"):
        adapt_encoder(tmp_path, catalogue, base, progress=silent)


def test_a_folder_that_is_no_static_encoder_is_refused(tmp_path: Path, catalogue: Catalogue):
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError):
        adapt_encoder(tmp_path, catalogue, tmp_path / "empty", progress=silent)


def test_the_command_asks_for_what_it_needs(home: Path, encoder_folder: Path):
    def outcome(*arguments: str, encoder: str | None) -> Result:
        return CliRunner().invoke(app, ["train-encoder", *arguments], env={"ASSISTANT_ENCODER": encoder})

    nothing = outcome(encoder=None)
    assert nothing.exit_code == 2
    assert "--from-catalogue" in nothing.output
    other = outcome("--from-catalogue", "--home", str(home), encoder=str(encoder_folder))
    assert isinstance(other.exception, EncoderError)
    few = outcome("--from-catalogue", "--home", str(home), encoder=None)
    assert isinstance(few.exception, DocumentError)


def test_a_home_with_a_tuned_encoder_uses_it_unless_another_is_set(tmp_path: Path, base: Path):
    write_encoder(adapted_folder(tmp_path), letters="登记备案")
    assert open_tools(Settings(home=tmp_path)).encoder.dim == 4
    assert open_tools(Settings(home=tmp_path, encoder=str(base))).encoder.dim == 67
