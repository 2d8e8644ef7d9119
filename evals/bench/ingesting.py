"""`evals bench ingest`: text to searchable, beside the usual pipeline on a part of the same text."""

from __future__ import annotations

from evals.bench.commands import run_module
from evals.bench.figures import BenchResult, Figure
from evals.bench.material import Law, made_up_laws, statute_laws, write_corpus
from evals.bench.options import BenchOptions, first_texts
from evals.bench.usual import LABEL, build_usual

_ARTICLES, _ARTICLES_SHORT = 20_000, 3_000
_USUAL_CHARS, _USUAL_CHARS_SHORT = 300_000, 40_000
_MILLION_A_MINUTE = 60 / 1_000_000


def bench_ingest(options: BenchOptions) -> BenchResult:
    """Characters a minute from files to a verified, published index; all processes counted."""
    work, articles = options.folder("ingest"), _ARTICLES_SHORT if options.short else _ARTICLES
    laws = list(_laws(options, articles))
    characters = write_corpus(laws, work / "corpus")
    home = work / "home"
    spent = run_module(
        "ingest", "sync", "--corpus", str(work / "corpus"), "--home", str(home), log=work / "sync"
    )
    again = run_module(
        "ingest", "sync", "--corpus", str(work / "corpus"), "--home", str(home), log=work / "again"
    )
    part = first_texts(
        [law.document.text for law in laws], _USUAL_CHARS_SHORT if options.short else _USUAL_CHARS
    )
    usual = build_usual(part, work / "usual")
    ours = characters / spent.wall_s * _MILLION_A_MINUTE
    theirs = usual.characters / usual.seconds * _MILLION_A_MINUTE
    figures = (
        Figure("入库到可检索", ours, "百万字/分", baseline=theirs, budget=5.0, higher_is_better=True),
        Figure("入库最大内存", spent.peak_mb, "MB", budget=1500.0),
        Figure("没有变化时再同步一次", again.wall_s, "s"),
    )
    setup = {"articles": articles, "characters": characters, "baseline_characters": usual.characters}
    return BenchResult("ingest", "入库", LABEL, figures, dict(setup))


def _laws(options: BenchOptions, articles: int) -> list[Law]:
    if options.statutes is None:
        return list(made_up_laws(articles))
    found, count = [], 0
    for law in statute_laws(options.statutes, region=None):
        if count >= articles:
            break
        found.append(law)
        count += len(law.passages)
    return found
