"""Rows and vectors that the tests of Chroma's folders share; those of `AXES` are reckoned by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.vectors import VectorRow

AXES = {
    "east": [1.0, 0.0],
    "north": [0.0, 1.0],
    "between": [sqrt(0.5), sqrt(0.5)],
    "west": [-1.0, 0.0],
    "nothing": [0.0, 0.0],
}
MANY = 1200  # beyond Chroma's threshold for writing its graph files


def rows(*ids: str, region: str = "全国") -> list[VectorRow]:
    """Rows of one region."""
    return [VectorRow(id_, region) for id_ in ids]


def unit(*values: float) -> NDArray[np.float32]:
    """A vector."""
    return np.asarray(values, dtype=np.float32)


def encode(_name: str, ids: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of `AXES` by their names."""
    return np.asarray([AXES[id_] for id_ in ids], dtype=np.float32)


def fingerprint(folder: Path) -> dict[Path, str]:
    """Checksums of a folder's files by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def many_vectors(_name: str, ids: Sequence[str]) -> NDArray[np.float32]:
    """Vectors that depend on the number in the id alone."""
    generator = np.random.default_rng(5)
    table = generator.normal(size=(MANY, 8)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    return table[[int(id_[1:]) for id_ in ids]]


def many_rows(first: int, last: int, *, regions: int) -> list[VectorRow]:
    """Rows of `many_vectors` by number, dealt out to so many regions."""
    return [VectorRow(f"p{number}", f"{regions}之{number % regions}") for number in range(first, last)]
