"""assistant.asking: which clauses of a message ask, and which tell; learned from marked messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.asked import in_common_speech
from assistant.asking import SURELY, Clause, asking, asking_clause, beside, clauses, separate_questions
from assistant.config import corpus_folder
from assistant.errors import DocumentError
from assistant.groups import GroupModel
from ingest.train_asking import WRITTEN, in_a_row, message, read_messages, train
from ingest.train_standing import known_questions


def test_clauses_are_told_with_their_stops_and_places():
    assert clauses("队里二十人。要登记吗？ 找谁") == [
        Clause("队里二十人", 0, "。"),
        Clause("要登记吗", 6, "？ "),
        Clause("找谁", 12),
    ]
    assert clauses("？？ ") == []


def test_place_stop_and_question_words_tell_too():
    of_message = clauses("我们二十个人，要登记吗？随便说说")
    assert beside(of_message, 1) == {"=kind": 1.0, "=word": 1.0, "=mark": 1.0} | (
        {} if "=word" in beside(of_message, 1) else {"=word": 0.0}
    )
    assert beside(of_message, 0).keys() >= {"=first"}
    assert beside(of_message, 2).keys() >= {"=last"}
    assert beside(clauses("找谁"), 0).keys() >= {"=only", "=first", "=last"}


def test_what_most_often_tells_must_surely_ask_and_what_confirms_never_does():
    likely, sure = GroupModel((SURELY - 1,), {}), GroupModel((SURELY + 1,), {})
    assert asking(clauses("谁天天跑啊，我们自己翻，行不行"), likely) == [False, True, False]
    assert asking(clauses("街道管不管，我们自己翻，行不行"), sure) == [True, True, False]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我们几个老姐妹凑的队，谁都不服谁，要登记不", ()),
        (
            "驻区的银行能当发起人不 弄起来能卖点东西挣钱不",
            ("驻区的银行能当发起人不", "弄起来能卖点东西挣钱不"),
        ),
        (
            "居委能拉志愿队伐 钞票从哪来 刚起步有人扶一把伐",
            ("居委能拉志愿队伐", "钞票从哪来", "刚起步有人扶一把伐"),
        ),
        ("账要谁来翻？我们自己会计翻一翻 成不成", ("账要谁来翻", "我们自己会计翻一翻 成不成")),
        ("慈善组织怎么认定 步骤", ()),  # says what is wanted of the question before it
        ("备案找谁 步骤是啥 要交多少钱", ("备案找谁", "步骤是啥", "要交多少钱")),
        ("", ()),
    ],
)
def test_the_shipped_model_tells_stories_from_questions(text, parts):
    assert separate_questions(text) == parts


def test_a_marked_line_is_read():
    made = message("帐上没几个钱 ⟦发证伐⟧⟦要几多钱⟧")
    assert made.text == "帐上没几个钱 发证伐要多少钱"
    assert [made.text[start:end] for start, end in made.asks] == ["发证伐", "要多少钱"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("社团是不是50个人才能登记", ()),
        ("是不是100个人，才能成立", ()),
        ("备案找谁，要几个人才能备案", ("备案找谁", "要几个人 才能备案")),
        ("备案找谁，才20个人行吗", ("备案找谁", "才20个人行吗")),  # 才 that only counts
    ],
)
def test_what_is_only_then_so_is_one_question_with_its_condition(text, parts):
    assert separate_questions(in_common_speech(text)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("罚款不是5万吗 没资格募捐", ()),
        ("要不要罚，没有登记", ()),
        ("最高给多少 没登记的队能申报伐", ("最高给多少", "没登记的队能申报伐")),
        ("备案找谁？没登记过？", ("备案找谁", "没登记过")),
        ("要不要罚 没发票光有收条呢", ("要不要罚", "没发票光有收条呢")),
    ],
)
def test_what_is_lacking_is_the_case_asked_about(text, parts):
    assert separate_questions(text) == parts


def test_the_clause_that_asks_is_not_the_case_said_after_it():
    assert asking_clause("罚款不是5万吗 没资格募捐") == "罚款不是5万吗"
    assert asking_clause("我们办了个队 没登记") == "我们办了个队 没登记"


@pytest.mark.parametrize("line", ["⟦发证伐", "发证伐⟧", "⟦发⟦证伐⟧"])
def test_marks_that_do_not_match_are_named(line, tmp_path: Path):
    folder = tmp_path / WRITTEN
    folder.mkdir(parents=True)
    (folder / "people.txt").write_text(f"⟦找谁⟧\n{line}\n", "utf-8")
    with pytest.raises(DocumentError, match=r"people\.txt 第 2 行"):
        read_messages(tmp_path)


def test_known_questions_stand_in_a_row():
    made = in_a_row(["备案找谁", "要交多少钱？", "我们二十人，要登记吗", "讲一下"] * 5)
    assert all(one.text[start:end] in ("备案找谁", "要交多少钱") for one in made for start, end in one.asks)
    assert sum(len(one.asks) for one in made) == 10  # each once; those of several clauses not


def test_on_messages_it_did_not_learn_it_is_right_more_often_than_question_words_alone():
    messages = read_messages(corpus_folder())
    assert len(messages) > 1000
    model = train([*messages[::2], *in_a_row(known_questions(corpus_folder()))])
    learned = words = 0
    total = 0
    for one in messages[1::2]:
        found = clauses(one.text)
        for at, (clause, asks) in enumerate(zip(found, asking(found, model), strict=True)):
            end = clause.start + len(clause.text)
            truth = any(clause.start < last <= end + 1 for _, last in one.asks)
            learned += asks is truth
            words += ("=word" in beside(found, at)) is truth
            total += 1
    assert learned > 0.9 * total
    assert learned > words + 0.05 * total


def test_a_figure_is_not_cut_at_its_thousands():
    assert [one.text for one in clauses("补助3,000元够不够，找谁要")] == ["补助3,000元够不够", "找谁要"]
