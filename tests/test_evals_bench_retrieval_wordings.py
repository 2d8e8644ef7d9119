"""Ten wordings of a clause: the file, which passage is right, and shares by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.domain import Passage
from evals.bench.commands import BenchError
from evals.bench.methods import Asked
from evals.bench.retrieval_wordings import STYLES, Clause, Ranks, ranks, read_clauses, wording_figures


def passage(id_: str, text: str) -> Passage:
    return Passage(id_, "d", 0, len(text), text, "", "")


PASSAGES = [passage("money", "活动资金 3 万元以上，须合法。"), passage("members", "会员50个以上")]
CLAUSE = Clause("c", "四川省", ("活动资金3万元以上",), {"formal": "要多少资金", "typos": "要多少子金"})


def test_every_clause_has_ten_different_wordings():
    clauses = read_clauses()
    assert len({clause.id for clause in clauses}) == len(clauses) == 40
    for clause in clauses:
        assert len(set(clause.wordings.values())) == len(STYLES) == 10


def test_the_passage_with_the_gold_words_is_right_whatever_the_blanks():
    asked = CLAUSE.asked(PASSAGES)
    assert asked["typos"].question == "要多少子金" and asked["typos"].region == "四川省"
    assert asked["formal"].gains(["members", "money"]) == [0, 1]


def test_a_clause_that_is_in_no_passage_is_reported():
    with pytest.raises(BenchError, match="没有“活动资金3万元以上”"):
        CLAUSE.asked(PASSAGES[1:])


def test_a_clause_without_one_of_the_styles_is_reported(tmp_path: Path):
    file = tmp_path / "clauses.jsonl"
    record = {"id": "c", "region": None, "gold_quotes": ["会员"], "wordings": {"formal": "要几个人"}}
    file.write_text(json.dumps(record), "utf-8")
    with pytest.raises(BenchError, match="formal"):
        read_clauses(file)
    with pytest.raises(BenchError, match="源码目录"):
        read_clauses(tmp_path / "none.jsonl")


def test_places_are_those_of_the_first_right_passage():
    def search(asked: Asked) -> list[str]:
        return ["members"] if asked.style == "typos" else ["members", "money"]

    [found] = ranks([CLAUSE], PASSAGES, search)
    assert found.places == {"formal": 1, "typos": None}
    assert (found.share(1), found.share(2)) == (0.0, 0.5)


def test_figures_are_those_of_a_hand_calculation():
    every = Ranks(dict.fromkeys(STYLES, 0))
    half = Ranks({style: 0 if at < 5 else 2 for at, style in enumerate(STYLES)})
    found = {figure.what: figure for figure in wording_figures([every, half], [half, half])}

    def both(what: str) -> tuple[float, float | None]:
        return found[f"十种问法{what}"].ours, found[f"十种问法{what}"].baseline

    assert both("：hit@1") == (0.75, 0.5)
    assert both("：hit@3") == (1.0, 1.0)
    assert both("：十种都排进前 1 的条款") == (0.5, 0.0)
    assert both("，书面：hit@1") == (1.0, 1.0)
    assert both("：最差的问法 hit@1") == (0.5, 0.0)
    assert both("：最好的问法 hit@1") == (1.0, 1.0)
