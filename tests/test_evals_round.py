"""The real command from outside: killed, stopped, gone on with, and run twice."""

import json
import signal
import subprocess
import sys
import time

import pytest
from small_home import ROOT, clean_environment

WORDS = ("备案要几个人", "登记要多少会员", "活动资金要多少", "场地有补贴吗", "找哪个街道", "明天下雨吗")
QUESTIONS = 4_000  # so many that a signal which comes seconds late, on a busy machine, still comes midway


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    path = tmp_path_factory.mktemp("round") / "q.jsonl"
    records = [
        {"id": f"q{n}", "question": f"{WORDS[n % len(WORDS)]}？{n}", "key_facts": [["十人", "10人"]]}
        for n in range(QUESTIONS)
    ]
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


@pytest.fixture
def start(questions, small_home, encoder_folder):
    """Start `evals run` into a folder; `seed` is Python's own for hashing, which orders sets."""

    def begin(out, *, seed):
        options = ["--questions", questions, "--out", out, "--home", small_home, "--as-of", "2026-11-21"]
        # Without git the run states no commit: the tree may get another one while this goes on.
        env = {"ASSISTANT_ENCODER": str(encoder_folder), "PYTHONHASHSEED": seed, "PATH": ""}
        return subprocess.Popen(
            [sys.executable, "-m", "evals", "run", *map(str, options)],
            cwd=ROOT,
            env=clean_environment() | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def count(out):
    results = out / "results.jsonl"
    return results.read_bytes().count(b"\n") if results.exists() else 0


def stop_midway(process, out, *, after, how):
    """Send a signal once `after` rows are written; returns what the process said."""
    deadline = time.monotonic() + 120
    while count(out) < after:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(how)
    return process.communicate(timeout=60)[1]


def finish(process):
    said = process.communicate(timeout=240)
    assert process.returncode == 0, said
    return said


def rows(out):
    """Rows without what is measured by a clock."""
    lines = (out / "results.jsonl").read_text("utf-8").splitlines()
    return [
        {name: value for name, value in json.loads(line).items() if name not in ("timings_ms", "latency_ms")}
        for line in lines
    ]


def summary(out):
    found = json.loads((out / "summary.json").read_text("utf-8"))
    return {name: found[name] for name in found if name not in ("latency_ms", "stages_ms", "speed")}


@pytest.mark.slow
def test_killed_and_stopped_runs_end_as_one_that_was_left_alone(start, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    finish(start(whole, seed="1"))
    killed = start(broken, seed="2")
    stop_midway(killed, broken, after=5, how=signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    kept = count(broken)
    assert 5 <= kept < QUESTIONS
    stopped = start(broken, seed="3")
    said = stop_midway(stopped, broken, after=kept + 5, how=signal.SIGINT)
    assert stopped.returncode == 130
    assert "原样再跑" in said
    assert "Traceback" not in said
    assert not (broken / "summary.json").exists()
    finish(start(broken, seed="4"))
    assert [row["id"] for row in rows(broken)] == [f"q{n}" for n in range(QUESTIONS)]
    assert rows(broken) == rows(whole)
    assert summary(broken) == summary(whole)
    assert summary(whole)["calibration"]["n"] > 0
    assert sorted(path.name for path in broken.iterdir()) == [
        "answers.xlsx",
        "report.html",
        "results.jsonl",
        "run.json",
        "summary.json",
    ]
