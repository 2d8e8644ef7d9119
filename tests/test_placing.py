"""Ways of asking for a fact go on to find the original's clause when the card retires."""

from __future__ import annotations

from assistant.domain import Document, DocumentKind, ExpectedQuestion, Passage
from assistant.placing import placed

CARD_TEXT = "业余团队满十人可向街道备案。"
TEXT = "第一条 本办法自公布之日起施行。第二条 业余文体团队成员满十人的，可以向街道办事处备案。"
CUT = TEXT.index("第二条")


def card(*, reason: str) -> Document:
    return Document(
        id="card",
        title="办法",
        text=CARD_TEXT,
        kind=DocumentKind.FACT_CARD,
        retired=bool(reason),
        retired_reason=reason,
    )


def place(*, section: str, reason: str) -> list[tuple[int, str, int]]:
    passages = [
        Passage("o#0", "original", 0, CUT, TEXT[:CUT], "", "第一条"),
        Passage("o#1", "original", CUT, len(TEXT), TEXT[CUT:], "", "第二条"),
    ]
    found = placed(
        [ExpectedQuestion("card", 0, len(CARD_TEXT), "几个人能备案")],
        passages,
        documents={"card": card(reason=reason), "original": Document(id="original", title="办法", text=TEXT)},
        card_passages=[Passage("c#0", "card", 0, len(CARD_TEXT), CARD_TEXT, section)],
    )
    return [(row, question.document_id, question.start) for row, question in found]


def test_questions_move_to_the_article_the_fact_names():
    assert place(section="第二条第一款", reason="原文已入库：original") == [(1, "original", CUT)]


def test_without_an_article_the_most_alike_clause_takes_them():
    assert place(section="备案", reason="原文已入库：original") == [(1, "original", CUT)]


def test_an_article_that_says_something_else_does_not_take_them():
    assert place(section="第一条", reason="原文已入库：original") == []


def test_a_card_retired_by_hand_has_no_heir():
    assert place(section="第二条", reason="内容有误") == []
