import math

import pytest

from evals import metrics

GOLD = ("成员一般不少于十人", "十五日内答复申请人")


def test_key_fact_recall_takes_any_variant_and_any_text():
    facts = [["20名", "二十名"], ["街道"], ["公章"]]
    assert metrics.key_fact_recall(facts, ["要二十名", "到街道办"]) == pytest.approx(2 / 3)
    assert metrics.key_fact_recall([], ["任何"]) is None


def test_forbidden_found_lists_what_occurs():
    assert metrics.forbidden_found(["五十名", "省级"], "应有50名会员") == ["五十名"]


def test_citation_recall_and_precision_by_overlap():
    quotes = ["社区社会组织备案，成员一般不少于十人。", "完全无关的一句话"]
    assert metrics.citation_recall(quotes, GOLD) == 0.5
    assert metrics.citation_precision(quotes, GOLD) == 0.5
    assert metrics.right_clause(quotes, GOLD) == 1.0
    assert metrics.right_clause(["完全无关的一句话"], GOLD) == 0.0


def test_citation_measures_do_not_apply_without_gold_or_citations():
    assert metrics.citation_recall(["甲"], ()) is None
    assert metrics.citation_precision([], GOLD) is None
    assert metrics.citation_recall([], GOLD) == 0.0
    assert metrics.verbatim_share([]) is None
    assert metrics.verbatim_share([True, False]) == 0.5


@pytest.mark.parametrize(
    ("status", "answerable", "expected", "recall", "precision", "false"),
    [
        ("no_evidence", False, (), 1.0, 1.0, None),
        ("answered", False, (), 0.0, None, None),
        ("partial", False, ("no_evidence", "partial"), 1.0, None, None),
        ("no_evidence", True, (), None, 0.0, 1.0),
        ("unclear", True, ("answered", "unclear"), None, 1.0, 0.0),
        ("answered", True, (), None, None, 0.0),
        ("no_evidence", None, (), None, None, None),
        ("error", False, (), 0.0, None, None),
    ],
)
def test_refusal_measures(status, answerable, expected, recall, precision, false):
    assert metrics.refusal_recall(status, answerable=answerable, expected=expected) == recall
    assert metrics.refusal_precision(status, answerable=answerable, expected=expected) == precision
    assert metrics.false_refusal(status, answerable=answerable, expected=expected) == false


def test_status_right_only_when_stated():
    assert metrics.status_right("partial", ("answered", "partial")) == 1.0
    assert metrics.status_right("partial", ()) is None


def test_partial_right_is_for_answers_given_in_part():
    assert metrics.partial_right("partial", ("no_evidence", "partial")) == 1.0
    assert metrics.partial_right("partial", ("answered",)) == 0.0
    assert metrics.partial_right("answered", ("partial",)) is None
    assert metrics.partial_right("partial", ()) is None


def test_gains_count_each_gold_quote_once():
    hits = ["无关", "成员一般不少于十人", "成员一般不少于十人。", "十五日内答复申请人"]
    assert metrics.gains(hits, GOLD) == [0, 1, 0, 1]


def test_ranking_measures_by_hand():
    gained = [0, 1, 0, 1]
    assert metrics.hit_at(gained, 1) == 0.0
    assert metrics.hit_at(gained, 3) == 1.0
    assert metrics.recall_at(gained, 3, wanted=2) == 0.5
    assert metrics.reciprocal_rank(gained) == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg_at(gained, 10, wanted=2) == pytest.approx(
        (1 / math.log2(3) + 1 / math.log2(5)) / ideal
    )
    assert metrics.reciprocal_rank([0, 0]) == 0.0


def test_ndcg_is_at_most_one_when_a_passage_covers_two_quotes():
    assert metrics.ndcg_at([2], 10, wanted=2) == 1.0


def test_ranking_measures_agree_with_ir_measures():
    ir = pytest.importorskip("ir_measures")
    rankings = {"a": [0, 1, 0, 1, 0], "b": [1, 0, 0, 0, 0], "c": [0, 0, 0, 0, 0], "d": [0, 0, 1, 1, 1]}
    wanted = {"a": 3, "b": 1, "c": 2, "d": 3}
    qrels, run = [], []
    for query, gained in rankings.items():
        found = sum(gained)
        qrels += [ir.Qrel(query, f"missing{i}", 1) for i in range(wanted[query] - found)]
        for rank, gain in enumerate(gained):
            run.append(ir.ScoredDoc(query, f"{query}{rank}", float(-rank)))
            qrels += [ir.Qrel(query, f"{query}{rank}", 1)] if gain else []
    names = [ir.nDCG @ 10, ir.R @ 3, ir.RR, ir.Success @ 1]
    theirs = {(m.query_id, str(m.measure)): m.value for m in ir.iter_calc(names, qrels, run)}
    for query, gained in rankings.items():
        assert metrics.ndcg_at(gained, 10, wanted=wanted[query]) == pytest.approx(theirs[query, "nDCG@10"])
        assert metrics.recall_at(gained, 3, wanted=wanted[query]) == pytest.approx(theirs[query, "R@3"])
        assert metrics.reciprocal_rank(gained) == pytest.approx(theirs[query, "RR"])
        assert metrics.hit_at(gained, 1) == pytest.approx(theirs[query, "Success@1"])
