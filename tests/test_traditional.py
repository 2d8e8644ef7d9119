"""Texts in traditional characters: told apart, read like others, found by simplified questions, quoted as written."""

import pytest
from answering import asking, library

from assistant.catalogue import Catalogue
from assistant.hanzi import TO_SIMPLIFIED, simplified
from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from assistant.text import normalise
from ingest.drafts import read_drafts
from ingest.traditional import is_traditional

NOTICE = """關於加強社區社會組織備案管理的通知
測民發〔2024〕8號
各街道辦事處：
　　第一條 社區社會組織由街道辦事處備案，備案不收取任何費用。
　　第二條 發起人不少於三人，並應當有固定的活動場所。
　　第三條 本通知自2099年1月1日起施行。
"""


def test_characters_are_brought_to_simplified_ones_of_the_same_length():
    assert simplified("發文機關：國務院辦公廳　標題：關於社區社會組織的實施意見") == (
        "发文机关：国务院办公厅　标题：关于社区社会组织的实施意见"
    )
    assert simplified("臺灣、香港，麵條和鐘錶，藥師與護士") == "台湾、香港，面条和钟表，药师与护士"
    assert simplified("") == ""


def test_no_simplified_text_is_changed():
    for text in ("民政部办公厅", "显著", "乾隆年间", "覆盖", "瞭望", "一目了然"):
        assert simplified(text) == text
    assert all(len(new) == 1 and ord(new) not in TO_SIMPLIFIED for new in TO_SIMPLIFIED.values())


def test_a_text_is_traditional_when_many_of_its_characters_are():
    assert is_traditional("社會組織是社會治理的重要力量，各地要認真落實。")
    assert not is_traditional("社会组织是社会治理的重要力量，各地要认真落实，著名的臺胞组织也一样。")
    assert not is_traditional("")


def test_both_scripts_have_one_form_for_searching():
    assert normalise("社區社會組織備案") == normalise("社区社会组织备案")


def test_clauses_number_and_validity_are_read_and_the_words_are_kept(tmp_path):
    path = tmp_path / "通知.txt"
    path.write_text(NOTICE, encoding="utf-8")
    [draft] = read_drafts(path)
    held = draft.document
    assert held.title == "关于加强社区社会组织备案管理的通知"
    assert [clause.label for clause in held.clauses if clause.label.endswith("条")] == [
        "第一条",
        "第二条",
        "第三条",
    ]
    assert (held.doc_number, held.effective_on) == ("测民发〔2024〕8号", "2099-01-01")
    assert "第二條 發起人不少於三人" in held.text
    assert all(passage.text == held.text[passage.start : passage.end] for passage in draft.passages)
    assert any("繁体字" in warning for warning in draft.warnings)


@pytest.mark.parametrize("question", ["备案要交钱吗", "最少要几个发起人", "通知什么时候施行"])
def test_a_simplified_question_finds_the_same_clauses_in_both_scripts(tmp_path, tools, question):
    paragraphs = NOTICE.splitlines()[3:]
    found = {}
    for script, written in (("old", str), ("new", simplified)):
        catalogue = Catalogue.open(tmp_path / script)
        index = library(
            tmp_path / script,
            catalogue,
            tools,
            {"d": (written("關於備案的通知"), "全国", list(map(written, paragraphs)))},
        )
        retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
        hits = retriever.retrieve(asking(tools, question), top_k=5)
        found[script] = [hit.passage.start for hit in hits]
        assert all(hit.passage.text in map(written, paragraphs) for hit in hits)
        index.close()
        catalogue.close()
    assert len(found["new"]) == len(paragraphs)
    assert found["old"][0] == found["new"][0]
    # the vectors' words differ, so near-equals may change places
    assert sorted(found["old"]) == sorted(found["new"])
