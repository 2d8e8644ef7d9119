"""assistant.known_ways: laws that somebody adds come with how people ask about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_home import copy_corpus, silent

from assistant.catalogue import Catalogue
from assistant.config import Settings, corpus_folder
from assistant.domain import Document, Passage
from assistant.errors import DocumentError
from assistant.index import Index
from assistant.known_ways import STATUTES, KnownWays, article_mark
from ingest.pipeline import sync
from ingest.publishing import bring_up_to_date

RENT = "第三条　承租人应当按照约定的期限支付租金，没有约定的，每季度支付一次。"
LOCK = "第四条　出租人不得擅自更换门锁。"
LONG = "第五条　有下列情形之一的，出租人可以解除合同："
ITEMS = "（一）承租人转租的；\n（二）承租人拖欠租金满三个月的。"


def ways(folder: Path, *rows: tuple[list[str], list[str]]) -> Path:
    """A corpus folder whose questions belong to the articles with these texts."""
    (folder / STATUTES).mkdir(parents=True, exist_ok=True)
    lines = [
        {"law": "租赁条例", "marks": [article_mark(text) for text in texts], "questions": asked}
        for texts, asked in rows
    ]
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / STATUTES / "people.jsonl").write_text(content + "\n", "utf-8")
    return folder


def lease(id_: str = "doc-lease") -> tuple[Document, list[Passage]]:
    """A law in four passages, the last article in two."""
    text = "\n".join((RENT, LOCK, LONG, ITEMS))
    document = Document(id_, "某市租赁条例", text, region="山东省", level="地方性法规")
    passages, at = [], 0
    for number, part in (("第三条", RENT), ("第四条", LOCK), ("第五条", LONG), ("第五条", ITEMS)):
        end = at + len(part)
        passages.append(Passage(f"{id_}#{at}-{end}", id_, at, end, part, number, article=number))
        at = end + 1
    return document, passages


def test_a_mark_is_of_the_first_words_whatever_number_blanks_and_stops():
    mark = article_mark(RENT)
    assert mark == article_mark(
        "第一百零三条 承租人应当　按照约定的期限，支付租金；没有约定的,每季度支付一次."
    )
    assert mark == article_mark(RENT.removeprefix("第三条"))
    assert mark != article_mark(RENT.replace("季度", "年"))
    assert article_mark("第四条 登记机关是民政部门。") == ""  # so short that other laws have it too
    assert article_mark("") == ""
    longer = "承租人应当妥善保管租赁物，因保管不善造成租赁物毁损、灭失的，应当承担赔偿责任，并且承担修理租赁物所需要的一切费用以及由此产生的利息和其他必要支出"
    assert article_mark(longer + "等。") == article_mark(
        longer + "，另有规定的除外。"
    )  # an amended end is the same article


def test_questions_point_at_the_whole_article_they_were_written_for(tmp_path):
    document, passages = lease()
    whole = f"{LONG}\n{ITEMS}"
    known = KnownWays.read(
        ways(tmp_path, ([RENT], ["房租多久交一回", "租金咋交"]), ([whole], ["拖房租能赶人吗"]))
    )
    found = known.of(document, passages)
    assert [one.question for one in found] == ["房租多久交一回", "租金咋交", "拖房租能赶人吗"]
    assert document.text[found[0].start : found[0].end] == RENT
    assert document.text[found[2].start : found[2].end] == whole
    assert all(one.document_id == document.id and not one.is_gap for one in found)


def test_a_corpus_without_them_and_a_document_without_articles_have_none(tmp_path):
    document, passages = lease()
    assert KnownWays.read(tmp_path).of(document, passages) == []
    known = KnownWays.read(ways(tmp_path, ([RENT], ["房租多久交一回"])))
    assert known.of(document, []) == []


@pytest.mark.parametrize("line", ["{", '{"questions": ["问"]}', '{"marks": 3, "questions": []}'])
def test_a_damaged_file_is_named(tmp_path, line):
    folder = ways(tmp_path)
    (folder / STATUTES / "people.jsonl").write_text(line + "\n", "utf-8")
    with pytest.raises(DocumentError, match="people"):
        KnownWays.read(folder)


def test_a_release_with_other_questions_gives_them_to_laws_that_were_added_before(
    tmp_path, tools, encoder_folder
):
    settings = Settings(home=tmp_path / "home", encoder=str(encoder_folder))
    corpus = ways(copy_corpus(tmp_path / "corpus"), ([RENT], ["旧问法要多少租金"]))
    catalogue = Catalogue.open(settings.home)
    try:
        sync(catalogue, corpus)
        document, passages = lease()
        with catalogue.transaction() as connection:
            catalogue.put(connection, document, passages, KnownWays.read(corpus).of(document, passages))
        ways(corpus, ([RENT], ["新问法房租咋交", "租金多久一交"]))
        assert sync(catalogue, corpus).changed
        asked = [one.question for one in catalogue.questions() if one.document_id == document.id]
        assert asked == ["新问法房租咋交", "租金多久一交"]
        revision = catalogue.revision
        assert not sync(catalogue, corpus).changed
        assert catalogue.revision == revision
        bring_up_to_date(settings.home, catalogue, tools, progress=silent)
    finally:
        catalogue.close()
    index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
    try:
        targets = {text: t.row for text, t in zip(index.question_texts, index.targets, strict=True)}
        texts = index.snapshot.passages([targets["租金多久一交"]])
    finally:
        index.close()
    assert [passage.text for passage in texts] == [RENT]


def test_the_shipped_questions_belong_to_many_articles():
    known = KnownWays.read(corpus_folder())
    assert len(known.by_mark) > 5_000
    assert all(len(mark) == 12 for mark in known.by_mark)
    assert sum(map(len, known.by_mark.values())) > 25_000
