"""A world small enough to reckon by hand: an encoder of one axis per character, and a corpus of four files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

ROOT = Path(__file__).parents[1]
SMALL_CORPUS = Path(__file__).parent / "small_corpus"
LETTERS = "登记备案人会员资金场地街道材料费补贴培训罚"


def write_encoder(folder: Path, *, letters: str = LETTERS) -> Path:
    """A StaticEmbedding folder: a text's vector counts `letters`, scaled to length 1; others weigh nothing."""
    folder.mkdir(parents=True)
    vocabulary = {"[UNK]": 0} | {letter: i for i, letter in enumerate(letters, 1)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = np.vstack([np.zeros(len(letters)), np.eye(len(letters))]).astype(np.float32)
    save_file({"embedding.weight": weights}, folder / "model.safetensors")
    module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
    (folder / "modules.json").write_text(json.dumps([module]), "utf-8")
    return folder


def copy_corpus(folder: Path) -> Path:
    """An own copy of the small corpus, for tests that change it."""
    shutil.copytree(SMALL_CORPUS, folder)
    return folder


def run_module(
    *arguments: str, env: dict[str, str] | None = None, timeout_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """`python -m …` as a user starts it, without the caller's ASSISTANT_ settings."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=clean_environment() | (env or {}),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def clean_environment() -> dict[str, str]:
    """The environment without ASSISTANT_ settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}


def silent(_stage: str, _done: int, _total: int) -> None:
    """A progress callback that says nothing."""
