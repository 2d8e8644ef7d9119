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

    `peak_mb` is the most memory they held at once, as seen every tenth of a second; pages
    that several of them map count once. What the system reports when a process has ended
    is of no use here: it counts the parent's memory, which a child has until it runs its
    own program.
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
    return Spent(wall_s, usage.ru_utime + usage.ru_stime, max(seen), out.read_text("utf-8"))


@contextmanager
def _watched_memory(pid: int) -> Iterator[list[float]]:
    """Memory of a process and its descendants in megabytes, noted every tenth of a second."""
    seen: list[float] = [0.0]
    over = threading.Event()

    def watch() -> None:
        ended = False
        while not ended:
            seen.append(sum(_held_mb(one) for one in _family(pid)))
            ended = over.wait(_EVERY_S)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def resident_mb(pid: int) -> float:
    """Resident memory of a process, 0.0 when it is gone or /proc does not tell."""
    return _told_mb(Path(f"/proc/{pid}/status"), "VmRSS:")


def _held_mb(pid: int) -> float:
    """Memory of a process in megabytes, its share only of pages that others map too."""
    return _told_mb(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _told_mb(told: Path, name: str) -> float:
    """A figure in kilobytes from a file of /proc, as megabytes; 0.0 when it is gone or does not tell."""
    try:
        lines = told.read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


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
