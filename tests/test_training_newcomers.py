"""ingest.training_newcomers: texts that training takes for newly added."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from answering import opened_library
from small_home import copy_corpus, silent

from assistant.config import Settings
from assistant.errors import DocumentError
from assistant.index import Index
from ingest.home import prepare_locked
from ingest.training_newcomers import WRITTEN, AddedLaws, Newcomers

TEXTS = {
    "a": ("甲办法", "全国", ["备案由街道办事处办理。"]),
    "b": ("乙办法", "全国", ["活动资金不少于三万元。"]),
    "c": ("丙办法", "全国", ["每年培训一次。"]),
}
QUESTIONS = {"a": [("备案找谁", "备案由街道办事处办理。"), ("备案几天", "")], "b": [("要多少钱", "")]}


def test_what_is_drawn_is_all_that_is_known_of_whole_documents(tmp_path, tools):
    with opened_library(tmp_path, tools, TEXTS, QUESTIONS) as index:
        at = {text: row for row, text in enumerate(index.question_texts)}
        first, second = frozenset({at["备案找谁"], at["备案几天"]}), frozenset({at["要多少钱"]})
        newcomers = Newcomers(index, random.Random(3))
        drawn = [newcomers.draw("a") for _ in range(200)]
        assert set(drawn) == {frozenset(), first, second, first | second}
        assert sum(first <= one for one in drawn) > sum(second <= one for one in drawn)
        again = Newcomers(index, random.Random(3))
        assert [again.draw("a") for _ in range(200)] == drawn
        assert {newcomers.draw("c") for _ in range(100)} <= set(drawn)  # nothing is known of it
        assert {newcomers.draw() for _ in range(100)} <= set(drawn)


def article(id_: str, law: str, number: str, text: str, *, region: str = "上海") -> dict[str, str]:
    return {"id": id_, "law": law, "region": region, "heading": "", "article": number, "text": text}


@pytest.fixture
def statutes(tmp_path: Path) -> Path:
    rows = [
        article("s1", "养犬管理条例", "第一条", "养犬应当办理登记。"),
        article("s2", "养犬管理条例", "第二条", "犬只登记每年一次，由公安机关办理。"),
        article("s3", "垃圾分类条例", "第一条", "生活垃圾应当分类投放。"),
        article("s4", "无人问的条例", "第一条", "为了规范管理，制定本条例。"),
    ]
    folder = tmp_path / "statutes"
    folder.mkdir()
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus that holds one of the laws already."""
    folder = copy_corpus(tmp_path / "corpus")
    held = "---\nid: held\ntitle: 垃圾分类条例\nregion: 上海市\nlevel: 地方性法规\nstatus: 现行有效\n---\n第一条 分类投放。\n"
    (folder / "documents" / "held.md").write_text(held, "utf-8")
    (folder / WRITTEN).mkdir(parents=True)
    rows = [
        {"articles": ["s2", "s1"], "law": "养犬管理条例", "questions": ["狗证找哪家办", "遛狗要证不"]},
        {"articles": ["s3"], "law": "垃圾分类条例", "questions": ["垃圾咋扔"]},
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / WRITTEN / "people.jsonl").write_text(lines + "\n", "utf-8")
    return folder


def test_only_laws_that_are_asked_about_and_not_held_are_added(statutes, corpus):
    added = AddedLaws.read(statutes, corpus)
    assert [law.title for law in added.laws.values()] == ["养犬管理条例"]
    assert added.asked[0] == ("狗证找哪家办", ("s2", "s1"))
    assert len(added.asked) == 3


def test_questions_name_the_passages_of_the_index_that_answer(
    tmp_path, statutes, corpus, tools, encoder_folder
):
    added = AddedLaws.read(statutes, corpus)
    both = added.beside(corpus, tmp_path / "both")
    settings = Settings(home=tmp_path / "home", encoder=str(encoder_folder))
    prepare_locked(settings, tools, corpus=both, progress=silent)
    index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
    try:
        questions = added.questions(index)
        texts = {p.id: p.text for p in index.snapshot.passages(range(len(index.row_document)))}
    finally:
        index.close()
    assert [one.text for one in questions] == ["狗证找哪家办", "遛狗要证不"]  # of the held law: none
    assert {one.region for one in questions} == {"上海市"}
    assert all(len(one.passages) == 2 for one in questions)
    assert any("公安机关" in texts[id_] for id_ in questions[0].passages)


def test_a_corpus_without_such_questions_adds_nothing(tmp_path, statutes):
    assert AddedLaws.read(statutes, copy_corpus(tmp_path / "plain")) == AddedLaws({}, ())


def test_statutes_that_cannot_be_read_are_named(tmp_path, corpus):
    with pytest.raises(DocumentError, match=r"articles\.jsonl\.gz"):
        AddedLaws.read(tmp_path / "nowhere", corpus)
