"""ingest.train_judge: what the judge learns from a few invented questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answering import asking, document, hit, opened_library, understanding
from small_home import silent

from assistant.evidence import Evidence
from assistant.index import Index
from assistant.judge import Judge
from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from assistant.tools import Tools
from assistant.trees import Trees
from ingest.corpus import GAPS, HEARD
from ingest.train_judge import MAX_FALSE_REFUSALS, curve, train_judge
from ingest.training_cases import ELSEWHERE, Case, Material
from ingest.training_newcomers import NewQuestion

WHO = "备案由街道办事处办理。"
TEXTS = {
    "law": ("社区组织办法", "全国", [WHO, "活动资金不少于三万元。"]),
    "sichuan": ("四川补贴办法", "四川省", ["孵化补贴每家两万元。"]),
}
HALF = 200  # invented cases of each kind: enough for leaves of `LEAST_CASES`
QUESTIONS = {
    "law": [("备案找谁", WHO), ("备案一次管几年", "")],
    "sichuan": [("孵化补贴多少钱", "孵化补贴每家两万元。")],
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Index]:
    with opened_library(tmp_path_factory.mktemp("judge"), tools, TEXTS, QUESTIONS) as opened:
        yield opened


@pytest.fixture
def material(index: Index, tools: Tools) -> Material:
    retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
    return Material(retriever, understanding(tools))


@pytest.fixture
def evidence(index: Index) -> Evidence:
    return Evidence(index, {})


def asked(tools: Tools, number: int, *, like: float, answered: bool, kind: str) -> Case:
    """A case whose best hit is as like a known question as told; each says a word of its own."""
    query = asking(tools, f"请讲备案螺{chr(0x4E00 + number)}丝")
    held = hit(WHO, of=document("law", title="社区组织办法"), asked_words=like, asked_dense=like)
    return Case(kind, f"g{number}", query, [held], [], answered)


@pytest.fixture
def cases(tools: Tools) -> list[Case]:
    """As many answerable as not; how like a known question decides, with some doubt in the middle."""
    likes = np.linspace(0.5, 1.0, HALF)
    return [
        *(asked(tools, n, like=float(likes[n]), answered=True, kind="fresh") for n in range(HALF)),
        *(
            asked(tools, HALF + n, like=float(likes[n]) - 0.45, answered=False, kind="nowhere")
            for n in range(HALF)
        ),
    ]


@pytest.fixture
def trained(cases, evidence) -> dict[str, object]:
    return train_judge(cases, evidence)


def judge(trained) -> Judge:
    return Judge(
        Trees.of(trained["trees"]), trained["threshold"], trained["threshold_new"], trained["harmless"]
    )


def test_it_learns_what_tells_answered_from_unanswered(trained, cases, evidence):
    learned = judge(trained)
    told = {one.text: learned.probability(evidence(one.query, one.basis)) for one in cases}
    assert min(told[f"g{n}"] for n in range(HALF // 2, HALF)) > 0.8
    assert max(told[f"g{HALF + n}"] for n in range(HALF // 2)) < 0.2
    assert trained["n"] == 2 * HALF


def test_a_feature_that_never_varied_decides_nothing(trained):
    trees = Trees.of(json.loads(json.dumps(trained["trees"])))
    decides = trees.left != np.arange(len(trees.left))
    looked_at = {trees.names[at] for at in trees.feature[decides]}
    assert "has_ways" in trees.names and "has_ways" not in looked_at
    assert looked_at & {"asked_words", "asked_dense"}


def test_the_threshold_refuses_no_more_fresh_questions_than_allowed(trained):
    refused = trained["refused"]
    assert refused["fresh"]["n"] == refused["nowhere"]["n"] == HALF
    assert refused["fresh"]["share"] <= MAX_FALSE_REFUSALS + 1.5 / HALF
    assert refused["nowhere"]["share"] > 0.5
    assert 0.0 < trained["threshold"] < 1.0
    assert trained["threshold_new"] == trained["threshold"]  # no question is about an added law


def test_added_laws_have_a_threshold_of_their_own(cases, evidence):
    """The surer half of the answerable ones is about added laws: a tenth of them may be refused."""
    mixed = [replace(one, kind="new") if HALF // 2 <= n < HALF else one for n, one in enumerate(cases)]
    trained = train_judge(mixed, evidence)
    refused = trained["refused"]["new"]
    assert trained["threshold_new"] > trained["threshold"]
    assert refused["n"] == HALF // 2


def test_the_same_cases_teach_the_same_judge(cases, evidence, trained):
    assert train_judge(cases, evidence) == trained


def test_words_heard_once_are_not_everyday_speech(trained, cases, evidence):
    own = evidence.unsaid_words(cases[0].query, cases[0].basis[0])
    assert own
    assert all(heard >= 2 for heard in trained["harmless"].values())
    shared = frozenset.intersection(*(evidence.unsaid_words(c.query, c.basis[0]) for c in cases[:HALF]))
    assert {word: trained["harmless"][word] for word in shared} == dict.fromkeys(shared, HALF)


def test_no_case_is_told_by_its_own_words(tools, cases, index):
    """A word that only one answerable question says is as particular there as in any other."""
    evidence = Evidence(index, {})
    train_judge(cases, evidence)  # leaves the words it heard behind
    one = cases[0]
    own = evidence.unsaid_words(one.query, one.basis[0])
    fresh = Evidence(index, {word: n - 1 for word, n in evidence.harmless.items() if word in own})
    known = evidence(one.query, one.basis, own=own)
    assert known["particular"] == pytest.approx(fresh(one.query, one.basis)["particular"])
    assert known["particular"] > evidence(one.query, one.basis)["particular"]


def test_the_curve_counts_what_is_answered_rightly():
    points = curve(np.asarray([0.9, 0.8, 0.3, 0.6]), np.asarray([True, True, True, False]))
    assert [point["threshold"] for point in points] == [round(0.05 * n, 2) for n in range(1, 20)]
    by = {point["threshold"]: point for point in points}
    assert by[0.5] == {"threshold": 0.5, "answered": 0.75, "precision": 0.6667, "recall": 0.6667}
    assert by[0.95] == {"threshold": 0.95, "answered": 0.0, "precision": 1.0, "recall": 0.0}
    assert curve(np.asarray([0.9]), np.asarray([False]))[0]["recall"] == 0.0


def records(corpus: Path, where: str, *lines: tuple[str, str | None]) -> None:
    """A file of written questions with the region they are asked from."""
    written = (json.dumps({"questions": [q], "region": r}, ensure_ascii=False) for q, r in lines)
    (corpus / where).mkdir(parents=True)
    (corpus / where / "people.jsonl").write_text("\n".join(written), "utf-8")


def test_written_questions_become_cases(tmp_path, material):
    records(tmp_path, ELSEWHERE, ("孵化补贴几号到账", None), ("备案找谁盖章", "吉林"))
    told = [
        (one.kind, one.text, one.query.region, one.answered)
        for one in material.written(tmp_path, progress=silent)
    ]
    assert list(dict.fromkeys(told)) == [  # some are asked a second time, as of new texts
        ("people", "孵化补贴几号到账", None, False),
        ("people", "孵化补贴几号到账", "四川省", False),  # asked again from where the best match applies
        ("people", "备案找谁盖章", "吉林省", False),
    ]


def test_rules_of_other_regions_are_kept_apart(tmp_path, material):
    records(tmp_path, GAPS, ("孵化补贴几号到账", "吉林"), ("国家规定孵化补贴多少", "吉林"))
    first = {one.text: one for one in reversed(material.written(tmp_path, progress=silent))}
    local, national = first["孵化补贴几号到账"], first["国家规定孵化补贴多少"]
    assert {found.document.id for found in local.basis} <= {"law"}
    assert {found.document.id for found in local.others} == {"sichuan"}
    assert national.others == []


def test_answerable_questions_are_asked_again_as_of_new_texts(tmp_path, material):
    records(tmp_path, HEARD, *[("备案上哪办", None)] * 40)
    cases = material.written(tmp_path, progress=silent)
    hidden = [one for one in cases if one.kind == "hidden"]
    assert len(cases) - len(hidden) == 40 and 0 < len(hidden) < 40
    assert all(one.answered for one in cases)
    assert {one.leave_out for one in hidden} <= {frozenset(s) for s in ((), (0, 1), (2,), (0, 1, 2))}  # texts
    assert any(one.leave_out == {0, 1} for one in hidden)  # the law asked about, and no other
    assert any(one.leave_out for one in hidden)
    assert all(found.asked not in one.leave_out for one in hidden for found in one.basis)


def test_no_question_meets_itself_in_the_index(tmp_path, material, index):
    """A known gap is asked as if only the others were known, a way of asking likewise."""
    records(tmp_path, GAPS, ("备案一次管几年", None))
    records(tmp_path, HEARD, ("备案找谁", None))
    known = {one.text: one for one in reversed(material.written(tmp_path, progress=silent))}
    gap, way = known["备案一次管几年"], known["备案找谁"]
    assert {index.question_texts[at] for one in (gap, way) for at in one.leave_out} >= {gap.text, way.text}
    assert all(found.reasons["gap_words"] == 0.0 for found in gap.basis)
    assert any(found.reasons["gap_words"] > 0.0 for found in way.basis)
    assert all(found.asked not in way.leave_out for found in way.basis)


def test_nothing_written_makes_no_cases(tmp_path, material):
    records(tmp_path, GAPS)
    assert material.written(tmp_path, progress=silent) == []
    assert material.foreign([]) == []


def test_questions_of_other_fields_are_asked_from_a_province(material):
    (one,) = material.foreign(["承租人" * 200])
    assert (one.kind, one.answered, len(one.query.question)) == ("foreign", False, 300)
    assert one.query.region


def test_local_rules_are_asked_for_from_elsewhere(material):
    (one,) = material.abroad()
    assert (one.kind, one.text, one.answered) == ("abroad", "孵化补贴多少钱", False)
    assert one.query.region != "四川省"
    assert all(found.asked not in one.leave_out for found in [*one.basis, *one.others])


def test_a_question_about_an_added_law_is_answered_and_not_without_its_article(material, index):
    law = {p.text: p.id for p in index.snapshot.passages(range(3)) if p.document_id == "law"}
    who = NewQuestion("备案归谁办理", "吉林省", frozenset({law[WHO]}))
    alone = NewQuestion("孵化补贴多少", "四川省", frozenset({"sichuan#0-11"}))
    cases = material.new([who, alone], progress=silent)
    new, lacking = (one for one in cases if one.text == who.text)
    assert (new.kind, new.answered) == ("new", True)
    assert {found.passage.id for found in new.basis} >= {law[WHO]}
    assert (lacking.kind, lacking.answered) == ("lacking", False)
    assert law[WHO] not in {found.passage.id for found in lacking.basis}
    assert lacking.basis[0].document.id == "law"
    # its law has no other clause: what then comes first is another text, which may say the same
    assert [one.kind for one in cases if one.text == alone.text] == ["new"]
