"""ingest.train_ranker: weights from pairs of hits, without asking an index."""

import json
from types import SimpleNamespace

from answering import hit, opened_library, understanding
from small_home import silent

from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from ingest.train_ranker import PINNED, Gathered, examples, gather, train_ranker, write_weights

FLAT = Ranker({})
QUERY = SimpleNamespace(places=("四川省",))


def gathered(*, right: float, wrong: float) -> Gathered:
    """A question whose answer matches `right` well, beside a clause that matches `wrong` well."""
    answer = hit("备案由街道办事处办理。", start=0, coverage=right, gap_words=0.7, stale=1.0)
    other = hit("成立登记由民政部门办理。", start=50, coverage=wrong, gap_words=0.7, stale=0.0)
    return Gathered(QUERY, frozenset({answer.passage.id}), [other, answer])


def test_what_right_clauses_have_more_of_weighs_more():
    better = train_ranker([gathered(right=0.9, wrong=0.2)] * 4, FLAT)
    worse = train_ranker([gathered(right=0.2, wrong=0.9)] * 4, FLAT)
    assert better.weights["coverage"] > 0.1
    assert worse.weights["coverage"] < -0.1


def test_a_second_passage_that_answers_is_no_wrong_one():
    one = gathered(right=0.9, wrong=0.2)
    both = Gathered(QUERY, frozenset(found.passage.id for found in one.hits), one.hits)
    assert train_ranker([one] * 4 + [both], FLAT) == train_ranker([one] * 4, FLAT)


def test_questions_are_asked_again_as_of_texts_that_are_new(tmp_path, tools):
    texts = {"law": ("社区组织办法", "全国", ["备案由街道办事处办理。", "活动资金不少于三万元。"])}
    asked = {"law": [("备案找谁", "备案由街道办事处办理。"), ("要多少资金", "活动资金不少于三万元。")] * 10}
    with opened_library(tmp_path, tools, texts, asked) as index:
        made = examples(index, understanding(tools), keep=lambda at: at < 20)
        everything = frozenset(range(20))
        again = [one for one in made if one.leave_out == everything]
        assert 20 < len(made) < 40 and again
        assert {one.right for one in again} == {one.right for one in made}
        retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
        gathered = gather(retriever, [again[0]], progress=silent)[0]
        assert all(found.reasons["unasked"] == 1.0 for found in gathered.hits)
        assert all(found.reasons["asked_words"] == 0.0 for found in gathered.hits)


def test_what_all_hits_of_a_question_share_gets_no_weight_and_rules_keep_theirs():
    weights = train_ranker([gathered(right=0.9, wrong=0.2)] * 4, FLAT).weights
    assert weights == {"coverage": weights["coverage"]} | PINNED


def test_questions_whose_answer_was_not_found_or_is_elsewhere_teach_nothing():
    lost = Gathered(QUERY, frozenset({"nowhere"}), gathered(right=0.2, wrong=0.9).hits)
    abroad = Gathered(
        QUERY, frozenset({hit("甲", start=0).passage.id}), [hit("乙", start=5, rejected="外地"), hit("甲")]
    )
    taught = [gathered(right=0.9, wrong=0.2)] * 4
    assert train_ranker([*taught, lost, abroad], FLAT) == train_ranker(taught, FLAT)


def test_weights_are_written_as_they_are_read(tmp_path):
    write_weights(tmp_path / "ranker.json", {"weights": {"coverage": 1.5}})
    assert Ranker.load(tmp_path / "ranker.json") == Ranker({"coverage": 1.5})
    assert json.loads((tmp_path / "ranker.json").read_text("utf-8")) == {"weights": {"coverage": 1.5}}
