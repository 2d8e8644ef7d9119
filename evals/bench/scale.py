"""`evals bench scale`: how time, memory and disk grow with the library; the baseline is the smallest size."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from math import log
from pathlib import Path

from evals.bench.asking import Asked, ask_in_child
from evals.bench.commands import Spent, run_module
from evals.bench.figures import BenchResult, Figure, timed
from evals.bench.material import made_up_laws, one_more, write_corpus, write_files
from evals.bench.options import BenchOptions, bench_questions
from evals.dataset import Split
from evals.intervals import percentile

_SIZES, _SIZES_SHORT, _MILLION = (1_000, 10_000, 150_000), (1_000, 5_000), 1_000_000
_LATENCY_MS = {10_000: 30.0, 150_000: 60.0, _MILLION: 150.0}
_ADD_S = {10_000: 5.0, 150_000: 20.0}
_MEMORY_MB = {150_000: 1500.0}


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size of the library; `disk_kb` is that of one generation, per article."""

    articles: int
    built: Spent
    asked: Asked
    added: Spent
    disk_kb: float

    @property
    def build_ms(self) -> float:
        """Processor milliseconds to build the library, per article."""
        return 1000 * self.built.cpu_s / self.articles


def bench_scale(options: BenchOptions) -> BenchResult:
    """For each size: build from a folder, ask, add one 20-page document."""
    sizes = _SIZES_SHORT if options.short else _SIZES
    measured = [_measure(options, n) for n in (*sizes, _MILLION)[: len(sizes) + options.million]]
    figures = [figure for size in measured for figure in _figures(size, measured[0])]
    figures += growth(measured[-2], measured[-1])
    against = f"{measured[0].articles:,} 条的文件库；建库的对照按 n·log n 折算"
    return BenchResult("scale", "规模", against, tuple(figures))


def _figures(size: Size, smallest: Size) -> list[Figure]:
    n, asked, first = size.articles, size.asked, smallest.asked
    allowed_ms = smallest.build_ms * log(n) / log(smallest.articles)
    return [
        timed(f"{n:,} 条：一题处理器时间，中位", asked.cpu_s, 0.5, baseline=first.cpu_s),
        timed(
            "　一题处理器时间，95 分位", asked.cpu_s, 0.95, baseline=first.cpu_s, budget=_LATENCY_MS.get(n)
        ),
        Figure("　建库，等待", size.built.wall_s, "s"),
        Figure("　建库，每条的处理器时间", size.build_ms, "ms", baseline=allowed_ms),
        Figure("　建库，最大内存（各进程合计）", size.built.peak_mb, "MB", budget=_MEMORY_MB.get(n)),
        Figure("　加一份 20 页文件到可检索", size.added.wall_s, "s", smallest.added.wall_s, _ADD_S.get(n)),
        Figure("　打开", asked.open_s, "s", first.open_s),
        Figure("　答题进程内存", asked.memory_mb, "MB", first.memory_mb, _MEMORY_MB.get(n)),
        Figure("　每条占磁盘（一个索引版本）", size.disk_kb, "KB", smallest.disk_kb),
    ]


def growth(smaller: Size, larger: Size) -> list[Figure]:
    """How what is measured grows with n, as the exponent of n between two sizes: 1 is in step, 2 its square."""
    n, m = smaller.articles, larger.articles

    def exponent(before: float, after: float) -> float:
        return log(after / before) / log(m / n)

    asked = [percentile(size.asked.cpu_s, 0.5) or 0.0 for size in (smaller, larger)]
    n_log_n = exponent(n * log(n), m * log(m))
    return [
        Figure(
            f"增长指数，{n:,}→{m:,} 条：建库处理器时间（预算为 n·log n）",
            exponent(smaller.built.cpu_s, larger.built.cpu_s),
            "",
            budget=n_log_n,
        ),
        Figure("　一题处理器时间，中位", exponent(*asked), "", budget=1.0),
        Figure("　答题进程内存", exponent(smaller.asked.memory_mb, larger.asked.memory_mb), "", budget=1.0),
        Figure("　加一份 20 页文件", exponent(smaller.added.cpu_s, larger.added.cpu_s), "", budget=1.0),
    ]


def _measure(options: BenchOptions, articles: int) -> Size:
    work = options.folder(f"scale-{articles}")
    corpus, home = work / "corpus", work / "home"
    write_corpus(made_up_laws(articles), corpus)
    built = run_module("ingest", "sync", "--corpus", str(corpus), "--home", str(home), log=work / "build")
    disk = sum(path.stat().st_size for path in (home / "generations").rglob("*") if path.is_file())
    texts = [question.question for question in bench_questions(Split.DEV, limit=60)]
    asked = ask_in_child(home, texts, work=work)
    write_files([one_more()], work / "more")
    arguments = ("add", str(work / "more"), "--yes", "--keep-similar", "--json", "--home", str(home))
    added = run_module("ingest", *arguments, log=work / "add")
    _drop(home, corpus)
    return Size(articles, built, asked, added, disk / articles / 1024)


def _drop(*folders: Path) -> None:
    """The largest sizes need the disk of the smaller ones."""
    for folder in folders:
        shutil.rmtree(folder)
