"""The product's own commands as child processes, with their time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError


class BenchError(AssistantError):
    """Something a bench needs is missing, or the product failed while it was measured."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a finished child process took: wall and processor seconds, largest memory, and its stdout."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


def run_module(*arguments: str, log: Path, expect: Sequence[int] = (0,)) -> Spent:
    """Run `python -m …` to its end; stdout and stderr go to files beside `log`.

    Raises:
        BenchError: It ended with another exit status than `expect`.
    """
    return run_python("-m", *arguments, log=log, expect=expect)


def run_python(*arguments: str, log: Path, expect: Sequence[int] = (0,)) -> Spent:
    """`run_module` for any arguments of the interpreter."""
    log.parent.mkdir(parents=True, exist_ok=True)
    out, err = log.with_suffix(".out"), log.with_suffix(".err")
    started = time.perf_counter()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, *arguments], stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in expect:
        tail = err.read_text("utf-8", "replace").strip().splitlines()[-3:]
        raise BenchError(f"命令 {' '.join(arguments)[:80]} 以 {code} 退出：{' / '.join(tail)}")
    return Spent(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read_text("utf-8"))
