import json

import pytest
from evals_fakes import finished_run
from fake_llm_server import fake_llm_server
from openpyxl import load_workbook
from small_home import run_module

from assistant.config import Settings
from assistant.endpoint import Endpoint
from assistant.errors import ModelError
from evals.judge_job import judge_run
from evals.model_judge import FAULTS_IN_A_ROW, SCHEMA, JudgeStoppedError, read_verdict
from evals.review import score_reviews

RECORDS = [
    {"id": f"q{n}", "question": f"备案要几个人 {n}，我的电话 13812345678", "key_facts": [["10人"]]}
    for n in range(6)
]


@pytest.fixture
def server():
    with fake_llm_server() as fake:
        yield fake


@pytest.fixture
def folder(tmp_path):
    return finished_run(tmp_path, records=[*RECORDS, {"id": "x", "question": "天气", "key_facts": [["晴"]]}])


def said(verdict, reason="要点都有"):
    return json.dumps({"verdict": verdict, "reason": reason}, ensure_ascii=False)


def judge(folder, server, *, workers=1):
    settings = Settings(llm_base_url=server.url, llm_model="m", llm_timeout_s=5)
    return judge_run(folder, Endpoint.open(settings, schema=SCHEMA), name="m", workers=workers)


def lines(folder):
    return [json.loads(line) for line in (folder.path / "judged.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "reply",
    [
        said("对"),
        f"<think>想一想 {said('错')}</think>\n{said('对')}",
        f"```json\n{said('对')}\n```",
        f"\n {said('对')} ",
    ],
)
def test_a_verdict_is_read_from_the_agreed_object(reply):
    assert read_verdict(reply) == ("对", "要点都有")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "对",
        "我认为是对的。" + said("对"),
        said("对") + said("错"),
        said("不对"),
        said("对或部分"),
        said("NOT_ATTEMPTED"),
        '{"verdict": "对"}',
        '{"verdict": ["对"], "reason": ""}',
        '{"verdict": "对", "reason": null}',
        '{"verdict": "对", "reason": "", "confidence": 1}',
        '["对"]',
        '{"verdict": "对", "reason": "',
        "[" * 100_000,
    ],
)
def test_anything_else_is_no_verdict(reply):
    with pytest.raises(ModelError, match="判定"):
        read_verdict(reply)


def test_judging_keeps_verdicts_and_unreadable_replies_are_error_rows(folder, server):
    replies = {"q1": said("错", "没有说"), "q2": "大概对吧", "q3": said("部分", "少一项")}

    def reply(exchange):
        question = exchange.material["问题"]
        exchange.say(next((text for id_, text in replies.items() if f" {id_[1]}，" in question), said("对")))

    server.behave = reply
    figures = judge(folder, server, workers=2)
    assert figures["verdicts"] == {"对": 3, "错": 1, "部分": 1}
    assert (figures["rows"], figures["judged"], figures["errors"]) == (7, 5, 1)
    assert figures["right"] | {"low": 0, "high": 0} == {"n": 5, "value": 0.6, "low": 0, "high": 0}
    assert figures["with_automatic"]["same"] == 0.6
    assert figures["differ_from_automatic"] == ["q1", "q3"]
    found = lines(folder)
    assert [line["id"] for line in found] == [f"q{n}" for n in range(6)]  # the refused one is not asked about
    assert (found[2]["verdict"], found[2]["error"]) == ("", "判定不是约定的格式")
    sheet = load_workbook(folder.path / "judged.xlsx")["明细"]
    assert [sheet.cell(row, 7).value for row in range(2, 8)] == ["对", "错", None, "部分", "对", "对"]


def test_what_is_sent_holds_the_gold_and_no_personal_number(folder, server):
    server.behave = lambda exchange: exchange.say(said("对"))
    judge(folder, server)
    sent = server.exchanges[0]
    assert sent.body["response_format"]["json_schema"]["name"] == "verdict"
    assert sent.material["标准要点"] == ["10人"]
    assert "十人" in sent.material["答复"]
    assert "13812345678" not in json.dumps(sent.body, ensure_ascii=False)


def test_judging_again_asks_only_what_is_open_or_changed(tmp_path, folder, server):
    broken = lambda exchange: exchange.say("不知道" if " 4，" in exchange.material["问题"] else said("对"))  # noqa: E731
    server.behave = broken
    judge(folder, server)
    server.exchanges.clear()
    with (folder.path / "judged.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "q5", "of": "tor')  # killed while writing
    server.behave = lambda exchange: exchange.say(said("对"))
    figures = judge(folder, server)
    assert len(server.exchanges) == 1
    assert (figures["judged"], figures["errors"], figures["reused"]) == (6, 0, 5)
    assert [line["id"] for line in lines(folder)] == [f"q{n}" for n in range(6)]


def test_a_model_that_cannot_judge_is_not_asked_for_ever(tmp_path, server):
    records = [RECORDS[0] | {"id": f"q{n}"} for n in range(FAULTS_IN_A_ROW + 20)]
    folder = finished_run(tmp_path / "many", records=records)
    server.behave = lambda exchange: exchange.send(b"{}", status=503)
    with pytest.raises(JudgeStoppedError, match="503"):
        judge(folder, server)
    assert len(server.exchanges) < FAULTS_IN_A_ROW + 20


def test_people_are_compared_with_the_model_from_its_sheet(folder, server):
    server.behave = lambda exchange: exchange.say(said("对" if " 0，" in exchange.material["问题"] else "错"))
    judge(folder, server)
    path = folder.path / "judged.xlsx"
    book = load_workbook(path)
    for row, verdict in enumerate(["对", "对", "错", "错"], start=2):
        book["明细"].cell(row, 10).value = verdict
    book.save(path)
    # observed 3/4; chance (2·1 + 2·3)/16 = 1/2; kappa 1/2
    assert score_reviews([path])["with_model"] == {"n": 4, "same": 0.75, "kappa": 0.5}


def test_without_a_configured_model_the_command_says_so(folder):
    found = run_module("evals", "judge", str(folder.path))
    assert (found.returncode, found.stdout) == (2, "")
    assert "ASSISTANT_LLM_BASE_URL" in found.stderr


def test_the_command_judges_through_the_configured_endpoint(folder, server):
    server.behave = lambda exchange: exchange.say(said("部分"))
    env = {"ASSISTANT_LLM_BASE_URL": server.url, "ASSISTANT_LLM_MODEL": "m"}
    found = run_module("evals", "judge", str(folder.path), env=env)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["verdicts"] == {"部分": 6}
