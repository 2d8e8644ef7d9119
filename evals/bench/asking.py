"""Child process of the benches: open a home, ask questions, print times and memory as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings
from evals.bench.commands import run_module
from evals.bench.figures import memory_mb

_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds per question (wall and processor), seconds to open, memory when done."""

    wall_s: list[float]
    cpu_s: list[float]
    open_s: float
    memory_mb: float


def ask_in_child(home: Path, questions: Sequence[str], *, work: Path) -> Asked:
    """Ask one question after the other in a process of its own, after a few to warm up."""
    listed = work / "questions.json"
    listed.write_text(json.dumps(list(questions), ensure_ascii=False), encoding="utf-8")
    spent = run_module("evals.bench.asking", str(home), str(listed), log=work / "asking")
    return Asked(**json.loads(spent.output))


def main(arguments: Sequence[str]) -> None:
    """Home folder and a JSON list of questions; prints the fields of `Asked`."""
    from assistant.answer import Assistant

    home, listed = map(Path, arguments)
    questions = json.loads(listed.read_text("utf-8"))
    started = time.perf_counter()
    with closing(Assistant.open(Settings.from_env(home=home))) as assistant:
        open_s = time.perf_counter() - started
        for question in questions[:_WARM_UP]:
            assistant.ask(question)
        wall_s, cpu_s = [], []
        for question in questions:
            wall, cpu = time.perf_counter(), time.process_time()
            assistant.ask(question)
            wall_s.append(time.perf_counter() - wall)
            cpu_s.append(time.process_time() - cpu)
    found = {"wall_s": wall_s, "cpu_s": cpu_s, "open_s": open_s, "memory_mb": memory_mb()}
    print(json.dumps(found))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1:])
