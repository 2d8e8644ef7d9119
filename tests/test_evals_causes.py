from dataclasses import replace

import pytest
from evals_fakes import LINES, FakeAssistant, answered, citation, finished_run

from assistant.domain import Answer, AnswerStatus, DocumentStatus, Notice, NoticeKind, Point
from evals.causes import Cause, cause_of
from evals.labels import UnknownQuote, unknown_quotes
from evals.scoring import jurisdiction_violation, validity_violation

ANSWERED = answered("问", LINES[0])
REFUSED = Answer(AnswerStatus.NO_EVIDENCE, "没有依据。", "问", None)


@pytest.mark.parametrize(
    ("answer", "scores", "cause"),
    [
        (ANSWERED, {}, ""),
        (ANSWERED, {"correct": 1.0}, ""),
        (ANSWERED, {"correct": 0.0, "refusal_recall": 0.0}, Cause.NOT_REFUSED),
        (REFUSED, {"correct": 0.0, "false_refusal": 1.0, "MRR": 0.5}, Cause.FOUND_REFUSED),
        (REFUSED, {"correct": 0.0, "false_refusal": 1.0, "MRR": 0.0}, Cause.NOT_FOUND_REFUSED),
        (REFUSED, {"correct": 0.0, "false_refusal": 1.0}, Cause.REFUSED),
        (ANSWERED, {"correct": 0.0, "forbidden": 1.0, "right_clause": 0.0}, Cause.FORBIDDEN),
        (ANSWERED, {"correct": 0.0, "right_clause": 0.0, "MRR": 0.1}, Cause.NOT_CITED),
        (ANSWERED, {"correct": 0.0, "right_clause": 0.0, "MRR": 0.0}, Cause.NOT_FOUND),
        (ANSWERED, {"correct": 0.0, "right_clause": 0.0}, Cause.WRONG_CLAUSE),
        (ANSWERED, {"correct": 0.0, "right_clause": 1.0, "key_fact_recall": 0.5}, Cause.FACTS_MISSING),
        (ANSWERED, {"correct": 0.0, "key_fact_recall": 0.5}, Cause.FACTS_ELSEWHERE),
        (ANSWERED, {"correct": 0.0, "right_clause": 1.0}, Cause.STATUS),
        (Answer(AnswerStatus.ERROR, "", "问", None), {"correct": 0.0}, Cause.ERROR),
    ],
)
def test_cause_is_the_first_stage_that_failed(answer, scores, cause):
    assert cause_of(answer, scores) == cause


def resting_on(region, *, asker, named=()):
    cited = replace(citation(LINES[0]), region=region)
    points, explain = (Point("要点", (1,)),), {"named_regions": list(named)}
    return Answer(AnswerStatus.ANSWERED, "", "问", asker, points=points, citations=(cited,), explain=explain)


@pytest.mark.parametrize(
    ("region", "asker", "named", "violation"),
    [
        ("全国", "四川省", (), 0.0),
        ("四川省", "四川省成都市", (), 0.0),
        ("吉林省", "四川省", (), 1.0),
        ("吉林省", None, (), 1.0),
        ("吉林省", "四川省", ("吉林省",), 0.0),
    ],
)
def test_jurisdiction_violation(region, asker, named, violation):
    assert jurisdiction_violation(resting_on(region, asker=asker, named=named)) == violation


def test_violations_do_not_apply_to_refusals():
    assert jurisdiction_violation(REFUSED) is None
    assert validity_violation(REFUSED) is None


def test_validity_violation_needs_a_notice():
    expired = replace(citation(LINES[0]), status=DocumentStatus.EXPIRED)
    answer = replace(ANSWERED, citations=(expired,))
    assert validity_violation(answer) == 1.0
    assert validity_violation(replace(answer, notices=(Notice(NoticeKind.VALIDITY, "实施期已满"),))) == 0.0
    assert validity_violation(ANSWERED) == 0.0


def test_gold_quotes_that_no_document_holds_are_reported(tmp_path):
    records = [
        {"id": "a", "question": "备案", "gold_quotes": [LINES[0], "谁也没写过的一句话。"]},
        {"id": "b", "question": "没有", "gold_quotes": ["备案由街道\n办事处办理"]},
    ]
    folder = finished_run(tmp_path, records=records)
    assert unknown_quotes(folder.rows(), FakeAssistant()) == [UnknownQuote("a", "谁也没写过的一句话。")]
    assert folder.summary()["data"]["unknown_quotes"] == [{"id": "a", "quote": "谁也没写过的一句话。"}]
