"""Encoders: the bundled static one reads the same by numpy and by sentence-transformers."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.config import BUNDLED_ENCODER
from assistant.encoder import StaticEncoder, TransformerEncoder, open_encoder
from assistant.errors import EncoderError

TEXTS = [
    "我们小区几个跳舞的阿姨想弄个证，要啥条件",
    "社区社会组织由街道办事处（乡镇政府）负责备案管理",
    "ABC 2023年 50个会员、3万元",
    "登计 备按",
    "第二章 登记\n第１２条　申请人应当",
    "",
]
UNKNOWN = ["", "  \n", "αβγ ★★★", "🙂🙂", "！？……"]
MAX_BYTES = 17_000_000  # docs/adr/0008-larger-vocabulary.md, 0010-crossed-encoders.md


@pytest.fixture(scope="module")
def bundled() -> StaticEncoder:
    return StaticEncoder.open(BUNDLED_ENCODER)


def test_bundled_encoder_is_small_and_complete():
    names = {path.name for path in BUNDLED_ENCODER.iterdir()}
    needed = {
        "modules.json",
        "tokenizer.json",
        "model.safetensors",
        "config_sentence_transformers.json",
        "README.md",
    }
    assert needed <= names
    assert (
        sum((BUNDLED_ENCODER / n).stat().st_size for n in ("tokenizer.json", "model.safetensors"))
        <= MAX_BYTES
    )


def test_numpy_gives_the_vectors_of_sentence_transformers(bundled):
    other = TransformerEncoder.open(str(BUNDLED_ENCODER), allow_hub=False)
    assert other.dim == bundled.dim
    for query in (False, True):
        theirs = other.encode(TEXTS, query=query)
        assert np.abs(bundled.encode(TEXTS, query=query) - theirs).max() < 1e-3
    assert other.fingerprint == bundled.fingerprint


def test_rows_have_length_one(bundled):
    assert np.linalg.norm(bundled.encode(TEXTS[:-1]), axis=1) == pytest.approx(1, abs=1e-5)


def test_texts_without_a_known_token_are_zero(bundled):
    assert not bundled.encode(UNKNOWN).any()


def test_unknown_tokens_weigh_nothing(bundled):
    plain, littered = bundled.encode(["社会团体登记", "社会团体★🙂登记"])
    assert littered == pytest.approx(plain, abs=1e-6)


def test_numbers_of_articles_weigh_nothing(bundled):
    plain, numbered, other = bundled.encode(
        ["总则\n个体工商户登记", "第一章　总则\n第五十四条　个体工商户登记", "总则\n个体工商户五十四户登记"]
    )
    assert numbered == pytest.approx(plain, abs=1e-6)
    assert other @ plain < 0.999


def test_no_texts_give_no_rows(bundled):
    assert bundled.encode([]).shape == (0, bundled.dim)


def test_everyday_words_are_near_official_ones(bundled):
    asked, right, wrong = bundled.encode(
        [
            "我们那帮跳舞的想去民政办个证，要几个人",
            "成立社会团体应当有50个以上的个人会员",
            "捐赠人可以依法享受税收优惠",
        ]
    )
    assert asked @ right > asked @ wrong


def test_open_encoder_reads_the_bundled_folder_without_torch():
    assert isinstance(open_encoder(str(BUNDLED_ENCODER)), StaticEncoder)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_damaged_folder_is_refused_in_chinese(tmp_path: Path, name, damage):
    folder = tmp_path / "encoder"
    shutil.copytree(BUNDLED_ENCODER, folder)
    path = folder / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="不完整或已损坏"):
        open_encoder(str(folder))


def test_hub_name_is_refused_unless_allowed():
    with pytest.raises(EncoderError, match="ASSISTANT_ENCODER"):
        open_encoder("BAAI/bge-small-zh-v1.5")


def test_fingerprint_follows_the_weights(tmp_path: Path, bundled):
    folder = tmp_path / "encoder"
    shutil.copytree(BUNDLED_ENCODER, folder)
    assert StaticEncoder.open(folder).fingerprint == bundled.fingerprint
    (folder / "README.md").write_text("改了说明", "utf-8")
    assert StaticEncoder.open(folder).fingerprint == bundled.fingerprint
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    assert StaticEncoder.open(folder).fingerprint != bundled.fingerprint
