"""`evals bench formats`: the same documents in every format, and how rightly each is read."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from evals.bench.commands import Spent, run_module
from evals.bench.figures import BenchResult, Figure, shown
from evals.bench.options import BenchOptions
from evals.bench.paper_files import BY_OFFICE, WRITERS
from evals.bench.papers import Paper, papers

_PAPERS, _PAPERS_SHORT, _SCANS = 12, 2, 1
_ARTICLE = re.compile(r"^\s*(第[零一二三四五六七八九十百千〇]+条)")
_SUFFIXES = {"scan": "pdf"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How files of one format were read. `characters`, `articles` and `metadata` are right ones and all."""

    format: str
    files: int
    characters: tuple[int, int]
    articles: tuple[int, int]
    invented: int
    metadata: tuple[int, int]
    seconds: float
    peak_mb: float


class FormatsResult(BenchResult):
    """Figures per format, shown as one table of formats."""

    __slots__ = ()

    def table(self) -> str:
        """A Markdown table: one row per format."""
        lines = [
            f"**{self.title}**（{self.against}）",
            "",
            "| 格式 | 份数 | 字符正确 | 条文找到/应有（多出） | 信息正确 | 秒/份 | 最大内存 |",
            "|---|---|---|---|---|---|---|",
        ]
        rows = self.setup["rows"]
        assert isinstance(rows, list)
        for row in rows:
            right, wanted = row["characters"]
            cells = [
                row["format"],
                str(row["files"]),
                f"{100 * right / wanted:.2f}%",
                f"{row['articles'][0]}/{row['articles'][1]}（{row['invented']}）",
                f"{row['metadata'][0]}/{row['metadata'][1]}",
                shown(row["seconds"], "s"),
                shown(row["peak_mb"], "MB"),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)


def bench_formats(options: BenchOptions) -> BenchResult:
    """Characters, articles and metadata read rightly in each format, with time and memory.

    Formats that need LibreOffice or text recognition are left out where these are not
    installed.
    """
    work = options.folder("formats")
    written = papers(_PAPERS_SHORT if options.short else _PAPERS, statutes=options.statutes)
    readings = [
        _read(kind, written[: _SCANS if kind == "scan" else None], work) for kind in _formats(options)
    ]
    figures = tuple(
        Figure(
            f"{reading.format} 字符正确",
            100 * reading.characters[0] / reading.characters[1],
            "%",
            higher_is_better=True,
        )
        for reading in readings
    )
    rows = [{name: getattr(reading, name) for name in Reading.__dataclass_fields__} for reading in readings]
    source = "法规条文" if options.statutes else "拼成的条文"
    return FormatsResult(
        "formats", "各种格式的读取", f"同样的 {len(written)} 份文件，{source}", figures, {"rows": rows}
    )


def _formats(options: BenchOptions) -> list[str]:
    left_out = set() if shutil.which("soffice") else set(BY_OFFICE)
    if options.short or importlib.util.find_spec("rapidocr") is None:
        left_out.add("scan")
    return [kind for kind in WRITERS if kind not in left_out]


def _read(kind: str, written: Sequence[Paper], work: Path) -> Reading:
    folder = work / kind
    folder.mkdir()
    sums: Counter[str] = Counter()
    seconds, peak_mb = 0.0, 0.0
    for number, paper in enumerate(written):
        path = folder / f"{number:02}.{_SUFFIXES.get(kind, kind)}"
        WRITERS[kind](paper, path)
        spent = run_module(
            "ingest",
            "check",
            str(path),
            "--json",
            "--home",
            str(work / "no-home"),
            log=folder / f"{number:02}",
        )
        seconds, peak_mb = seconds + spent.wall_s, max(peak_mb, spent.peak_mb)
        sums.update(_judge(paper, spent))
    return Reading(
        kind,
        len(written),
        (sums["characters"], sums["all_characters"]),
        (sums["articles"], sums["all_articles"]),
        sums["invented"],
        (sums["metadata"], sums["all_metadata"]),
        seconds / len(written),
        peak_mb,
    )


def _judge(paper: Paper, spent: Spent) -> dict[str, int]:
    """Counts of what is right in the one document that a file should give."""
    (checked,) = json.loads(spent.output)
    (read, *more) = checked["documents"]
    found = Counter(match[1] for line in read["outline"] if (match := _ARTICLE.match(line)))
    wanted = Counter(paper.articles)
    right = sum((found & wanted).values())
    fields = {name: read["document"][name] or "" for name in paper.metadata}
    return {
        "characters": right_characters(paper.text, read["text"]),
        "all_characters": len("".join(paper.text.split())),
        "articles": right,
        "all_articles": sum(wanted.values()),
        "invented": sum(found.values()) - right + len(more),
        "metadata": sum(fields[name] == value for name, value in paper.metadata.items()),
        "all_metadata": len(paper.metadata),
    }


def right_characters(source: str, read: str) -> int:
    """Characters of `source`, blanks aside, that `read` has at the same place, less those it has besides.

    Paragraphs are compared first, the characters of differing ones after; 0 when more
    is wrong than right.
    """
    wanted, got = _plain_lines(source), _plain_lines(read)
    right, extra = 0, 0
    for tag, a, b, c, d in SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes():
        ours, theirs = "".join(wanted[a:b]), "".join(got[c:d])
        if tag == "equal":
            right += len(ours)
            continue
        matches = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
        same = sum(match.size for match in matches)
        right += same
        extra += max(0, len(theirs) - max(same, len(ours)))
    return max(0, right - extra)


def _plain_lines(text: str) -> list[str]:
    return ["".join(line.split()) for line in text.split("\n") if line.strip()]
