"""ingest.train_ranker: weights from pairs of hits, without asking an index."""

import json
from types import SimpleNamespace

from answering import hit

from assistant.ranking import Ranker
from ingest.train_ranker import PINNED, Gathered, train_ranker, write_weights

FLAT = Ranker({})
QUERY = SimpleNamespace(places=("四川省",))


def gathered(*, right: float, wrong: float) -> Gathered:
    """A question whose answer matches `right` well, beside a clause that matches `wrong` well."""
    answer = hit("备案由街道办事处办理。", start=0, coverage=right, gap_words=0.7, stale=1.0)
    other = hit("成立登记由民政部门办理。", start=50, coverage=wrong, gap_words=0.7, stale=0.0)
    return Gathered(QUERY, answer.passage.id, [other, answer])


def test_what_right_clauses_have_more_of_weighs_more():
    better = train_ranker([gathered(right=0.9, wrong=0.2)] * 4, FLAT)
    worse = train_ranker([gathered(right=0.2, wrong=0.9)] * 4, FLAT)
    assert better.weights["coverage"] > 0.1
    assert worse.weights["coverage"] < -0.1


def test_what_all_hits_of_a_question_share_gets_no_weight_and_rules_keep_theirs():
    weights = train_ranker([gathered(right=0.9, wrong=0.2)] * 4, FLAT).weights
    assert weights == {"coverage": weights["coverage"]} | PINNED


def test_questions_whose_answer_was_not_found_or_is_elsewhere_teach_nothing():
    lost = Gathered(QUERY, "nowhere", gathered(right=0.2, wrong=0.9).hits)
    abroad = Gathered(QUERY, hit("甲", start=0).passage.id, [hit("乙", start=5, rejected="外地"), hit("甲")])
    taught = [gathered(right=0.9, wrong=0.2)] * 4
    assert train_ranker([*taught, lost, abroad], FLAT) == train_ranker(taught, FLAT)


def test_weights_are_written_as_they_are_read(tmp_path):
    write_weights(tmp_path / "ranker.json", {"weights": {"coverage": 1.5}})
    assert Ranker.load(tmp_path / "ranker.json") == Ranker({"coverage": 1.5})
    assert json.loads((tmp_path / "ranker.json").read_text("utf-8")) == {"weights": {"coverage": 1.5}}
