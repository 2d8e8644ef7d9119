"""`evals run` from end to end: open everything, ask, write rows, sum up."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.config import Settings
from assistant.errors import AssistantError, ConfigError, NotFoundError
from evals.answers_book import write_book
from evals.dataset import Question, QuestionSet, Split, read_questions
from evals.intervals import LEVEL, RESAMPLES, SEED
from evals.labels import unknown_quotes
from evals.progress import progress
from evals.report import write_report
from evals.rows import Json, Row
from evals.rundir import RunFolder
from evals.runner import Asker, RunOptions, answer_rows, write_rows
from evals.summary import Tally, told_verdicts

Say = Callable[[str], None]
_PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What `evals run` was asked to do; names as on the command line."""

    questions: Path
    out: Path
    home: Path | None = None
    limit: int | None = None
    split: str = Split.ALL
    region: str | None = None
    as_of: date | None = None
    hits: int = 10
    mode: str = "auto"
    workers: int = 1
    sheet: str | None = None
    restart: bool = False


def run_job(job: Job, *, say: Say) -> dict[str, Any]:
    """Run a question set against a home folder and return the summary; `say` gets messages.

    Raises:
        QuestionFileError, RunFolderError: See their modules.
        AssistantError: The home folder cannot be opened.
    """
    from assistant.answer import Assistant

    questions = read_questions(job.questions, sheet=job.sheet)
    _say_problems(questions, say)
    if own := questions.own_columns:
        say(f"题集里自己的列（{'、'.join(own)}）不参加判分，附在 answers.xlsx 明细表的最后。")
    settings = _settings(job)
    with closing(Assistant.open(settings)) as assistant:
        summary = evaluate(job, questions, assistant, settings=settings)
    verdicts = "、".join(f"{verdict} {count}" for verdict, count in told_verdicts(summary).items())
    say(
        f"跑完 {summary['n']} 题{f'：{verdicts}' if verdicts else ''}。请看 {job.out} 里的 report.html 和 answers.xlsx。"
    )
    return summary


def evaluate(job: Job, questions: QuestionSet, asker: Asker, *, settings: Settings) -> dict[str, Any]:
    """Ask the chosen questions, write the run's folder and return its summary."""
    job = replace(job, as_of=job.as_of or date.today())
    chosen = questions.part(Split(job.split), limit=job.limit)
    if not chosen:
        raise AssistantError(f"题集里没有属于 --split {job.split} 的题。")
    folder, identity = RunFolder(job.out), _identity(job, questions, settings)
    done = folder.begin(identity, [q.id for q in chosen], restart=job.restart)
    options = RunOptions(region=job.region, as_of=job.as_of, hits=job.hits, workers=job.workers)
    started, left = time.perf_counter(), chosen[len(done) :]
    with progress(len(chosen), done=len(done)) as advance:
        write_rows(folder.results, answer_rows(left, asker, options=options), on_row=advance)
    spent_s = time.perf_counter() - started
    data = _data(questions, chosen)
    data["unknown_quotes"] = [asdict(unknown) for unknown in unknown_quotes(folder.rows(), asker)]
    summary = _summary(folder.rows(), identity) | {"data": data} | _speed(len(left), spent_s)
    folder.finish(summary)
    write_book(folder)
    write_report(folder)
    return summary


def draft_from_catalogue(out: Path, *, home: Path | None, documents: Sequence[str], per_document: int) -> int:
    """Write proposed questions for the published documents, or those named; returns how many.

    Fact cards are left out: their words are ours.

    Raises:
        NotFoundError: A named document is not published.
    """
    from assistant.answer import Assistant
    from assistant.config import corpus_folder
    from assistant.domain import DocumentKind
    from assistant.lexicon import Lexicon
    from evals.draft import write_drafts

    lexicon = Lexicon.load(corpus_folder() / "lexicon")

    def topic_of(question: str) -> str:
        topics = lexicon.topics(question)
        return max(topics, key=topics.__getitem__) if topics else ""

    with closing(Assistant.open(Settings.from_env(home=home))) as assistant:
        published = {d.id: d for d in assistant.documents()}
        if unknown := [id_ for id_ in documents if id_ not in published]:
            raise NotFoundError(f"文件库中没有编号为“{'、'.join(unknown)}”的文件，编号见 ingest list。")
        originals = [d.id for d in published.values() if d.kind is DocumentKind.ORIGINAL and not d.retired]
        chosen = map(assistant.document, documents or originals)
        return write_drafts(chosen, out, per_document=per_document, topic_of=topic_of)


