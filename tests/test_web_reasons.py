import pytest
from web_support import EVIL

from assistant.asked import Asked
from assistant.ranking import Ranker
from assistant.web.admin_wording import ASKED
from assistant.web.reasons import WORDS, Reason, glossary, reasons

RANKER = Ranker({"bm25": 1.0, "coverage": 2.0, "stale": -0.8, "dense": 0.01, "new_thing": 0.5})


def test_every_feature_of_the_shipped_ranking_has_chinese_words():
    counting = {name for name, weight in Ranker.load().weights.items() if weight}
    assert counting <= set(WORDS)
    assert all(word.isascii() is False for words in WORDS.values() for word in words)
    assert len({label for label, _ in WORDS.values()}) == len(WORDS)


def test_every_kind_of_question_has_chinese_words():
    assert set(ASKED) == set(Asked)


def test_strongest_reason_comes_first_and_small_ones_are_left_out():
    found = reasons({"bm25": 0.5, "coverage": 0.9, "stale": 1.0, "dense": 1.0}, score=1.51, ranker=RANKER)
    assert [(reason.label, round(reason.effect, 2)) for reason in found] == [
        ("问到的都提到", 1.8),
        ("已修订、废止，或还没有生效", -0.8),
        ("用词相同", 0.5),
    ]


def test_feature_without_words_counts_among_the_others():
    found = reasons({"bm25": 0.5, "new_thing": 3.0, EVIL: 9.0}, score=2.0, ranker=RANKER)
    assert found[0] == Reason("其他因素", "", 1.5)


def test_estimate_is_what_the_other_features_leave_of_the_score():
    found = reasons({"bm25": 0.9, "coverage": 0.9, "uncharted": 4.0, "stale": 1.0}, score=1.2, ranker=RANKER)
    assert [(reason.label, round(reason.effect, 2)) for reason in found] == [
        ("新加的文件，按内容估计", 2.0),
        ("已修订、废止，或还没有生效", -0.8),
    ]


def test_effects_add_up_to_the_score_of_a_real_search(builtin_assistant):
    for question in ("够不上登记条件的社区社会组织归谁管", "业委会换届要多少人投票"):
        for hit in builtin_assistant.search(question, region="四川", top_k=10):
            found = reasons(hit.reasons, score=hit.score, ranker=Ranker.load())
            assert sum(reason.effect for reason in found) == pytest.approx(hit.score, abs=0.25)


def test_meanings_are_told_once():
    one = Reason("用词相同", "意思", 1.0)
    assert glossary([one, one, Reason("其他因素", "", 1.0)]) == {"用词相同": "意思"}
