import json
import re

import pytest
from evals_fakes import LINES, RECORDS, FakeAssistant, answered, finished_run
from small_home import ROOT

from evals.baseline import keep_baseline
from evals.compare import Gate, compare
from evals.rundir import RunFolder, RunFolderError

SOUND = [record for record in RECORDS if record["id"] != "d"]


class Worse(FakeAssistant):
    def ask(self, question, **options):
        return answered(question, LINES[1])


@pytest.fixture
def kept(tmp_path):
    keep_baseline(finished_run(tmp_path / "a", records=SOUND), tmp_path / "kept")
    return RunFolder(tmp_path / "kept")


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_keeping_the_same_answers_again_changes_no_byte(tmp_path, kept):
    before = bytes_of(kept.path)
    keep_baseline(finished_run(tmp_path / "b", records=SOUND), kept.path)
    assert bytes_of(kept.path) == before
    assert sorted(before) == ["results.jsonl", "summary.json"]


def test_a_baseline_holds_no_times_and_no_place_of_this_machine(tmp_path, kept):
    text = "".join(data.decode() for data in bytes_of(kept.path).values())
    for word in ("_ms", "seconds", "machine", "commit", 'hits": [', str(tmp_path)):
        assert word not in text


def test_a_run_is_gated_against_the_baseline_as_against_the_whole_run(tmp_path, kept):
    same = finished_run(tmp_path / "same", records=SOUND)
    worse = finished_run(tmp_path / "worse", records=SOUND, assistant=Worse())
    gates = [Gate.parse("exact_correct:0.01"), Gate.parse("refusal_recall")]
    assert compare(kept, same).failed(gates) == []
    assert compare(kept, same).notes == ()
    found = compare(kept, worse)
    assert len(found.failed(gates)) == 2
    assert found.figures()["newly_wrong"] == compare(same, worse).figures()["newly_wrong"] == ["a", "c"]


def test_a_run_with_errors_is_no_baseline(tmp_path):
    with pytest.raises(RunFolderError, match="1 题运行出错"):
        keep_baseline(finished_run(tmp_path), tmp_path / "kept")


def test_the_committed_baseline_is_of_the_committed_questions():
    """`make gate` compares by id and wording: a question changed without `make baseline` would go unguarded."""
    asked = [
        json.loads(line)
        for path in (ROOT / "evals" / "questions").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    rows = list(RunFolder(ROOT / "evals" / "baselines" / "dev").rows())
    assert {(row.question.id, row.question.question) for row in rows} <= {
        (one["id"], one["question"]) for one in asked
    }
    assert len(rows) > 450


def test_the_makefile_gates_on_measures_that_the_baseline_has():
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    rules = re.search(r"^GATE_RULES := (.+)$", makefile, re.MULTILINE)[1].split()
    measures = {Gate.parse(rule).measure for rule in rules}
    assert "exact_correct" in measures
    assert measures <= set(RunFolder(ROOT / "evals" / "baselines" / "dev").summary()["measures"])
