from io import BytesIO

import docx
import pytest
from web_support import EVIL, PLAN, answered, cite, poisoned, refused

from assistant.conversations import Check, Exchange
from assistant.web.export import cited_text, full_source, markdown_file, word_file

EXCHANGES = [
    Exchange(1, "2026-11-21T04:00:00+00:00", answered("归谁管", "四川省")),
    Exchange(2, "2026-11-21T04:01:00+00:00", refused("天气")),
]


def words(exchanges):
    return [p.text for p in docx.Document(BytesIO(word_file("归谁管", exchanges))).paragraphs]


def test_source_is_told_in_full():
    cited = cite(PLAN, "坚持党建引领。", n=1, section="一、总体要求")
    title = "《培育发展社区社会组织专项行动方案（2021—2023年）》（民办发〔2020〕36号）"
    assert full_source(cited) == f"{title}，民政部办公厅，2020-12-07，全国，实施期已满，一、总体要求"


def test_markdown_holds_questions_answers_notices_and_quotes():
    text = markdown_file("归谁管", EXCHANGES)
    assert text.startswith("# 归谁管\n")
    assert "## 归谁管" in text and "## 天气" in text
    for citation in answered("").citations:
        assert f"> {citation.quote}" in text
    assert "〔要点整理，非原文〕" in text
    assert text.count("实施期已满，以下为当时要求") == 1
    assert "### 相关但未回答 [1]" in text
    assert "仅供参考，以原文为准" in text


@pytest.mark.parametrize("exchanges", [EXCHANGES, []])
def test_word_file_opens_with_the_same_words(exchanges):
    paragraphs = words(exchanges)
    assert paragraphs[0] == "归谁管"
    for exchange in exchanges:
        assert exchange.answer.question in paragraphs
        for citation in exchange.answer.citations:
            assert citation.quote in paragraphs


def test_hostile_words_stay_words():
    bad = [Exchange(1, "2026-11-21T04:00:00+00:00", poisoned(f"坏\x0b\ud800{EVIL}"))]
    assert "<script" not in markdown_file("x", bad)
    assert any(f"坏{EVIL}" in text for text in words(bad))


def test_check_is_exported_with_its_note():
    check = Check("张三", "有出入", "第二条已修订", "2026-11-21T05:00:00+00:00")
    checked = [Exchange(1, "2026-11-21T04:00:00+00:00", answered("归谁管"), check=check)]
    for text in (markdown_file("归谁管", checked), "\n".join(words(checked)), cited_text(checked[0])):
        assert "人工核对：张三，2026-11-21 " in text
        assert "有出入。第二条已修订" in text


def test_text_to_copy_has_every_quote_with_its_source():
    text = cited_text(EXCHANGES[0])
    for citation in EXCHANGES[0].answer.citations:
        assert f"依据 [{citation.n}] {full_source(citation)}\n{citation.quote}" in text
    assert text.endswith("（仅供参考，以原文为准）")
    assert not text.startswith("归谁管\n")