def _settings(job: Job) -> Settings:
    """The operator's settings; `--mode extractive` hides the model, `--mode llm` insists on one."""
    hidden = "" if job.mode == "extractive" else None
    settings = Settings.from_env(home=job.home, llm_base_url=hidden, llm_model=hidden)
    if job.mode == "llm" and not (settings.llm_base_url and settings.llm_model):
        raise ConfigError("--mode llm 需要先设置 ASSISTANT_LLM_BASE_URL 和 ASSISTANT_LLM_MODEL。")
    return settings


def _identity(job: Job, questions: QuestionSet, settings: Settings) -> Json:
    """What the results depend on: the same identity gives the same rows, but for timings."""
    open_ones = {field.name for field in fields(settings) if field.repr} - {"home"}  # no secret leaves
    shown = {key: value for key, value in asdict(settings).items() if key in open_ones}
    return {
        "questions_sha256": questions.sha256,
        "sheet": job.sheet,
        "split": str(job.split),
        "limit": job.limit,
        "region": job.region,
        "as_of": str(job.as_of),
        "hits": job.hits,
        "mode": "llm" if settings.llm_base_url and settings.llm_model else "extractive",
        "settings": json.loads(json.dumps(shown, default=str)),
        "generation": _generation(settings.home),
        "version": __version__,
        "commit": _commit(),
    }


def _generation(home: Path) -> Json:
    """Name, counts and fingerprint of the published generation; empty when the home has none."""
    from assistant.generations import MANIFEST, published

    folder = published(home)
    if folder is None:
        return {}
    manifest = (folder / MANIFEST).read_bytes()
    stated = {key: value for key, value in json.loads(manifest).items() if isinstance(value, str | int)}
    return {"name": folder.name, "sha256": hashlib.sha256(manifest).hexdigest(), **stated}


def _commit() -> str | None:
    """The source tree's commit, with + when files differ from it; None outside a checkout."""
    tree = Path(__file__).parent.parent
    if not (tree / ".git").exists():
        return None
    try:
        described = subprocess.run(
            ["git", "-C", str(tree), "describe", "--always", "--abbrev=12", "--dirty=+"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip()


def _summary(rows: Iterable[Row], identity: Json) -> Json:
    tally = Tally()
    for row in rows:
        tally.add(row)
    method = {"interval": "percentile bootstrap", "level": LEVEL, "resamples": RESAMPLES, "seed": SEED}
    return tally.figures() | {"method": method, "run": identity}


def _data(questions: QuestionSet, chosen: tuple[Question, ...]) -> Json:
    return {
        "file": questions.path.name,
        "sha256": questions.sha256,
        "questions": len(questions.questions),
        "chosen": len(chosen),
        "labelled": sum(question.labelled for question in chosen),
        "problems": [asdict(problem) for problem in questions.problems],
    }


def _speed(asked: int, spent_s: float) -> Json:
    return {
        "speed": {
            "asked": asked,
            "seconds": round(spent_s, 3),
            "per_second": round(asked / spent_s, 2) if asked else None,
            "peak_memory_mb": _peak_memory_mb(),
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
        }
    }


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _say_problems(questions: QuestionSet, say: Say) -> None:
    for problem in questions.problems[:_PROBLEMS_SHOWN]:
        say(f"{'跳过' if problem.skipped else '注意'}：第 {problem.row} 行，{problem.reason}")
    more = len(questions.problems) - _PROBLEMS_SHOWN
    if more > 0:
        say(f"……另有 {more} 行有问题，全部列在 summary.json 的 data.problems。")
