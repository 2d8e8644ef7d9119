"""All benches by name, and how a run of them is reported."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evals.bench.added import bench_added
from evals.bench.answering import bench_answer
from evals.bench.figures import BenchResult
from evals.bench.formats import bench_formats
from evals.bench.ingesting import bench_ingest
from evals.bench.load import bench_load
from evals.bench.options import BenchOptions
from evals.bench.retrieval import bench_retrieval
from evals.bench.scale import bench_scale
from evals.bench.starting import bench_start

BENCHES: dict[str, Callable[[BenchOptions], BenchResult]] = {
    "start": bench_start,
    "formats": bench_formats,
    "ingest": bench_ingest,
    "retrieval": bench_retrieval,
    "added": bench_added,
    "answer": bench_answer,
    "load": bench_load,
    "scale": bench_scale,
}


def run_benches(names: list[str], options: BenchOptions, *, say: Callable[[str], None]) -> list[BenchResult]:
    """Run benches one after the other; `say` gets each table.

    Each works in a folder of its own below `options.work`, which is replaced by one that
    is deleted afterwards.
    """
    results = []
    with tempfile.TemporaryDirectory(prefix="grassroots-bench-") as work:
        options = replace(options, work=Path(work))
        for name in names:
            result = BENCHES[name](options)
            say(result.table() + "\n")
            results.append(result)
    return results
