import json
import subprocess
import sys
import time

import pytest
from evals_fakes import LINES, FakeAssistant, answered, finished_run
from typer.testing import CliRunner

from evals.cli import app


class Worse(FakeAssistant):
    def ask(self, question, **options):
        return answered(question, LINES[1])


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_help_is_instant_and_loads_nothing_heavy():
    started = time.perf_counter()
    code = "import sys, evals.cli; print([m for m in ('numpy', 'openpyxl', 'torch', 'chromadb') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    assert time.perf_counter() - started < 3


def test_compare_prints_figures_and_gates(tmp_path):
    good, bad = finished_run(tmp_path / "a"), finished_run(tmp_path / "b", assistant=Worse())
    fine = invoke("compare", good.path, good.path, "--fail-if-worse", "exact_correct:0")
    assert fine.exit_code == 0
    assert json.loads(fine.stdout)["newly_wrong"] == []
    gated = invoke(
        "compare", good.path, bad.path, "--fail-if-worse", "exact_correct:0.1", "--out", tmp_path / "c"
    )
    assert gated.exit_code == 1
    assert "完全正确" in gated.stderr
    assert (tmp_path / "c" / "compare.html").exists()


def test_template_never_overwrites(tmp_path):
    path = tmp_path / "t.xlsx"
    assert invoke("template", path).exit_code == 0
    before = path.read_bytes()
    again = invoke("template", path)
    assert again.exit_code == 2
    assert path.read_bytes() == before
    assert invoke("template", tmp_path / "t.csv").exit_code == 2


@pytest.mark.parametrize(
    "options",
    [("--split", "half"), ("--mode", "magic"), ("--as-of", "昨天"), ("--limit", "0"), ("--workers", "0")],
)
def test_bad_options_exit_2(tmp_path, options):
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"question": "甲"}', "utf-8")
    assert invoke("run", "--questions", questions, "--out", tmp_path / "out", *options).exit_code == 2


def evals(*arguments):
    """The command as users start it, where main() turns faults into exit codes."""
    command = [sys.executable, "-m", "evals", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_faults_are_one_chinese_line_and_exit_2(tmp_path):
    folder = finished_run(tmp_path / "run").path
    results = folder / "results.jsonl"
    results.write_bytes(results.read_bytes()[:700])
    faults = {
        "读不到题集": ("run", "--questions", tmp_path / "no.jsonl", "--out", tmp_path / "out"),
        "已损坏": ("compare", folder, folder),
        "没有可读的": ("compare", tmp_path, folder),
        "写不了": ("template", tmp_path / "no" / "t.xlsx"),
        "读不到这个文件": ("score", tmp_path / "no.xlsx"),
        "Missing": ("compare",),
    }
    for words, arguments in faults.items():
        found = evals(*arguments)
        assert (found.returncode, found.stdout) == (2, "")
        assert words in found.stderr
        assert "Traceback" not in found.stderr


def test_an_internal_fault_is_no_failed_gate(tmp_path):
    folder = finished_run(tmp_path / "run").path
    (folder / "summary.json").write_text("[1]", "utf-8")  # valid JSON that no run writes
    assert evals("compare", folder, folder).returncode == 2
