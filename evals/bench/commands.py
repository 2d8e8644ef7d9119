"""The product's own commands as child processes, with their time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError

_EVERY_S = 0.1


class BenchError(AssistantError):
    """Something a bench needs is missing, or the product failed while it was measured."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a finished child process and its own children took: wall and processor seconds, stdout.

    `peak_mb` is the most memory they held at once, as seen every tenth of a second.
    """

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
        with _watched_memory(process.pid) as seen:
            _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in expect:
        tail = err.read_text("utf-8", "replace").strip().splitlines()[-3:]
        raise BenchError(f"命令 {' '.join(arguments)[:80]} 以 {code} 退出：{' / '.join(tail)}")
    peak_mb = max(usage.ru_maxrss / 1024, *seen)
    return Spent(wall_s, usage.ru_utime + usage.ru_stime, peak_mb, out.read_text("utf-8"))


@contextmanager
def _watched_memory(pid: int) -> Iterator[list[float]]:
    """Memory of a process and its descendants in megabytes, noted every tenth of a second."""
    seen, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_S):
            seen.append(sum(resident_mb(one) for one in _family(pid)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def resident_mb(pid: int) -> float:
    """Resident memory of a process, 0.0 when it is gone or /proc does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:  # ended meanwhile
            continue
        for child in children:
            yield from _family(int(child))
