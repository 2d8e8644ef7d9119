from dataclasses import replace

from web_support import CARDS, EVIL_DOCUMENT, PLAN, PLAN_TEXT

from assistant.web.reading import blocks, outline, reading_page

QUOTE = "规模较小、组织较为松散的"
START = PLAN_TEXT.index(QUOTE)
AT = f"{START}-{START + len(QUOTE)}"


def joined(found):
    return "".join(segment.text for block in found for segment in block.segments)


def test_blocks_leave_nothing_out():
    assert joined(blocks(PLAN, marked=(0, 0))) == PLAN_TEXT.replace("\n", "")


def test_text_on_one_line_is_cut_where_clauses_begin():
    flat = replace(PLAN, text=PLAN_TEXT.replace("\n", "　"))
    found = blocks(flat, marked=(0, 0))
    assert joined(found) == flat.text
    assert [b.anchors for b in found] == [(), (0,), (1,), (2,), (3,)]


def test_headings_have_levels_and_text_has_none():
    found = {block.segments[0].text: block.level for block in blocks(PLAN, marked=(0, 0))}
    assert found["一、总体要求"] == 2
    assert found["（一）完善分类管理"] == 3
    assert found["坚持党建引领。"] == 0


def test_quote_is_marked_exactly_once_even_across_blocks():
    span = (PLAN_TEXT.index("坚持党建"), PLAN_TEXT.index("（一）"))
    found = [s for block in blocks(PLAN, marked=span) for s in block.segments if s.marked]
    assert [s.text for s in found] == ["坚持党建引领。", "二、工作任务"]
    assert [s.first for s in found] == [True, False]


def test_pages_are_told_where_they_begin():
    clauses = tuple(replace(clause, page=1 if clause.ordinal < 2 else 2) for clause in PLAN.clauses)
    pages = [block.page for block in blocks(replace(PLAN, clauses=clauses), marked=(0, 0))]
    assert [page for page in pages if page] == [1, 2]


def test_page_has_outline_anchors_facts_and_the_marked_quote():
    html = reading_page(PLAN, at=AT)
    assert [entry.title for entry in outline(PLAN)] == [
        "一、总体要求",
        "二、工作任务",
        "（一）完善分类管理",
        "（二）加强资金支持",
    ]
    assert '<a href="#c2">（一）完善分类管理</a>' in html
    assert 'id="c2"' in html
    assert "民办发〔2020〕36号" in html
    assert "方案实施期到2023年" in html
    assert f'<mark id="quote">{QUOTE}</mark>' in html


def test_bad_span_marks_nothing():
    for at in ("", "9-3", "1-99999", "x", "-1-5", "1-2-3", "٣-٤"):
        assert "<mark" not in reading_page(PLAN, at=at)


def test_fact_cards_are_labelled():
    assert "要点整理，非原文" in reading_page(CARDS)
    assert "要点整理，非原文" not in reading_page(PLAN)


def test_document_text_and_address_cannot_run_anything():
    html = reading_page(EVIL_DOCUMENT)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
