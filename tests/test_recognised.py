"""Words recognised from pictures (OCR) are told apart, from the page they stand on to the citation."""

import pytest
from answering import asking, hit

from assistant.compose import OCR_LABEL, citation, source_line
from assistant.domain import Document
from assistant.excerpt import excerpt_of
from assistant.extract import Quote
from assistant.presenting import citation_json
from assistant.tables import document_of, document_row
from ingest.canonical import canonical_text
from ingest.readers.raw import RawLine
from ingest.structure import parse_clauses

PAGES = (
    "第一条 甲县备案到街道。",
    "第二条 乙县备案到乡镇。",
    "第三条 丙县备案到民政局。",
    "第四条 丁县不办备案。",
)
TEXT = canonical_text([RawLine(line, page) for page, line in enumerate(PAGES, 1)])


def test_pages_that_follow_each_other_are_one_span():
    assert TEXT.spans_of(()) == ()
    first, last = TEXT.text.index("第二条"), TEXT.text.index("第四条")
    assert TEXT.spans_of((2, 3)) == ((first, last),)
    assert TEXT.spans_of((1, 4)) == ((0, first), (last, len(TEXT.text)))
    assert canonical_text([RawLine("没有页码")]).spans_of((1,)) == ()


def test_clauses_on_a_recognised_page_say_so():
    clauses = parse_clauses(TEXT.text, pages=TEXT.pages, ocr_spans=TEXT.spans_of((2,)))
    assert [(clause.label, clause.ocr) for clause in clauses] == [
        ("第一条", False), ("第二条", True), ("第三条", False), ("第四条", False),
    ]  # fmt: skip


def test_a_document_keeps_its_recognised_parts_in_the_catalogue():
    held = Document("d", "某办法", TEXT.text, ocr_spans=TEXT.spans_of((2, 4)))
    assert document_of(document_row(held)) == held


@pytest.mark.parametrize(("article", "recognised"), [("第一条", False), ("第二条", True)])
def test_a_citation_of_recognised_words_asks_to_check_the_original(tools, article, recognised):
    start = TEXT.text.index(article)
    end = TEXT.text.index("。", start) + 1
    held = Document("d", "某办法", TEXT.text, ocr_spans=TEXT.spans_of((2,)))
    found = Quote(hit(TEXT.text[start:end], of=held, start=start), start, end, 1.0)
    cited = citation(1, found, text=TEXT.text, query=asking(tools, "怎么备案"))
    assert citation_json(cited)["ocr"] is recognised
    assert (OCR_LABEL in source_line(cited)) is recognised
    assert excerpt_of(held, [], start, end).ocr is recognised
