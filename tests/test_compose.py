"""assistant.compose: what an answer says around its quotes, and how sources, days and places are worded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from answering import asking

from assistant.compose import (
    EXCERPT,
    answer_text,
    is_heading,
    leads,
    notices,
    points,
    quoted_lines,
    refusal_text,
    source_line,
)
from assistant.domain import (
    NATIONAL,
    AnswerStatus,
    Citation,
    DocumentKind,
    DocumentStatus,
    NoticeKind,
)
from assistant.judge import Verdict
from assistant.standing import Standing
from assistant.tools import Tools
from assistant.understand import Query

Ask = Callable[..., Query]


@pytest.fixture
def ask(tools: Tools) -> Ask:
    return lambda question, region=None: asking(tools, question, region=region)


def cited(n: int, quote: str, **changed: object) -> Citation:
    made = Citation(
        n, "d", "登记办法", None, None, NATIONAL, "规范性文件", None, DocumentStatus.IN_FORCE, "", None, quote, 0, len(quote), DocumentKind.ORIGINAL
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def places(query: Query, *citations: Citation) -> list[str]:
    return [n.text for n in notices(query, citations) if n.kind is NoticeKind.JURISDICTION]


def test_a_series_stands_as_one_list_under_the_name_of_its_text(ask):
    series = [cited(n, f"{n}是甲", section=f"原则 > {n}是 甲") for n in (1, 2, 3)]
    text = answer_text(ask("哪三条原则"), points(series), series, [])
    assert text == "《登记办法》：\n1是甲[1]\n2是甲[2]\n3是甲[3]"


def test_quotes_that_are_no_headings_stand_each_under_its_clause(ask):
    both = [cited(1, "甲。", section="第一条"), cited(2, "乙。", section="第二条")]
    text = answer_text(ask("备案找谁"), points(both), both, [])
    assert text == "《登记办法》第一条：\n甲。[1]\n\n《登记办法》第二条：\n乙。[2]"
    assert not is_heading(both[0])


def test_lines_of_a_quote_stay_lines_and_none_ends_the_paragraph(ask):
    quote = "(三)工作目标\n\n2018年，2个。\n　2019年，5个。"
    assert quoted_lines(quote) == "(三)工作目标\n2018年，2个。\n2019年，5个。"
    goals = [cited(1, quote)]
    assert answer_text(ask("目标是啥"), points(goals), goals, []).count("\n\n") == 0


@pytest.mark.parametrize(
    ("title", "section", "line"),
    [
        ("中华人民共和国企业所得税法", "企业所得税法第九条", "《中华人民共和国企业所得税法》第九条"),
        (
            "各地备案做法综述（2024年刊文）",
            "各地做法综述（2024年刊文）",
            "《各地备案做法综述（2024年刊文）》",
        ),
        ("深圳市罗湖区降低门槛的做法", "罗湖区", "《深圳市罗湖区降低门槛的做法》"),
        ("运行指引", "设立", "《运行指引》设立"),
        ("扬州市备案办法", "备案", "《扬州市备案办法》备案"),
        ("信用信息管理办法", "激励（据报道）", "《信用信息管理办法》激励（据报道）"),
    ],
)
def test_a_cards_section_does_not_name_its_text_again(title, section, line):
    card = cited(1, "略。", title=title, section=section, kind=DocumentKind.FACT_CARD)
    assert source_line(card) == f"{line}〔要点整理，非原文〕"


def test_a_heading_of_an_original_is_named_whatever_the_title_says():
    assert (
        source_line(cited(1, "略。", title="登记备案办法", section="登记备案")) == "《登记备案办法》登记备案"
    )


def test_a_number_that_the_title_has_is_not_said_again():
    assert (
        source_line(cited(1, "略。", title="答复（甲发〔2021〕1号）", doc_number="甲发〔2021〕1号"))
        == "《答复（甲发〔2021〕1号）》"
    )
    assert source_line(cited(1, "略。", doc_number="甲发〔2021〕1号")) == "《登记办法》（甲发〔2021〕1号）"


@pytest.mark.parametrize(
    ("issued", "since", "said"),
    [
        ("2017", "2018", "民政局2017年发布，自2018年起施行"),
        ("2017-12", "2018-01", "民政局2017年12月发布，自2018年1月起施行"),
        ("2017-12-05", "2018-01-01", "民政局2017-12-05发布，自2018-01-01起施行"),
    ],
)
def test_a_year_or_month_alone_is_said_as_one(ask, issued, since, said):
    query = replace(ask("登记办法哪年的"), standing=(Standing.ISSUED,), of_record=True)
    held = cited(1, "略。", issuer="民政局", issued_on=issued, effective_on=since)
    assert f"（{said}）" in leads(query, [held])[0]


def test_beside_a_record_the_quote_is_said_to_be_an_excerpt(ask):
    held = [cited(1, "略。", section="第一条")]
    query = replace(ask("登记办法还有效吗"), standing=(Standing.FORCE,), of_record=True)
    record, excerpt, quote = answer_text(query, points(held), held, []).split("\n\n")
    assert ("现行有效" in record, excerpt, quote) == (True, EXCERPT, "《登记办法》第一条：\n略。[1]")
    assert EXCERPT not in answer_text(ask("备案找谁"), points(held), held, [])


def test_an_account_of_practice_is_no_basis_of_the_nation(ask):
    query = ask("备案要几个人", region="湖南省长沙市")
    rule, account = cited(1, "略。"), cited(2, "略。", document_id="e", level="综述文章")
    none_here = "文件库中未找到湖南省长沙市对此的专门规定。"
    assert places(query, account) == [none_here]
    assert places(query, rule) == places(query, rule, account) == [f"依据的是全国性文件；{none_here}"]


def test_where_a_text_holds_is_said_unless_it_is_but_the_askers_own(ask):
    jilin = cited(1, "略。", region="吉林省")
    assert places(ask("备案找谁", region="吉林省"), jilin) == []
    assert places(ask("备案找谁", region="吉林省长春市"), jilin) == []
    assert places(ask("备案找谁"), jilin) == ["引用的文件只适用于吉林省。"]
    both = places(ask("备案找谁", region="吉林省"), jilin, cited(2, "略。", document_id="e"))
    assert both == ["其中吉林省的文件只适用于吉林省。"]


def test_only_the_text_judged_to_answer_is_named_of_another_place(ask):
    verdict = Verdict(AnswerStatus.OTHER_REGION_ONLY, 0.1, 0.9, "吉林省")
    near = [
        cited(1, "略。", title="甲办法", region="吉林省"),
        cited(2, "略。", title="乙办法", region="广东省"),
    ]
    told = refusal_text(ask("备案收费不", region="四川省"), verdict, near, ask_whom="")
    assert "吉林省《甲办法》" in told and "广东省" not in told


@pytest.mark.parametrize(
    ("evidence", "question", "told"),
    [
        ("暂行办法，有效期未见；替代2022年版；文号未见", "2022年那个登记办法还能用不", "替代2022年版"),
        ("同时废止甲发〔2014〕13号", "2014年的登记办法还能用不", "同时废止甲发〔2014〕13号"),
        ("替代2022年版", "2021年那个登记办法还能用不", ""),
        ("替代2022年版", "2023年那个登记办法还能用不", ""),  # the text itself
        ("替代2022年版", "登记办法还能用不", ""),
        ("已由2022年修订文本取代", "2022年那个登记办法还能用不", ""),  # it is the one replaced
    ],
)
def test_that_the_version_asked_about_was_replaced_is_said_first(ask, evidence, question, told):
    query = replace(ask(question), standing=(Standing.FORCE,), of_record=True)
    lead = leads(query, [cited(1, "略。", issued_on="2023-05-24", status_evidence=evidence)])[0]
    assert lead.endswith(f"的文本，《登记办法》的记录写明：{told}。") if told else "目前现行有效" in lead
    unasked = [cited(1, "略。", issued_on="2023-05-24", status_evidence=evidence)]
    assert leads(replace(query, standing=(), of_record=False), unasked) == []


def test_that_a_place_has_no_rule_is_said_of_the_question_alone(ask):
    verdict = Verdict(AnswerStatus.OTHER_REGION_ONLY, 0.1, 0.9, "吉林省")
    near = [cited(1, "略。", region="吉林省")]
    here = refusal_text(ask("备案找谁", region="湖南省"), verdict, near, ask_whom="")
    assert here.startswith("文件库中没有找到湖南省对这个问题的规定。只找到吉林省的文件")
    nowhere = refusal_text(ask("备案找谁"), verdict, near, ask_whom="")
    assert nowhere.startswith("没有找到全国性文件对这个问题的规定，您还没有选择地区。")
