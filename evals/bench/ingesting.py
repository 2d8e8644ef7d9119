"""`evals bench ingest`: files to searchable, beside the usual pipeline on a part of the same text."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.domain import NATIONAL
from evals.bench.commands import Spent, run_module
from evals.bench.figures import BenchResult, Figure, timed
from evals.bench.load import Reply, ask_over_http
from evals.bench.material import Law, made_up_laws, one_more, statute_laws, write_files
from evals.bench.options import BenchOptions, bench_questions, built_in_home, first_texts
from evals.bench.starting import documents_served, serving
from evals.bench.usual import LABEL, build_usual
from evals.dataset import Split
from evals.rows import Json

_ARTICLES, _ARTICLES_SHORT = 20_000, 3_000
_USUAL_CHARS, _USUAL_CHARS_SHORT = 300_000, 40_000
_MILLION_A_MINUTE = 60 / 1_000_000
_TIMES_FASTER = 40
_ADD_S = 20.0
_QUESTIONS_ALONE = 40


@dataclass(frozen=True, slots=True)
class Material:
    """Documents to add; `budget_s` is what adding all of them may take, None where nothing is promised.

    Of a few thousand articles most of the time is starting up: no rate is promised of them.
    """

    title: str
    laws: tuple[Law, ...]
    budget_s: float | None = None
    rate_promised: bool = True

    @property
    def articles(self) -> int:
        """Number of articles in all of them."""
        return sum(len(law.passages) for law in self.laws)


def bench_ingest(options: BenchOptions) -> BenchResult:
    """`ingest add` of a folder of text files to a verified, published index; all processes counted."""
    work, materials = options.folder("ingest"), _materials(options)
    size = _USUAL_CHARS_SHORT if options.short else _USUAL_CHARS
    part = first_texts([law.document.text for law in materials[0].laws], size)
    usual = build_usual(part, work / "usual")
    theirs = usual.characters / usual.seconds * _MILLION_A_MINUTE
    figures: list[Figure] = []
    setup: Json = {"baseline_characters": usual.characters}
    for number, material in enumerate(materials):
        home = work / f"home-{number}"
        shutil.copytree(built_in_home(options), home)
        characters = write_files(material.laws, work / f"files-{number}")
        spent = _add(work / f"files-{number}", home)
        figures += _figures(material, spent, home, characters=characters, usual_rate=theirs)
        setup[material.title] = {"articles": material.articles, "characters": characters}
    again = _add(work / f"files-{number}", home)
    figures.append(Figure("同样的文件再添加一次", again.wall_s, "s"))
    figures += _one_more_while_asked(home, work)
    return BenchResult("ingest", "入库", LABEL, tuple(figures), setup)


def _materials(options: BenchOptions) -> list[Material]:
    limit = _ARTICLES_SHORT if options.short else _ARTICLES
    if options.statutes is None:
        return [Material("拟造的办法", tuple(made_up_laws(limit)), rate_promised=not options.short)]
    if options.short:
        some = _first(statute_laws(options.statutes, region=None), limit)
        return [Material("部分法规", some, rate_promised=False)]
    national = Material("全国性法规", tuple(statute_laws(options.statutes, region=NATIONAL)), 120.0)
    return [national, Material("全部法规", tuple(statute_laws(options.statutes, region=None)), 240.0)]


def _first(laws: Iterable[Law], articles: int) -> tuple[Law, ...]:
    found, count = [], 0
    for law in laws:
        if count >= articles:
            break
        found.append(law)
        count += len(law.passages)
    return tuple(found)


def _add(files: Path, home: Path) -> Spent:
    """Similar documents are kept: laws of neighbouring provinces often are."""
    arguments = ("add", str(files), "--yes", "--keep-similar", "--json", "--home", str(home))
    return run_module("ingest", *arguments, log=home.with_suffix(".add"))


def _figures(
    material: Material, spent: Spent, home: Path, *, characters: int, usual_rate: float
) -> list[Figure]:
    rate = characters / spent.wall_s * _MILLION_A_MINUTE
    title = f"{material.title}（{material.articles:,} 条，{characters / 1e6:.1f} 百万字）"
    rate_budget, times_budget = (5.0, _TIMES_FASTER) if material.rate_promised else (None, None)
    disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return [
        Figure(f"{title}添加到可检索", spent.wall_s, "s", budget=material.budget_s),
        Figure("　所用处理器时间", spent.cpu_s, "s", baseline=60 * characters / 1e6 / usual_rate),
        Figure("　速度", rate, "百万字/分", usual_rate, rate_budget, higher_is_better=True),
        Figure("　比对照快几倍", rate / usual_rate, "倍", None, times_budget, higher_is_better=True),
        Figure("　最大内存（各进程合计）", spent.peak_mb, "MB", budget=1500.0),
        Figure("　每条占磁盘", disk / material.articles / 1024, "KB"),
    ]


def _one_more_while_asked(home: Path, work: Path) -> list[Figure]:
    """Add a 20-page document to a library from which two users are being answered all the time."""
    write_files([one_more()], work / "one-more")
    questions = bench_questions(Split.DEV, limit=_QUESTIONS_ALONE)
    meanwhile: list[Reply] = []
    over = threading.Event()
    with serving(home, log=work / "serve") as server:
        alone = [ask_over_http(server.port, question) for question in questions]
        held = documents_served(server.port)

        def user(first: int) -> None:
            turn = first
            while not over.is_set():
                meanwhile.append(ask_over_http(server.port, questions[turn % len(questions)]))
                turn += 1

        users = [threading.Thread(target=user, args=(first,)) for first in (0, _QUESTIONS_ALONE // 2)]
        for thread in users:
            thread.start()
        started = time.perf_counter()
        _add(work / "one-more", home)
        while documents_served(server.port) == held:
            time.sleep(0.1)
        added_s = time.perf_counter() - started
        over.set()
        for thread in users:
            thread.join()
    failed = sum(reply.status != 200 for reply in meanwhile)
    seconds, before = [reply.seconds for reply in meanwhile], [reply.seconds for reply in alone]
    return [
        Figure("边答题边加一份 20 页文件，可检索", added_s, "s", budget=_ADD_S),
        timed("　其间答题，95 分位", seconds, 0.95, baseline=before),
        Figure("　其间答题，失败", failed, "题", budget=0.0, n=len(meanwhile)),
    ]
