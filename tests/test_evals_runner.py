import json
import tracemalloc
from dataclasses import replace

import pytest
from evals_fakes import LINES, TEXT, FakeAssistant, answered, citation, finished_run, write_questions

from assistant.config import Settings
from assistant.domain import Answer, AnswerStatus
from evals.dataset import Question, read_questions
from evals.job import Job, evaluate, run_job
from evals.rows import Row
from evals.rundir import RunFolder, RunFolderError
from evals.runner import RunOptions, answer_rows, write_rows
from evals.scoring import score, verbatim_flags
from evals.summary import told_verdicts


@pytest.fixture
def job(tmp_path):
    return Job(
        questions=write_questions(tmp_path / "q.jsonl"), out=tmp_path / "out", home=tmp_path / "home", hits=3
    )


def run(job, assistant=None):
    settings = Settings(home=job.home)
    return evaluate(job, read_questions(job.questions), assistant or FakeAssistant(), settings=settings)


def rows(job):
    return [json.loads(line) for line in (job.out / "results.jsonl").read_text("utf-8").splitlines()]


def without_times(row):
    return {key: value for key, value in row.items() if key not in ("timings_ms", "latency_ms")}


def test_rows_keep_order_scores_and_failures(job):
    run(job)
    found = rows(job)
    assert [row["id"] for row in found] == list("abcde")
    a, b, c, d, e = found
    assert a["scores"]["exact_correct"] == a["scores"]["correct"] == a["scores"]["right_clause"] == 1.0
    assert a["scores"]["forbidden"] == 0.0
    assert a["region"] == "四川"
    assert [hit["rank"] for hit in a["hits"]] == [1, 2, 3]
    assert b["scores"]["key_fact_recall"] == 0.5
    assert b["scores"]["exact_correct"] == 0.0
    assert c["status"] == "no_evidence"
    assert c["scores"]["refusal_recall"] == c["scores"]["correct"] == 1.0
    assert d["status"] == "error"
    assert "坏了" in d["error"]
    assert d["scores"]["error"] == 1.0
    assert "correct" not in e["scores"]
    assert [row["cause"] for row in found] == ["", "引对条款但要点不全", "", "运行出错", ""]


def test_rows_read_back_hold_question_and_gold(job):
    run(job)
    questions = read_questions(job.questions).questions
    found = list(RunFolder(job.out).rows())
    assert [row.question for row in found] == list(questions)
    assert isinstance(found[0], Row)
    assert found[0].citations[0].source == "《测试办法》"
    assert found[0].hits[0].rank == 1


def test_unexpected_exception_is_a_row_not_the_end():
    [row] = answer_rows([Question("x", "崩")], FakeAssistant(), options=RunOptions())
    assert row["status"] == "error"
    assert row["error"] == "RuntimeError: boom"


def test_region_option_is_for_questions_without_one():
    questions = [Question("x", "备案", region="吉林"), Question("y", "备案")]
    found = list(answer_rows(questions, FakeAssistant(), options=RunOptions(region="天津")))
    assert [row["region"] for row in found] == ["吉林", "天津"]


def test_summary_counts_and_groups(job):
    summary = run(job)
    assert summary["n"] == 5
    assert summary["statuses"] == {"answered": 2, "error": 1, "no_evidence": 2}
    assert summary["measures"]["exact_correct"]["n"] == 2
    assert summary["measures"]["exact_correct"]["value"] == 0.5
    assert summary["measures"]["error"]["value"] == 0.2
    assert summary["by"]["region"]["四川"]["exact_correct"]["value"] == 1.0
    assert summary["by"]["region"]["未选地区"]["exact_correct"]["value"] == 0.0
    assert set(summary["by"]["type"]) == {"number"}
    assert summary["data"]["labelled"] == 4
    assert summary["run"]["questions_sha256"] == summary["data"]["sha256"]
    assert json.loads((job.out / "summary.json").read_text("utf-8")) == summary


def test_verdicts_told_add_up_to_the_questions(job):
    summary = run(job)
    assert summary["verdicts"] == {"对": 2, "部分": 1}
    assert told_verdicts(summary) == {"对": 2, "部分": 1, "未判": 2}
    assert told_verdicts({"verdicts": {}, "n": 3}) == {}
    assert told_verdicts({"verdicts": {"对": 3}, "n": 3}) == {"对": 3}


def test_run_says_verdicts_and_own_columns(tmp_path, small_home, encoder_folder, monkeypatch):
    monkeypatch.setenv("ASSISTANT_ENCODER", str(encoder_folder))
    records = [{"question": "今天天气怎么样", "answerable": False, "社区": "幸福"}, {"question": "备案找谁"}]
    said = []
    questions = write_questions(tmp_path / "q.jsonl", records)
    run_job(Job(questions=questions, out=tmp_path / "out", home=small_home), say=said.append)
    assert said[0] == "题集里自己的列（社区）不参加判分，附在 answers.xlsx 明细表的最后。"
    assert said[-1].startswith("跑完 2 题：对 1、未判 1。")


