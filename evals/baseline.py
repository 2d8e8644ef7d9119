"""A baseline (基线): of a finished run what a comparison needs, small and without times, kept beside the code.

Keeping the same answers twice gives the same bytes, so that version control shows
exactly which answers a change touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.rows import Cited, Json, Row
from evals.rundir import RESULTS, SUMMARY, RunFolder, RunFolderError, write_json, writing

_FIGURES = ("n", "statuses", "causes", "measures", "method")
_DATA = ("file", "sha256", "chosen", "labelled")
_RUN = ("questions_sha256", "sheet", "split", "limit", "region", "as_of", "hits", "mode")


def keep_baseline(run: RunFolder, folder: Path) -> None:
    """Write a finished run's baseline into `folder`, which `evals compare` takes as DIR_A.

    Raises:
        RunFolderError: The run is not finished, some of its questions ended in an
            error, or the folder cannot be written.
    """
    summary: Mapping[str, Any] = run.summary()
    failed = summary["statuses"].get("error", 0)
    if failed:
        raise RunFolderError(f"{run.path} 有 {failed} 题运行出错，不能当基线；请先解决再跑一次。")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / RESULTS).open("w", encoding="utf-8", newline="\n") as file:
            for row in run.rows():
                file.write(json.dumps(_kept_row(row), ensure_ascii=False) + "\n")
    write_json(folder / SUMMARY, _kept_summary(summary))


def _kept_row(row: Row) -> Json:
    return {
        "id": row.question.id,
        "question": row.question.question,
        "region": row.question.region,
        "status": row.status,
        "answer": row.answer,
        "citations": [_place(cited) for cited in row.citations],
        "scores": dict(row.scores),
        "cause": row.cause,
    }


def _place(cited: Cited) -> Json:
    return {"n": cited.n, "document_id": cited.document_id, "start": cited.start, "end": cited.end}


def _kept_summary(summary: Mapping[str, Any]) -> Json:
    """Figures and what they were made from; code and index are those of the commit that holds the baseline."""
    kept: Json = {name: summary[name] for name in _FIGURES}
    kept["data"] = {name: summary["data"][name] for name in _DATA}
    return kept | {"run": {name: summary["run"][name] for name in _RUN}}
