import json

import pytest
from evals_fakes import LINES, FakeAssistant, answered, finished_run
from openpyxl import load_workbook

from evals.agreement import cohen_kappa, sign_test
from evals.compare import CompareError, Gate, Mean, compare
from evals.compare_report import verdict_on, write_comparison
from evals.rundir import RunFolder, RunFolderError

RECORDS = [
    {
        "id": f"q{n}",
        "question": f"备案 {n}",
        "key_facts": [["10人"]],
        "gold_quotes": [LINES[0]],
        "answerable": True,
    }
    for n in range(10)
]


class Forgetful(FakeAssistant):
    """Cites the wrong line for the first three questions."""

    def ask(self, question, **options):
        if question[-1] in "012":
            return answered(question, LINES[1])
        return super().ask(question, **options)


class Lost(FakeAssistant):
    def ask(self, question, **options):
        return answered(question, LINES[1])


@pytest.fixture
def runs(tmp_path):
    good = finished_run(tmp_path / "good", records=RECORDS)
    bad = finished_run(tmp_path / "bad", records=RECORDS, assistant=Forgetful())
    return good, bad


def change(comparison, name):
    return next(c for c in comparison.changes if c.measure == name)


def test_compare_counts_what_turned(runs):
    good, bad = runs
    comparison = compare(good, bad)
    figures = comparison.figures()
    assert figures["newly_wrong"] == figures["citations_changed"] == ["q0", "q1", "q2"]
    assert figures["newly_right"] == figures["only_in_a"] == figures["status_changed"] == []
    exact = change(comparison, "exact_correct")
    assert (exact.before, exact.after, exact.better, exact.worse, exact.n) == (1.0, 0.7, 0, 3, 10)
    assert exact.difference.value == pytest.approx(-0.3)
    assert exact.p_value == 0.25  # 2 · (1/2)³
    assert verdict_on(exact) == "看不出差别"  # 3 of 10 may be chance
    assert verdict_on(change(comparison, "false_refusal")) == "看不出差别"
    assert compare(bad, good).figures()["newly_right"] == ["q0", "q1", "q2"]


def test_a_difference_beyond_chance_is_called_one(tmp_path, runs):
    lost = finished_run(tmp_path / "lost", records=RECORDS, assistant=Lost())
    assert verdict_on(change(compare(runs[0], lost), "exact_correct")) == "变差"
    assert verdict_on(change(compare(lost, runs[0]), "exact_correct")) == "变好"
    assert verdict_on(change(compare(lost, runs[0]), "answer_chars")) == "有变化"


class Refusing(FakeAssistant):
    """Refuses what ends in one of these digits."""

    def __init__(self, digits):
        super().__init__()
        self.digits = digits

    def ask(self, question, **options):
        asked = "天气" if question[-1] in self.digits else question
        return super().ask(asked, **options)


def test_means_of_refusals_are_those_of_the_runs_own_summaries(tmp_path):
    records = [{"id": f"q{n}", "question": f"备案 {n}", "answerable": n > 2} for n in range(8)]
    runs = [
        finished_run(tmp_path / digits, records=records, assistant=Refusing(digits))
        for digits in ("0134", "01234")
    ]
    one = change(compare(*runs), "refusal_precision")
    assert (one.n, one.before, one.after) == (4, 0.5, 0.5)
    assert one.before_alone == Mean(0.5, 4)
    assert one.after_alone == Mean(0.6, 5)
    for run, mean in zip(runs, (one.before_alone, one.after_alone), strict=True):
        own = run.summary()["measures"]["refusal_precision"]
        assert (own["value"], own["n"]) == (mean.value, mean.n)
    write_comparison(compare(*runs), tmp_path / "c")
    lines = load_workbook(tmp_path / "c" / "compare.xlsx")["指标变化"].iter_rows(values_only=True)
    assert next(line for line in lines if str(line[0]).startswith("拒得对"))[1:5] == (0.5, 4, 0.6, 5)
    assert "60.0% <span class='n'>n=5</span>" in (tmp_path / "c" / "compare.html").read_text("utf-8")