def test_summary_says_how_it_was_made_and_no_secret(job):
    settings = Settings(home=job.home, llm_base_url="http://m", llm_model="m", llm_api_key="sk-SECRET")
    made = evaluate(job, read_questions(job.questions), FakeAssistant(), settings=settings)
    assert (made["run"]["mode"], made["run"]["settings"]["llm_model"]) == ("llm", "m")
    assert run(replace(job, out=job.out / "other"))["run"]["mode"] == "extractive"
    for path in job.out.glob("*.*"):
        assert b"sk-SECRET" not in path.read_bytes()
    assert str(job.home) not in (job.out / "summary.json").read_text("utf-8")


class Dies(FakeAssistant):
    """Stops the process's run in the middle, as a kill would between two rows."""

    def ask(self, question, **options):
        if "天气" in question:
            raise KeyboardInterrupt
        return super().ask(question, **options)


def test_interrupted_run_goes_on_and_gives_the_same_file(job, tmp_path):
    other = Job(questions=job.questions, out=tmp_path / "whole", home=job.home, hits=3)
    run(other)
    with pytest.raises(KeyboardInterrupt):
        run(job, Dies())
    assert not (job.out / "summary.json").exists()
    assert [row["id"] for row in rows(job)] == ["a", "b"]
    with (job.out / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "c", "quest')  # torn by kill -9
    assistant = FakeAssistant()
    run(job, assistant)
    assert len(assistant.asked) == 3
    assert [without_times(row) for row in rows(job)] == [without_times(row) for row in rows(other)]


def test_interrupted_run_of_other_settings_is_not_continued(job):
    with pytest.raises(KeyboardInterrupt):
        run(job, Dies())
    changed = Job(questions=job.questions, out=job.out, home=job.home, hits=2)
    with pytest.raises(RunFolderError, match="--restart"):
        run(changed)
    again = Job(questions=job.questions, out=job.out, home=job.home, hits=2, restart=True)
    assert run(again)["n"] == 5


def test_finished_run_is_begun_anew(job):
    run(job)
    assistant = FakeAssistant()
    run(job, assistant)
    assert len(assistant.asked) == 5
    assert len(rows(job)) == 5


def test_two_runs_give_the_same_rows(job):
    run(job)
    first = [without_times(row) for row in rows(job)]
    run(job)
    assert [without_times(row) for row in rows(job)] == first


def test_out_that_is_a_file_is_refused(job, tmp_path):
    job.out.write_text("x", "utf-8")
    with pytest.raises(RunFolderError, match="--out"):
        run(job)


def test_full_disk_is_said(job):
    job.out.mkdir()
    (job.out / "results.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunFolderError, match="磁盘空间"):
        write_rows(job.out / "results.jsonl", [{"id": "a"}], on_row=print)


def test_damaged_results_are_refused_with_their_line(job):
    run(job)
    results = job.out / "results.jsonl"
    results.write_bytes(results.read_bytes()[:-300] + b"\xff\n")
    with pytest.raises(RunFolderError, match="第 5 行"):
        list(RunFolder(job.out).rows())


def test_ids_never_become_file_names(tmp_path):
    out = finished_run(tmp_path, records=[{"id": "../../away", "question": "备案"}]).path
    written = sorted(path.name for path in out.iterdir())
    assert written == ["answers.xlsx", "report.html", "results.jsonl", "run.json", "summary.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "q.jsonl"]


def test_verbatim_flags_catch_a_moved_quote():
    good, moved = citation(LINES[1]), citation(LINES[1], text="前面" + TEXT)
    assert verbatim_flags([good, moved], lambda _: TEXT) == [True, False]


def test_refused_answer_is_never_exactly_correct_by_chance():
    question = Question("x", "要几人", key_facts=(("10人",),), answerable=True)
    refused = Answer(AnswerStatus.NO_EVIDENCE, "没有找到不少于十人的依据。", "要几人", None)
    assert score(question, refused, hits=[], verbatim=[])["exact_correct"] == 0.0
    assert score(question, answered("要几人", LINES[0]), hits=[], verbatim=[True])["exact_correct"] == 1.0


def test_forbidden_words_spoil_an_answer():
    question = Question("x", "要几人", key_facts=(("10人",),), must_not=("十人",))
    scores = score(question, answered("要几人", LINES[0]), hits=[], verbatim=[True])
    assert (scores["forbidden"], scores["exact_correct"], scores["key_fact_recall"]) == (1.0, 0.0, 1.0)


class Wordy(FakeAssistant):
    """Finds passages of 10,000 characters for every question and never answers."""

    def ask(self, question, **options):
        return Answer(AnswerStatus.NO_EVIDENCE, "没有依据。", question, None)

    def search(self, question, **options):
        return [
            replace(hit, passage=replace(hit.passage, text="长" * 10_000))
            for hit in super().search(question, **options)
        ]


def peak_of_run(folder, n):
    """Peak bytes of a whole run of n questions, reports included."""
    tracemalloc.start()
    try:
        finished_run(
            folder, records=[{"id": f"q{i}", "question": "天气"} for i in range(n)], assistant=Wordy()
        )
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(tmp_path):
    peak_of_run(tmp_path / "warm", 5)
    few, many = peak_of_run(tmp_path / "few", 20), peak_of_run(tmp_path / "many", 120)
    # a hundred rows more, of 60 kB each at least; what stays of one is its id, scores and line of the sheet
    assert many - few < 100 * 60_000 / 10
