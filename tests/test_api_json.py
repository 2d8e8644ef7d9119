"""The JSON that scripts and other programs rely on: exactly these keys."""

import json
import re
from pathlib import Path

import pytest

from assistant.domain import AnswerStatus, Citation, DocumentKind, DocumentStatus, Point
from assistant.presenting import answer_json, citation_json, hit_json, plain_text

ANSWER = {
    "status", "refused", "answer", "mode", "points", "citations", "related", "notices", "ask_whom",
    "timings_ms", "latency_ms",
}  # fmt: skip
CITATION = {
    "n", "document_id", "title", "doc_number", "issuer", "region", "level", "issued_on", "status", "section",
    "page", "quote", "start", "end", "kind", "url", "effective_on", "ocr",
    "status_evidence",
}  # fmt: skip
HIT = {
    "rank", "document_id", "title", "region", "section", "article", "start", "end", "score", "text",
    "rejected", "reasons",
}  # fmt: skip
STAGES = {"understand", "retrieve", "judge", "compose", "verify", "total"}


@pytest.fixture(scope="module")
def answered(small_assistant):
    return small_assistant.ask("登记社会团体要多少会员和资金")


@pytest.fixture(scope="module")
def refused(small_assistant):
    return small_assistant.ask("明天天气怎么样")


def test_an_answer_has_exactly_the_documented_keys(answered, refused):
    for answer in (answered, refused):
        assert set(answer_json(answer)) == ANSWER
        assert set(answer_json(answer, explain=True)) == ANSWER | {"explain"}


def test_the_readme_names_the_keys_of_an_answer():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    [section] = re.findall(r"^## 给程序用\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`(\w+)`", section))
    assert named >= ANSWER
    statuses = re.search(r"`status`（([^）]+)）", section)[1].split(" / ")
    assert set(statuses) == {status.value for status in AnswerStatus}


def test_an_answer_is_plain_json(answered):
    data = answer_json(answered, explain=True)
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data


def test_values_say_what_the_answer_says(answered):
    data = answer_json(answered)
    assert (data["status"], data["refused"], data["mode"]) == ("answered", False, "extractive")
    [point, *_], [cited, *_] = data["points"], data["citations"]
    assert set(point) == {"text", "citations"}
    assert point["citations"] == [cited["n"]] == [1]
    assert "[1]" in data["answer"]
    assert set(data["timings_ms"]) == STAGES
    assert data["latency_ms"] == data["timings_ms"]["total"] > 0


def test_a_citation_has_exactly_the_documented_keys(answered, small_assistant):
    [cited, *_] = answer_json(answered)["citations"]
    assert set(cited) == CITATION
    text = small_assistant.document(cited["document_id"]).text
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert (cited["status"], cited["kind"]) == ("现行有效", "original")


def test_a_refusal_asserts_nothing_and_says_whom_to_ask(refused):
    data = answer_json(refused)
    assert data["refused"] is True
    assert data["points"] == data["citations"] == []
    assert data["ask_whom"]


def test_notices_have_kind_and_text(small_assistant):
    data = answer_json(small_assistant.ask("孵化补贴一家能拿多少钱", region="广东"))
    assert {"jurisdiction", "fact_card"} <= {notice["kind"] for notice in data["notices"]}
    assert all(set(notice) == {"kind", "text"} and notice["text"] for notice in data["notices"])


def test_a_hit_has_exactly_the_documented_keys(small_assistant):
    hits = [hit_json(rank, hit) for rank, hit in enumerate(small_assistant.search("备案要带哪些材料"), 1)]
    assert all(set(hit) == HIT for hit in hits)
    assert hits[0]["rank"] == 1
    assert json.loads(json.dumps(hits)) == hits


def test_every_enumerated_value_is_written_as_text():
    cited = Citation(
        1, "d", "题", None, None, "全国", "其他", None, DocumentStatus.UNKNOWN, "", 2, "文", 0, 1, DocumentKind.FACT_CARD
    )  # fmt: skip
    data = citation_json(cited)
    assert (type(data["status"]), type(data["kind"])) == (str, str)
    assert (data["page"], data["url"]) == (2, None)


def test_plain_text_is_ready_to_paste(answered):
    text = plain_text(answered)
    assert "[1]" not in text
    assert "**" not in text
    assert "1. 《社区社会组织登记备案办法》（民测〔2024〕1号）第二条（全国，现行有效）" in text
    assert text.endswith("（仅供参考，以原文为准）")
    assert isinstance(answered.points[0], Point)
