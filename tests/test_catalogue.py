import sqlite3
from dataclasses import replace

import pytest

from assistant.catalogue import FILE_NAME, Catalogue
from assistant.domain import Clause, Document, DocumentKind, DocumentStatus, ExpectedQuestion, Passage
from assistant.errors import CatalogueError, NotFoundError

TEXT = "第一条 甲。\n第二条 乙𠮷丙。"
RULES = Document(
    id="rules",
    title="办法",
    text=TEXT,
    doc_number="民测〔2024〕1号",
    region="四川省",
    issued_on="2024-01-05",
    status=DocumentStatus.IN_FORCE,
    supersedes=("旧办法",),
    basis=("条例",),
    original_sha256="ab" * 32,
    clauses=(Clause(0, None, 0, "第一条", "", 0, 6, 6), Clause(1, None, 0, "第二条", "", 7, 15, 15, page=2)),
)
PASSAGES = (
    Passage("rules#7-15", "rules", 7, 15, TEXT[7:15], "第二条", "第二条", page=2),
    Passage("rules#0-6", "rules", 0, 6, TEXT[0:6], "第一条", "第一条"),
)
ASKED = (ExpectedQuestion("rules", 11, 14, "乙呢"), ExpectedQuestion("rules", 4, 6, "甲是什么"))
CARD = Document(id="card", title="要点", text="丁。", kind=DocumentKind.FACT_CARD, builtin=True)


def put(catalogue, document, passages=(), questions=()):
    with catalogue.transaction() as connection:
        catalogue.put(connection, document, passages, questions)


@pytest.fixture
def filled(catalogue):
    put(catalogue, RULES, PASSAGES, ASKED)
    put(catalogue, CARD)
    return catalogue


def test_a_document_comes_back_as_it_was(filled):
    assert filled.document("rules") == RULES
    assert filled.document("card") == CARD


def test_listing_is_by_id_and_without_text_unless_asked(filled):
    assert [d.id for d in filled.documents()] == ["card", "rules"]
    assert [d.text for d in filled.documents()] == ["", ""]
    assert filled.documents(with_text=True) == [CARD, RULES]


def test_passages_come_back_in_reading_order_as_slices(filled):
    assert list(filled.passages()) == [PASSAGES[1], PASSAGES[0]]
    assert list(filled.passages(["card"])) == []
    assert [p.id for p in filled.passages(["rules"])] == ["rules#0-6", "rules#7-15"]


def test_questions_come_back_by_place(filled):
    assert filled.questions() == [ASKED[1], ASKED[0]]


def test_a_passage_that_is_no_slice_is_refused_and_nothing_kept(filled):
    other = replace(RULES, text="别的文字，长短一样多多。", title="新")
    with pytest.raises(ValueError, match="not a slice"):
        put(filled, other, PASSAGES)
    assert filled.document("rules") == RULES
    assert len(list(filled.passages())) == 2


def test_putting_again_replaces_text_passages_and_questions(filled):
    newer = replace(RULES, text="只有一句。", clauses=())
    put(filled, newer, [Passage("rules#0-5", "rules", 0, 5, "只有一句。", "")])
    assert filled.document("rules") == newer
    assert [p.text for p in filled.passages()] == ["只有一句。"]
    assert filled.questions() == []


def test_update_changes_metadata_and_leaves_the_words(filled):
    changed = replace(RULES, status=DocumentStatus.REPEALED, retired=True, text="", clauses=())
    with filled.transaction() as connection:
        filled.update(connection, changed)
    found = filled.document("rules")
    assert found == replace(changed, text=RULES.text, clauses=RULES.clauses)
    assert len(list(filled.passages())) == 2


def test_delete_takes_everything_derived_along(filled):
    with filled.transaction() as connection:
        filled.delete(connection, "rules")
        filled.delete(connection, "none")
    assert [d.id for d in filled.documents()] == ["card"]
    assert list(filled.passages()) == []
    assert filled.questions() == []
    with pytest.raises(NotFoundError, match="“rules”"):
        filled.document("rules")


def test_a_transaction_is_kept_whole_or_not_at_all(filled):
    before = filled.revision
    with pytest.raises(RuntimeError), filled.transaction() as connection:
        filled.delete(connection, "card")
        filled.remember(connection, "key", "value")
        raise RuntimeError
    assert filled.revision == before
    assert filled.document("card") == CARD
    assert filled.state("key") is None


def test_every_transaction_raises_the_revision_by_one(catalogue):
    assert catalogue.revision == 0
    put(catalogue, CARD)
    put(catalogue, CARD)
    assert catalogue.revision == 2
    catalogue.raise_revision(above=10)
    assert catalogue.revision == 11


def test_what_was_kept_is_there_after_reopening(tmp_path):
    first = Catalogue.open(tmp_path)
    with first.transaction() as connection:
        first.put(connection, RULES, PASSAGES, ASKED)
        first.remember(connection, "corpus_hash", "1234")
    first.close()
    second = Catalogue.open(tmp_path)
    assert second.document("rules") == RULES
    assert second.state("corpus_hash") == "1234"
    assert second.revision == 1
    second.close()


def test_a_listing_is_read_again_after_each_change(filled, tmp_path):
    before = filled.documents()
    before.clear()
    assert [d.id for d in filled.documents()] == ["card", "rules"]
    beside = Catalogue.open(tmp_path / "catalogue-home")
    with beside.transaction() as connection:
        beside.update(connection, replace(RULES, title="改了名的办法"))
    beside.close()
    assert filled.documents()[1].title == "改了名的办法"


def test_commits_survive_power_cuts(filled):
    with filled._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


@pytest.mark.parametrize("name", ["数据 100%", "a?b", "a#b", "it's"])
def test_homes_may_have_any_name(tmp_path, name):
    opened = Catalogue.open(tmp_path / name)
    put(opened, CARD)
    opened.close()
    assert (tmp_path / name / FILE_NAME).is_file()


def large_catalogue(folder):
    """A catalogue of many pages, closed, so that all is in one file."""
    catalogue = Catalogue.open(folder)
    for i in range(30):
        put(catalogue, replace(RULES, id=f"d{i}", text=TEXT + f"{i}字" * 3000))
    catalogue.close()
    return folder / FILE_NAME


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"garbage!" * 4 + content[32:],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-4096],
        lambda content: content[:100],
        lambda content: content[:8192] + b"\xff" * 8192 + content[16384:],
        lambda content: content[:-16384] + b"\xff" * 4096 + content[-12288:],
    ],
    ids=["empty", "header", "half", "page short", "stump", "tables", "texts"],
)
def test_a_damaged_catalogue_is_refused_with_the_way_back(tmp_path, damage):
    path = large_catalogue(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    damaged = path.read_bytes()
    with pytest.raises(CatalogueError, match="ingest restore"):
        Catalogue.open(tmp_path)
    assert path.read_bytes() == damaged


def test_a_catalogue_of_a_newer_version_is_refused(filled, tmp_path):
    path = tmp_path / "catalogue-home" / FILE_NAME
    filled.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE state SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(CatalogueError, match="升级"):
        Catalogue.open(path.parent)
