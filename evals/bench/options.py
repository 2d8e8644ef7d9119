"""What all benches are given, and the questions they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings, corpus_folder
from evals.bench.commands import BenchError, run_module
from evals.dataset import Question, Split, read_questions

_QUESTIONS = Path(__file__).parent.parent / "questions"


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """`short`: minutes, not hours. `work`: an empty folder. `statutes`: optional larger material.

    `minutes` is how long users go on asking after the other load tests; `million`
    adds a library of a million passages; `added` holds files to add and be asked about.
    """

    work: Path
    short: bool = False
    statutes: Path | None = None
    minutes: float = 0.0
    million: bool = False
    added: Path | None = None

    def folder(self, name: str) -> Path:
        """A new folder below `work`."""
        path = self.work / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def bench_questions(split: Split, *, limit: int | None = None) -> list[Question]:
    """The project's own questions of one half, in file order.

    Raises:
        BenchError: They are not part of this installation.
    """
    files = sorted(_QUESTIONS.glob("*.jsonl"))
    if not files:
        raise BenchError("没有随项目的评测题（evals/questions/），请在源码目录里运行。")
    return [question for file in files for question in read_questions(file).part(split)][:limit]


def built_in_home(options: BenchOptions) -> Path:
    """A home with the built-in corpus published, made once for all benches of a run."""
    home = options.work / "built-in"
    if not (home / "CURRENT").exists():
        run_module("ingest", "sync", "--home", str(home), log=options.work / "sync")
    return home


def corpus_texts() -> list[str]:
    """Texts of the built-in documents and fact sheets as they stand in their files."""
    folder = corpus_folder()
    files = [*sorted((folder / "documents").glob("*.md")), *sorted((folder / "facts").glob("*.yaml"))]
    return [file.read_text("utf-8") for file in files]


def first_texts(texts: Sequence[str], characters: int) -> list[str]:
    """The first texts, at least one, together about so many characters."""
    chosen: list[str] = []
    for text in texts:
        if chosen and sum(map(len, chosen)) >= characters:
            break
        chosen.append(text)
    return chosen


def settings_for(home: Path) -> Settings:
    """The operator's settings with another home."""
    return Settings.from_env(home=home)
