"""Vectors written and checked in child processes.

Chroma holds the interpreter while it inserts, and damaged files can crash it: in a
child it does neither to the process that publishes or serves.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError
from assistant.vector_writing import write
from assistant.vectors import VectorIndex, VectorRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Encode = Callable[[str, Sequence[str]], NDArray[np.float32]]

_CHECK_TIMEOUT_S = 300
_CHECK_SAMPLE = 100
_LOST_SHARE = 0.1  # hundreds of equal passages confuse the graph; damage loses nearly all
_ROUNDING = 0.001  # how far from 1 the cosine of a vector with its stored copy may be
_MODULE = (sys.executable, "-m", "assistant.vector_child")


def write_aside(folder: Path, rows: Mapping[str, Sequence[VectorRow]], encode: Encode) -> None:
    """`vector_writing.write` in a child, which asks for the vectors it lacks; they are made in this process.

    Raises:
        IndexUnusableError: The child ended before it was done: Chroma cannot read or write the folder.
    """
    pairs = {kind: [(row.id, row.region) for row in wanted] for kind, wanted in rows.items()}
    with tempfile.TemporaryFile() as told:
        child = subprocess.Popen(
            [*_MODULE, "write", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told
        )
        assert child.stdin is not None and child.stdout is not None
        try:
            _send(child.stdin, pairs)
            while (request := pickle.load(child.stdout)) is not None:
                _send(child.stdin, encode(*request))
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as exc:
            code = child.wait()
            told.seek(0)
            last = told.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise IndexUnusableError(
                f"向量索引没有写成（{''.join(last) or code}），请重试 ingest publish。"
            ) from exc
        finally:
            child.kill()
            child.stdout.close()
            with suppress(BrokenPipeError):
                child.stdin.close()
            child.wait()


def check(folder: Path, counts: Mapping[str, int]) -> str:
    """Open a copy in a child, compare counts by kind, let samples find themselves.

    Returns:
        "" when sound, else what is wrong, in Chinese.
    """
    command = [*_MODULE, "check", str(folder), *(f"{kind}={count}" for kind, count in counts.items())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_CHECK_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return "向量索引自检超时"
    if done.returncode == 0:
        return ""
    return (done.stdout.strip().splitlines() or [f"向量索引自检进程异常退出（{done.returncode}）"])[-1]


def _send(pipe: IO[bytes], message: object) -> None:
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _self_check(folder: Path, counts: Mapping[str, int]) -> str:
    index = VectorIndex.open(folder, private=True)
    try:
        for kind, expected in counts.items():
            if index.count(kind) != expected:
                return f"向量索引 {kind} 应有 {expected} 条，实有 {index.count(kind)} 条"
            found = [
                _finds_itself(index, kind, vector, region=region)
                for region, vectors in index.sample(kind, _CHECK_SAMPLE).items()
                for vector in vectors
                if vector.any()
            ]
            lost = found.count(False)
            if lost > _LOST_SHARE * len(found):
                return f"向量索引 {kind} 抽查 {len(found)} 条，有 {lost} 条找不到自己"
    finally:
        index.close()
    return ""


def _finds_itself(index: VectorIndex, kind: str, vector: NDArray[np.float32], *, region: str) -> bool:
    near = index.nearest(kind, vector, top_k=1, regions=[region])
    return bool(near) and abs(near[0].similarity - 1) <= _ROUNDING


def _checked(folder: Path, pairs: Sequence[str]) -> int:
    """0 when sound, else 1 and the fault in one line on stdout."""
    counts = {kind: int(value) for kind, value in (pair.split("=") for pair in pairs)}
    try:
        fault = _self_check(folder, counts)
    except Exception as exc:  # noqa: BLE001 - whatever damage makes Chroma raise is the finding
        fault = str(exc) if isinstance(exc, IndexUnusableError) else f"向量索引无法读取（{exc}）"
    print(" ".join(fault.split()))  # noqa: T201 - the parent reads one line
    return 1 if fault else 0


def _written(folder: Path) -> int:
    """Write what the parent names, with vectors asked of it."""
    answers = sys.stdin.buffer
    requests = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with the requests
    wanted = pickle.load(answers)

    def asked(kind: str, ids: Sequence[str]) -> NDArray[np.float32]:
        _send(requests, (kind, list(ids)))
        vectors: NDArray[np.float32] = pickle.load(answers)
        return vectors

    rows = {kind: [VectorRow(id_, region) for id_, region in pairs] for kind, pairs in wanted.items()}
    write(folder, rows, asked)
    _send(requests, None)
    return 0


def main(arguments: Sequence[str]) -> int:
    """The child's side: `write FOLDER`, or `check FOLDER passages=9 questions=3`."""
    task, folder, *pairs = arguments
    return _written(Path(folder)) if task == "write" else _checked(Path(folder), pairs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
