"""The JSON that scripts and other programs rely on: exactly these keys."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    DocumentKind,
    DocumentStatus,
    Notice,
    NoticeKind,
    Point,
)
from assistant.presenting import answer_json, citation_json, hit_json, terminal_text, wechat_text

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
    assert "fact_card" in {notice["kind"] for notice in data["notices"]}
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


@pytest.mark.parametrize("as_text", [terminal_text, wechat_text])
def test_an_answer_in_plain_words_has_no_markup(answered, as_text):
    text = as_text(answered)
    assert "[1]" not in text
    assert "**" not in text
    assert "1. 《社区社会组织登记备案办法》（民测〔2024〕1号）第二条（全国，现行有效）" in text
    assert "（仅供参考，以原文为准）" in text
    assert isinstance(answered.points[0], Point)


CARD = "标“要点”的内容是要点整理，非原文，正式答复前请核对原文。"


def copied(words, *notices):
    """The lines to paste after the words and before the closing line."""
    cited = Citation(
        1, "d", "办法", None, None, "全国", "其他", None, DocumentStatus.UNKNOWN, "总则 > 第三条", None, "文", 0, 1, DocumentKind.ORIGINAL
    )  # fmt: skip
    answer = Answer(AnswerStatus.ANSWERED, words, "问", None, citations=(cited,), notices=notices)
    return (
        wechat_text(answer)
        .removeprefix("正文。\n依据：\n1. 《办法》第三条（全国，是否有效未核实）\n")
        .split("\n")
    )


def test_copied_text_carries_each_warning_that_matters_once():
    unknown = Notice(NoticeKind.VALIDITY, "《办法》目前是否有效未能核实，使用前请向发文机关确认。")
    other = Notice(NoticeKind.VALIDITY, "《细则》目前是否有效未能核实，使用前请向发文机关确认。")
    place = Notice(NoticeKind.JURISDICTION, "其中吉林省的文件只适用于吉林省。")
    made = Notice(NoticeKind.MODE, "模型没有回应，显示的是原文。")
    told = copied("正文。[1]", unknown, place, other, unknown, made, Notice(NoticeKind.FACT_CARD, CARD))
    assert told == [
        "请注意：",
        "《办法》《细则》目前是否有效未能核实，使用前请向发文机关确认。",
        place.text,
        CARD,
        "（仅供参考，以原文为准）",
    ]


def test_copied_text_repeats_no_warning_of_the_answers_words():
    over = "注意：《办法》实施期已满。"
    within = "没有找到四川省全境对这个问题的规定，以下只适用于四川省成都市。"
    notices = [
        Notice(NoticeKind.VALIDITY, over),
        Notice(NoticeKind.JURISDICTION, "其中四川省成都市的文件只适用于四川省成都市。"),
        Notice(NoticeKind.JURISDICTION, "其中四川省的文件只适用于四川省。"),
    ]
    told = copied(f"{over}\n\n{within}\n\n正文。[1]", *notices)
    assert told[-3:] == ["请注意：", notices[2].text, "（仅供参考，以原文为准）"]
    assert "\n".join(told).count("四川省成都市。") == 1


def test_a_terminal_shows_every_notice_behind_the_closing_line(answered):
    notices = (Notice(NoticeKind.MODE, "模型没有回应，显示的是原文。"), Notice(NoticeKind.FACT_CARD, CARD))
    told = terminal_text(replace(answered, notices=notices)).split("\n")
    assert told[-3:] == ["（仅供参考，以原文为准）", "提示：模型没有回应，显示的是原文。", f"提示：{CARD}"]


def test_copied_text_without_a_warning_has_no_heading():
    assert copied("正文。[1]") == ["（仅供参考，以原文为准）"]


def test_copied_text_names_the_source_that_an_answer_points_back_to():
    assert copied("见前面引用的规定[1][1]。")[0] == "见《办法》第三条。"
    assert copied("见前面引用的规定[7]。")[0] == "见前面引用的规定。"


def quoting(*cited, words):
    return wechat_text(Answer(AnswerStatus.ANSWERED, words, "问", None, citations=cited)).split("\n")


def source(n, quote, *, id_="d", title="办法", section="总则 > 第三条", **changed):
    cited = Citation(
        n, id_, title, None, None, "全国", "规范性文件", None, DocumentStatus.IN_FORCE, section, None, quote, 0, len(quote), DocumentKind.ORIGINAL
    )  # fmt: skip
    return replace(cited, **changed)


def test_copied_text_names_each_source_once_by_the_number_of_its_quotes():
    told = quoting(
        source(1, "甲。"),
        source(2, "乙。", id_="e", title="细则", section="第一条"),
        words="《办法》第三条：\n甲。[1]\n\n《细则》第一条：\n乙。[2]",
    )
    assert told[:6] == ["甲。[1]", "", "乙。[2]", "依据：", "1. 《办法》第三条（全国，现行有效）", "2. 《细则》第一条（全国，现行有效）"]  # fmt: skip


def test_copied_text_of_one_source_needs_no_number_in_its_words():
    assert quoting(source(1, "甲。"), words="《办法》第三条：\n甲。[1]")[0] == "甲。"


def test_copied_text_keeps_a_line_that_names_another_text():
    assert quoting(source(1, "甲。"), words="《细则》第一条：\n甲。[1]")[0] == "《细则》第一条："


def test_copied_text_names_the_text_of_a_series_once():
    series = [source(n, f"{n}是甲", section=f"原则 > {n}是甲") for n in (1, 2, 3)]
    told = quoting(*series, words="《办法》：\n1是甲[1]\n2是甲[2]\n3是甲[3]")
    assert told[:5] == ["1是甲[1]", "2是甲[2]", "3是甲[3]", "依据：", "1-3. 《办法》（全国，现行有效）"]


@pytest.mark.parametrize(
    ("changed", "standing"),
    [
        ({"status": DocumentStatus.UNKNOWN, "region": "吉林省"}, "吉林省，是否有效未核实"),
        ({"status": DocumentStatus.UNKNOWN, "level": "综述文章"}, "综述文章"),
        ({"status": DocumentStatus.UNKNOWN, "level": "综述文章", "region": "北京市"}, "北京市，综述文章"),
        ({"status": DocumentStatus.EXPIRED, "region": "吉林省"}, "吉林省，实施期已满"),
    ],
)
def test_copied_text_says_where_a_text_holds_and_what_is_known_of_its_force(changed, standing):
    assert f"1. 《办法》第三条（{standing}）" in quoting(source(1, "甲。", **changed), words="甲。[1]")
