"""assistant.reading: what a reading model computes, with weights made up here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answering import hit

from assistant.config import BUNDLED_ENCODER
from assistant.encoder import StaticEncoder
from assistant.errors import EncoderError
from assistant.reading import BANDS, LONGEST, Reader, read_text

WIDTH = 8
WHO, MONEY = "备案由街道办事处办理。", "活动资金不少于三万元。"


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder.open(BUNDLED_ENCODER)


@pytest.fixture(scope="module")
def reader(encoder: StaticEncoder) -> Reader:
    """A reader that learned nothing: weights drawn at random."""
    rng = np.random.default_rng(1)
    shapes = {
        "project.weight": (WIDTH, encoder.dim),
        "project.bias": (WIDTH,),
        "context.weight": (WIDTH, WIDTH, 3),
        "context.bias": (WIDTH,),
        "attend.weight": (WIDTH, WIDTH),
        "sharpness": (),
        "compare.weight": (WIDTH, 4 * WIDTH + 2),
        "compare.bias": (WIDTH,),
        "matter.weight": (1, WIDTH),
        "matter.bias": (1,),
        "ask.weight": (1, WIDTH),
        "ask.bias": (1,),
        "weigh.weight": (WIDTH, 4 * WIDTH + len(BANDS) + 1),
        "weigh.bias": (WIDTH,),
        "decide.weight": (1, WIDTH),
        "decide.bias": (1,),
    }
    weights = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    return Reader(encoder, weights, encoder.fingerprint)


def test_each_text_is_read_by_itself(reader):
    both = reader.scores("备案找谁", [WHO, MONEY])
    assert both.shape == (2,)
    assert both.dtype == np.float32
    assert both[0] != both[1]
    assert reader.scores("备案找谁", [MONEY])[0] == both[1]
    assert reader.scores("备案找谁", []).shape == (0,)


def test_what_is_asked_counts(reader):
    assert reader.scores("备案找谁", [WHO])[0] != reader.scores("要多少钱", [WHO])[0]


def test_without_a_known_word_nothing_is_said(reader):
    assert reader.scores("", [WHO]).tolist() == [0.0]
    assert reader.scores("备案找谁", [""]).tolist() == [0.0]


def test_a_long_text_is_read_to_its_limit(reader):
    assert len(reader.tokens(WHO * 100)) == LONGEST
    assert np.isfinite(reader.scores(WHO * 100, [MONEY * 100])).all()


def test_traditional_characters_read_alike(reader):
    assert reader.scores("備案找誰", [WHO])[0] == reader.scores("备案找谁", [WHO])[0]


def test_a_saved_reader_reads_alike(reader, tmp_path: Path):
    reader.save(tmp_path / "reader.npz")
    again = Reader.load(tmp_path / "reader.npz")
    assert again.made_with == reader.made_with
    np.testing.assert_allclose(
        again.scores("备案找谁", [WHO, MONEY]), reader.scores("备案找谁", [WHO, MONEY]), atol=0.01
    )


def test_a_reader_made_with_another_encoder_is_refused(reader, tmp_path: Path):
    replace(reader, made_with="another").save(tmp_path / "reader.npz")
    with pytest.raises(EncoderError, match="ingest train-judge"):
        Reader.load(tmp_path / "reader.npz")


def test_a_passage_is_read_under_its_own_heading():
    assert read_text(hit(WHO, section="第二章 > 备案").passage) == f"备案。{WHO}"
    assert read_text(hit(WHO).passage) == WHO


def test_the_searching_encoder_is_not_read_a_second_time(reader, encoder, tmp_path: Path):
    reader.save(tmp_path / "reader.npz")
    assert Reader.load(tmp_path / "reader.npz", searching=encoder).encoder is encoder
    tuned = encoder.with_vectors(np.asarray(encoder.vectors) * 2)
    assert Reader.load(tmp_path / "reader.npz", searching=tuned).encoder.fingerprint == encoder.fingerprint
