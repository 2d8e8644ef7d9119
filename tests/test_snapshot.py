import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.clause_json import Body
from assistant.domain import Clause, Document, DocumentKind, DocumentStatus, ExpectedQuestion, Passage
from assistant.errors import IndexUnusableError, NotFoundError
from assistant.snapshot import Snapshot, write_snapshot

RULES = Document(
    id="rules",
    title="办法",
    text="第一条 甲。\n第二条 乙𠮷丙。",
    kind=DocumentKind.ORIGINAL,
    doc_number="民测〔2024〕1号",
    status=DocumentStatus.IN_FORCE,
    supersedes=("旧办法",),
    basis=("条例", "法"),
    clauses=(Clause(0, None, 0, "第一条", "", 0, 6, 6), Clause(1, None, 0, "第二条", "", 7, 15, 15, page=2)),
)
CARDS = Document(id="cards", title="要点", text="丁。", kind=DocumentKind.FACT_CARD)
PASSAGES = [
    Passage("rules#7-15", "rules", 7, 15, RULES.text[7:15], "第二条", "第二条", page=2),
    Passage("rules#0-6", "rules", 0, 6, RULES.text[0:6], "第一条", "第一条"),
    Passage("cards#0-2", "cards", 0, 2, "丁。", "", topic="其他"),
]
ASKED = [(1, ExpectedQuestion("rules", 4, 6, "甲是什么")), (0, ExpectedQuestion("rules", 11, 14, "乙呢"))]


def written(path, documents, passages, asked):
    held = {document.id: document for document in documents}
    write_snapshot(path, held, passages, asked, bodies=map(Body.of, documents))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "snapshot.sqlite3"
    written(file, [RULES, CARDS], PASSAGES, ASKED)
    return file


@pytest.fixture
def snapshot(path):
    opened = Snapshot.open(path)
    yield opened
    opened.close()


def test_a_document_comes_back_as_it_was(snapshot):
    assert snapshot.document("rules") == RULES
    assert snapshot.text("rules") == RULES.text


def test_listing_leaves_out_text_and_clauses(snapshot):
    listed = snapshot.documents()
    assert set(listed) == {"rules", "cards"}
    assert (listed["rules"].text, listed["rules"].clauses) == ("", ())
    assert listed["rules"].basis == ("条例", "法")


def test_rows_are_positions_in_the_order_given(snapshot):
    assert snapshot.passages([2, 0]) == [PASSAGES[2], PASSAGES[0]]
    assert snapshot.rows_of(["cards#0-2", "rules#0-6", "none"]) == {"cards#0-2": 2, "rules#0-6": 1}
    assert snapshot.row_documents() == ["rules", "rules", "cards"]


def test_unknown_rows_and_none_at_all(snapshot):
    assert snapshot.passages([7]) == []
    assert snapshot.passages([]) == []
    assert snapshot.rows_of([]) == {}


def test_neighbours_are_in_reading_order(snapshot):
    assert [p.start for p in snapshot.neighbours("rules")] == [0, 7]


def test_questions_point_at_passages_and_words(snapshot):
    assert snapshot.question_targets() == [(1, 4, 6), (0, 11, 14)]
    assert snapshot.questions() == ["甲是什么", "乙呢"]


@pytest.mark.parametrize("read", [Snapshot.document, Snapshot.text])
def test_an_unknown_document_is_not_found(snapshot, read):
    with pytest.raises(NotFoundError, match="没有编号"):
        read(snapshot, "none")


def test_threads_may_share_it(snapshot):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: snapshot.passages([i % 3])[0].id, range(300)))
    assert found == [PASSAGES[i % 3].id for i in range(300)]


def test_reading_writes_nothing(snapshot, path):
    before = path.read_bytes()
    snapshot.neighbours("rules")
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["数据 100%", "a#b", "a?mode=rw", "it's"])
def test_folders_may_have_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    written(folder / "snapshot.sqlite3", [CARDS], [PASSAGES[2]], [])
    opened = Snapshot.open(folder / "snapshot.sqlite3")
    assert opened.passages([0]) == [PASSAGES[2]]
    opened.close()


def damaged_header(content):
    return b"not a database" + content[14:]


@pytest.mark.parametrize("damage", [damaged_header, lambda _: b"", lambda content: content[:2000]])
def test_a_damaged_file_is_refused_with_advice(path, damage):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        Snapshot.open(path).documents()


def test_a_missing_file_is_refused_with_advice(tmp_path):
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        Snapshot.open(tmp_path / "none.sqlite3")


def test_damage_met_only_while_reading_is_named_too(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE documents SET text = hex(randomblob(9000))")  # needs pages of its own
    connection.close()
    opened = Snapshot.open(path)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        [opened.text(id_) for id_ in ("rules", "cards")]
    opened.close()
