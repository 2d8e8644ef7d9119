import json
import re
import shutil

import pytest
import typer
from small_home import run_module

from assistant.cli import main
from assistant.cli import run as run_application
from assistant.generations import published


@pytest.fixture
def run(monkeypatch, capsys, encoder_folder):
    """Run a command line in this process: exit code, stdout and stderr."""
    monkeypatch.setenv("ASSISTANT_ENCODER", str(encoder_folder))

    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return command


def asked(run, home, *arguments):
    """Exit code and parsed stdout of `ask --json`."""
    code, out, _ = run("ask", *arguments, "--home", home, "--json")
    return code, json.loads(out)


def test_ask_prints_the_answer_and_ends_with_0(run, small_home):
    code, out, err = run("ask", "登记社会团体要多少会员和资金", "--home", small_home)
    assert code == 0
    assert "个人会员不少于五十名，活动资金不少于三万元" in out
    assert "《社区社会组织登记备案办法》（民测〔2024〕1号）" in out
    assert "仅供参考，以原文为准" in out
    assert err == ""


def test_ask_ends_with_1_when_it_does_not_answer(run, small_home):
    code, answer = asked(run, small_home, "明天天气怎么样")
    assert code == 1
    assert answer["status"] == "out_of_scope"
    assert answer["refused"] is True
    assert answer["points"] == answer["citations"] == []


def test_region_and_day_reach_the_answer(run, small_home):
    question = ("街道给不给免费的活动场地", "--region", "四川")
    code, today = asked(run, small_home, *question)
    _, then = asked(run, small_home, *question, "--as-of", "2022-06-01")
    assert code == 0
    assert {c["region"] for c in today["citations"]} == {"四川省"}
    assert today["citations"][0]["status"] == "实施期已满"
    assert then["citations"][0]["status"] == "现行有效"


def test_history_makes_a_follow_up(run, small_home, tmp_path):
    turns = [
        {"role": "user", "content": "备案归哪个部门管"},
        {"role": "assistant", "content": "街道办事处。"},
    ]
    (tmp_path / "turns.json").write_text(json.dumps(turns), "utf-8")
    _, out, _ = run(
        "ask", "那要带哪些材料", "--home", small_home, "--history", tmp_path / "turns.json", "--explain"
    )
    explained = json.loads(out)["explain"]
    assert explained["follow_up"] is True
    assert explained["terms"]["备案"] < explained["terms"]["材料"] == 1.0


def test_search_lists_ranked_passages(run, small_home):
    code, out, _ = run("search", "备案要带哪些材料", "--home", small_home, "--top-k", 3, "--json")
    hits = json.loads(out)
    assert code == 0
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert hits[0]["article"] == "第四条"
    assert hits[0]["score"] > hits[1]["score"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ask", " "], "请先输入"),
        (["ask", "备案找谁", "--region", "火星"], "火星"),
        (["ask", "备案找谁", "--as-of", "去年"], "2022-06-01"),
        (["ask", "备案找谁", "--history", "none.json"], "none.json"),
    ],
)
def test_a_bad_question_ends_with_2_and_one_chinese_line(run, small_home, arguments, complaint):
    code, out, err = run(*arguments, "--home", small_home)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"出错了：.*\n", err)
    assert complaint in err


@pytest.mark.parametrize("content", ["", "{}", '["text"]', '[{"role": "user"}]', "[1]"])
def test_a_malformed_history_is_refused(run, small_home, tmp_path, content):
    (tmp_path / "turns.json").write_text(content, "utf-8")
    code, _, err = run("ask", "备案找谁", "--home", small_home, "--history", tmp_path / "turns.json")
    assert code == 2
    assert "turns.json" in err


def test_a_home_without_an_index_is_refused_with_the_command_to_run(run, tmp_path):
    code, out, err = run("ask", "备案找谁", "--home", tmp_path / "none")
    assert (code, out) == (2, "")
    assert "ingest sync" in err


def test_a_misspelt_setting_is_refused_by_name(run, monkeypatch):
    monkeypatch.setenv("ASSISTANT_HOEM", "/srv")
    code, _, err = run("ask", "备案找谁")
    assert code == 2
    assert "ASSISTANT_HOEM" in err


@pytest.mark.parametrize(
    "arguments", [["ask"], ["nonsense"], ["ask", "备案找谁", "--nonsense"], ["search", "备案", "--top-k", 0]]
)
def test_bad_usage_ends_with_2(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_an_unforeseen_fault_ends_with_2_not_with_not_answered(capsys):
    application = typer.Typer()

    @application.command()
    def broken():
        raise ZeroDivisionError

    with pytest.raises(SystemExit) as ended:
        run_application(application, [])
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert err.endswith("程序内部出错，请把以上内容反馈给维护人员。\n")


def test_doctor_of_a_healthy_home_finds_nothing(run, small_home):
    code, out, _ = run("doctor", "--home", small_home)
    assert code == 0
    assert all(line.startswith("正常  ") for line in out.splitlines())
    assert "gen-000001，9 段，9 条问法" in out


def test_doctor_says_what_is_wrong_and_what_to_do(run, home):
    shutil.rmtree(published(home) / "chroma")
    code, out, _ = run("doctor", "--home", home)
    assert code == 2
    [line] = [line for line in out.splitlines() if line.startswith("问题")]
    assert line.startswith("问题  索引：索引文件")
    assert line.endswith("请运行 ingest publish 重建")


def test_doctor_of_no_home_says_how_to_begin(run, tmp_path):
    code, out, _ = run("doctor", "--home", tmp_path / "none")
    assert code == 2
    assert "ingest sync" in out
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("module", ["assistant", "ingest", "evals"])
def test_help_is_chinese_and_ends_with_0(module):
    done = run_module(module, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search("[一-鿿]{4}", done.stdout)


def test_the_process_itself_prints_json_only_and_ends_as_promised(small_home, encoder_folder):
    env = {"ASSISTANT_ENCODER": str(encoder_folder), "ASSISTANT_HOME": str(small_home)}
    done = run_module("assistant", "ask", "孵化补贴一家能拿多少钱", "--region", "广东", "--json", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert "2万元" in answer["answer"]
    assert answer["citations"][0]["kind"] == "fact_card"