def test_a_shorter_answer_is_neither_better_nor_worse(tmp_path, runs):
    lost = finished_run(tmp_path / "lost", records=RECORDS, assistant=Lost())
    comparison = compare(runs[0], lost)
    shorter = change(comparison, "answer_chars")
    assert (shorter.better, shorter.worse, shorter.up, shorter.down) == (None, None, 0, 10)
    [told] = [c for c in comparison.figures()["changes"] if c["measure"] == "answer_chars"]
    assert (told["better"], told["worse"], told["down"]) == (None, None, 10)
    write_comparison(comparison, tmp_path / "c")
    lines = load_workbook(tmp_path / "c" / "compare.xlsx")["指标变化"].iter_rows(values_only=True)
    assert next(line for line in lines if line[0] == "答复字数")[9:11] == (None, None)
    assert "<td>增 0、减 10</td>" in (tmp_path / "c" / "compare.html").read_text("utf-8")


def test_gate_fails_only_beyond_its_tolerance(runs):
    comparison = compare(*runs)
    assert comparison.failed([Gate.parse("exact_correct:0.3")]) == []
    [message] = comparison.failed([Gate.parse("exact_correct:0.29")])
    assert "0.3000" in message
    assert compare(*reversed(runs)).failed([Gate.parse("exact_correct")]) == []


def test_gate_on_a_measure_where_less_is_better(runs):
    failed = compare(*runs).failed([Gate.parse("false_refusal:0"), Gate.parse("answer_chars:0")])
    assert failed == []  # line 2 is shorter than line 1


@pytest.mark.parametrize("text", ["nothing:0.1", "exact_correct:-1", "exact_correct:x", "exact_correct:nan"])
def test_gate_written_wrongly_is_refused(text):
    with pytest.raises(CompareError):
        Gate.parse(text)


def test_gate_on_an_unscored_measure_is_a_fault(runs):
    with pytest.raises(CompareError, match="refusal_recall"):
        compare(*runs).failed([Gate.parse("refusal_recall:0")])


def test_runs_of_other_questions_are_refused_and_other_settings_noted(tmp_path, runs):
    other = finished_run(tmp_path / "other", records=[{"id": "x", "question": "备案"}])
    with pytest.raises(CompareError, match="没有相同的题"):
        compare(runs[0], other)
    part = finished_run(tmp_path / "part", records=RECORDS[:4])
    comparison = compare(runs[0], part)
    assert "题集文件不同。" in comparison.notes
    assert len(comparison.only_before) == 6


def test_unfinished_run_is_refused(tmp_path, runs):
    with pytest.raises(RunFolderError):
        compare(runs[0], RunFolder(tmp_path / "nothing"))


def test_comparison_is_written_for_people(tmp_path, runs):
    write_comparison(compare(*runs), tmp_path / "c")
    book = load_workbook(tmp_path / "c" / "compare.xlsx")
    assert [cell.value for cell in book["逐题变化"]["B"]] == ["变化", "新错", "新错", "新错"]
    page = (tmp_path / "c" / "compare.html").read_text("utf-8")
    assert page.count("<details") == 3
    assert (
        "<td>0.0%</td><td>-30.8%～30.8%</td>" in page
    )  # nothing changed in ten: either way up to 1 − 0.025^(1/10)
    assert "-0.0" not in page
    assert "看不出差别" in page


def test_kappa_and_sign_test_by_hand():
    pairs = [("对", "对")] * 20 + [("对", "错")] * 5 + [("错", "对")] * 10 + [("错", "错")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)  # the textbook example: 0.7 observed, 0.5 by chance
    assert cohen_kappa([]) is None
    assert cohen_kappa([("对", "对")]) is None
    assert sign_test(0, 0) == 1.0
    assert sign_test(9, 1) == pytest.approx(22 / 1024)


def test_summary_is_plain_json(runs):
    assert json.loads((runs[0].path / "summary.json").read_text("utf-8"))["n"] == 10
