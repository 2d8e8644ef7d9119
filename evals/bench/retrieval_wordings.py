"""One question in ten wordings: is the same clause found however people ask, and how far do the wordings part.

The questions (`evals/questions/wordings/clauses.jsonl`) are for reporting only: no
program is trained or tuned on them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.domain import Passage
from evals.bench.commands import BenchError
from evals.bench.figures import Figure, averaged
from evals.bench.methods import Asked, Search
from evals.matching import comparable

WORDINGS_FILE = Path(__file__).parent.parent / "questions" / "wordings" / "clauses.jsonl"
STYLES: Mapping[str, str] = {
    "formal": "书面",
    "colloquial": "口语",
    "elderly": "老人",
    "sichuan": "四川话",
    "northeast": "东北话",
    "cantonese": "粤语",
    "typos": "错别字",
    "voice": "语音",
    "keywords": "关键词",
    "story": "讲经过",
}
DEPTHS = (1, 3)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause asked for in every style: `gold` are its words, more than one where several say the same.

    `region` is the place chosen beside the question, None for none.
    """

    id: str
    region: str | None
    gold: tuple[str, ...]
    wordings: Mapping[str, str]

    def asked(self, passages: Sequence[Passage]) -> dict[str, Asked]:
        """The question of each style; any passage with the gold words, or one of them, is right.

        Raises:
            BenchError: No passage holds such words.
        """
        wanted = [comparable(words) for words in self.gold]
        right = {p.id for p in passages if any(words in comparable(p.text) for words in wanted)}
        if not right:
            raise BenchError(
                f"文件库里没有“{self.gold[0]}”（{WORDINGS_FILE.name} 的 {self.id}），请更正题目。"
            )

        def gains(ranked: Sequence[str]) -> list[int]:
            return [int(id_ in right) for id_ in ranked]

        return {
            style: Asked(text, self.region, gains, len(right), style) for style, text in self.wordings.items()
        }


def read_clauses(path: Path = WORDINGS_FILE) -> list[Clause]:
    """All clauses of the file.

    Raises:
        BenchError: The file is missing, or a clause lacks a style.
    """
    if not path.is_file():
        raise BenchError("没有随项目的问法（evals/questions/wordings/），请在源码目录里运行。")
    found = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["wordings"].keys() != STYLES.keys():
            raise BenchError(f"{path.name} 的 {record['id']} 应恰好有这些问法：{'、'.join(STYLES)}。")
        found.append(Clause(record["id"], record["region"], tuple(record["gold_quotes"]), record["wordings"]))
    return found


@dataclass(frozen=True, slots=True)
class Ranks:
    """0-based place of the first right passage, by style, of one clause; None where it was not found."""

    places: Mapping[str, int | None]

    def hit(self, style: str, depth: int) -> float:
        """1.0 when the clause is among the first `depth` for this style."""
        place = self.places[style]
        return float(place is not None and place < depth)

    def share(self, depth: int) -> float:
        """Share of the styles that find the clause among the first `depth`."""
        return sum(self.hit(style, depth) for style in self.places) / len(self.places)


def ranks(clauses: Sequence[Clause], passages: Sequence[Passage], search: Search) -> list[Ranks]:
    """Where a way of searching ranks each clause for each style."""
    found = []
    for clause in clauses:
        gained = {style: asked.gains(search(asked)) for style, asked in clause.asked(passages).items()}
        found.append(Ranks({style: row.index(1) if 1 in row else None for style, row in gained.items()}))
    return found


def wording_figures(ours: Sequence[Ranks], theirs: Sequence[Ranks]) -> list[Figure]:
    """Means, shares of clauses that every wording finds, and each style, beside the baseline.

    Intervals are over clauses: wordings of one clause succeed and fail together.
    """
    label, figures = "十种问法", []
    for depth in DEPTHS:
        figures += [
            averaged(
                f"{label}：hit@{depth}",
                [one.share(depth) for one in ours],
                [one.share(depth) for one in theirs],
            ),
            averaged(
                f"{label}：十种都排进前 {depth} 的条款",
                [float(one.share(depth) == 1) for one in ours],
                [float(one.share(depth) == 1) for one in theirs],
            ),
        ]
        styles = [
            averaged(
                f"{label}，{name}：hit@{depth}",
                [one.hit(style, depth) for one in ours],
                [one.hit(style, depth) for one in theirs],
            )
            for style, name in STYLES.items()
        ]
        figures += [_extreme(f"{label}：最差的问法 hit@{depth}", styles, low=True)]
        figures += [_extreme(f"{label}：最好的问法 hit@{depth}", styles, low=False), *styles]
    return figures


def _extreme(what: str, styles: Sequence[Figure], *, low: bool) -> Figure:
    """The worst or best style of each side, which need not be the same style."""
    pick = min if low else max
    return Figure(
        what,
        pick(figure.ours for figure in styles),
        "",
        baseline=pick(figure.baseline or 0.0 for figure in styles),
        higher_is_better=True,
        n=len(styles),
    )
