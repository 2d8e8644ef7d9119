from dataclasses import replace

import pytest
from openpyxl import load_workbook

from assistant.domain import Clause, Document
from evals.dataset import QuestionFileError, read_questions
from evals.draft import draft_questions, write_drafts

TEXT = (
    "关于印发的通知\n2017年12月25日\n"
    "一、备案条件\n备案组织的成员不少于十名。\n备案工作由街道办事处负责。\n社区社会组织不得向居民摊派经费。\n"
    "二、备案材料\n(一)申请书。\n(二)章程草案。\n(三)成员名单。\n"
    "自收到材料之日起十五个工作日内作出决定。"
)


def clause(ordinal, parent, label, heading, start_words, body_words, end_words):
    start = TEXT.index(start_words)
    return Clause(
        ordinal, parent, 1 if parent is None else 2, label, heading, start,
        TEXT.index(body_words) + len(body_words), TEXT.index(end_words) + len(end_words),
    )  # fmt: skip


CLAUSES = (
    Clause(0, None, 1, "", "", 0, TEXT.index("一、"), TEXT.index("一、")),
    clause(1, None, "一、", "备案条件", "一、备案条件", "摊派经费。", "摊派经费。"),
    clause(2, None, "二、", "备案材料", "二、备案材料", "二、备案材料", "作出决定。"),
    clause(3, 2, "(一)", "", "(一)", "申请书。", "申请书。"),
    clause(4, 2, "(二)", "", "(二)", "章程草案。", "章程草案。"),
    clause(5, 2, "(三)", "", "(三)", "成员名单。", "成员名单。"),
)
DOCUMENT = Document(
    id="doc-1", title="关于印发《备案办法》的通知", text=TEXT, clauses=CLAUSES, region="四川省"
)


def test_drafts_ask_for_figures_offices_lists_and_limits():
    drafts = {draft.type: draft for draft in draft_questions(DOCUMENT, limit=20)}
    assert drafts["人数"].question == "备案组织的成员不少于多少名？"
    assert drafts["人数"].key_facts == (("十名",),)
    assert drafts["由谁"].question == "备案工作由谁负责？"
    assert drafts["由谁"].key_facts == (("街道办事处",),)
    assert drafts["是非"].key_facts == (("不得",),)
    assert drafts["列举"].question == "《备案办法》的“备案材料”包括哪几项？"
    assert drafts["列举"].key_facts == (("申请书",), ("章程草案",), ("成员名单",))


def test_every_gold_quote_is_verbatim():
    golds = {draft.type: draft.gold for draft in draft_questions(DOCUMENT, limit=20)}
    assert {kind: len(gold) for kind, gold in golds.items()} == {"人数": 1, "由谁": 1, "是非": 1, "列举": 3}
    assert [quote for gold in golds.values() for quote in gold if quote not in TEXT] == []


def sentence_drafts(sentence):
    """Proposals for a document of one sentence."""
    clause = Clause(0, None, 1, "", "", 0, len(sentence), len(sentence))
    return [d.question for d in draft_questions(replace(DOCUMENT, text=sentence, clauses=(clause,)), limit=9)]


@pytest.mark.parametrize("date", ["2017年12月25日", "12月25日", "二〇一七年十二月二十五日"])
def test_dates_are_not_asked_for(date):
    assert sentence_drafts(f"备案组织应当在{date}前提交年度报告。") == []
    assert sentence_drafts("备案组织应当在十五日前提交年度报告。") == ["备案组织应当在多少日前提交年度报告？"]


@pytest.mark.parametrize(
    ("sentence", "questions"),
    [
        (
            "凡有3名以上正式党员的社区社会组织,都应建立党组织。",
            ["凡有多少名以上正式党员的社区社会组织,都应建立党组织？"],
        ),
        ("允许多个社区社会组织共用一个办公场所。", []),
        ("培育发展要以“四个服务”为目标定位和方向。", []),
        ("将更多适合的服务事务交由社区社会组织承担。", []),
    ],
)
def test_sentences_that_ask_nothing_are_left_out_and_conditions_keep_what_follows(sentence, questions):
    assert sentence_drafts(sentence) == questions


def test_a_heading_that_names_its_items_is_not_asked_for():
    text = "一、原则和目标\n(一)原则。\n(二)目标。\n(三)原则和目标。"
    items = [text.index(f"({n})") for n in "一二三"] + [len(text)]
    clauses = [Clause(0, None, 1, "一、", "原则和目标", 0, items[0], len(text))]
    clauses += [
        Clause(n, 0, 2, f"({label})", "", begin, end, end)
        for n, (label, begin, end) in enumerate(zip("一二三", items[:3], items[1:], strict=True), start=1)
    ]
    assert draft_questions(replace(DOCUMENT, text=text, clauses=tuple(clauses)), limit=9) == []


def test_limit_mixes_kinds_and_an_empty_document_gives_none():
    assert len({draft.type for draft in draft_questions(DOCUMENT, limit=3)}) == 3
    assert draft_questions(replace(DOCUMENT, clauses=()), limit=5) == []


def test_only_accepted_drafts_are_questions(tmp_path):
    path = tmp_path / "d.xlsx"
    assert write_drafts([DOCUMENT], path, per_document=20, topic_of=lambda _: "备案条件") == 4
    with pytest.raises(QuestionFileError, match="采用"):
        read_questions(path)
    book = load_workbook(path)
    book.active["A3"] = "是"
    book.save(path)
    [question] = read_questions(path).questions
    assert question.region == "四川省"
    assert question.category == "备案条件"
    assert question.gold_quotes
    assert question.answerable
