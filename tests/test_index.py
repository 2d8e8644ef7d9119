"""assistant.index: a published generation opened and read, or refused with what to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from opened_index import FIRST, cut_database, descriptors, opened
from small_home import write_encoder

from assistant.answer import Assistant
from assistant.config import Settings
from assistant.domain import AnswerStatus
from assistant.encoder import open_encoder
from assistant.errors import IndexUnusableError
from assistant.generations import MANIFEST, fault, generations, published, roll_back
from assistant.index import Index, passage_text
from assistant.text import Segmenter


@pytest.fixture
def index(small_home, tools):
    found = opened(small_home, tools)
    yield found
    found.close()


def test_rows_mean_the_same_passage_everywhere(index, tools):
    rows = range(index.lexical.size)
    passages = index.snapshot.passages(rows)
    assert [p.document_id for p in passages] == index.row_document
    for row, passage in enumerate(passages):
        text = passage_text(index.documents[passage.document_id], passage)
        assert set(tools.segmenter.terms(text)) == {
            term for term in index.lexical._vocabulary.terms() if row in index.lexical.posting(term).rows
        }
        near = index.nearest(tools.encoder.encode([text])[0], top_k=9)
        assert near[row] == pytest.approx(1.0, abs=1e-5)


def test_questions_point_into_the_passage_that_holds_their_words(index, tools):
    assert len(index.targets) == index.questions.size == 9
    for at, (target, question) in enumerate(zip(index.targets, index.snapshot.questions(), strict=True)):
        [passage] = index.snapshot.passages([target.row])
        assert passage.start <= target.start < passage.end
        near = index.nearest_questions(tools.encoder.encode([question], query=True)[0], top_k=9)
        assert near[at] == pytest.approx(max(near.values()), abs=1e-5)


def test_a_retired_card_is_not_indexed_and_its_questions_point_at_the_original(index):
    assert "card-ceshi-banfa" not in index.documents
    at = index.snapshot.questions().index("社会团体会员门槛是多少人")
    assert index.row_document[index.targets[at].row] == "ceshi-banfa"


def test_vectors_may_be_limited_to_regions(index, tools):
    vector = tools.encoder.encode(["孵化补贴"])[0]
    rows = index.nearest(vector, top_k=9, regions=["广东省"])
    assert {index.documents[index.row_document[row]].region for row in rows} == {"广东省"}


def test_nothing_published_is_refused_with_advice(tmp_path, tools):
    with pytest.raises(IndexUnusableError, match="ingest sync"):
        opened(tmp_path, tools)
    assert generations(tmp_path) == []
    with pytest.raises(IndexUnusableError, match="没有更早"):
        roll_back(tmp_path)


def test_another_encoder_is_refused(home, tools, tmp_path):
    other = open_encoder(str(write_encoder(tmp_path / "other", letters="登记备案")))
    with pytest.raises(IndexUnusableError, match=r"向量模型.*ingest publish"):
        Index.open(home, encoder=other, segmenter=tools.segmenter)


def test_another_tokenizer_is_refused(home, tools):
    with pytest.raises(IndexUnusableError, match=r"分词词典.*ingest publish"):
        Index.open(home, encoder=tools.encoder, segmenter=Segmenter.with_words(["别的"]))


def test_an_older_format_is_refused(home, tools):
    path = published(home) / MANIFEST
    path.write_text(path.read_text("utf-8").replace('"format": ', '"format": 9'), "utf-8")
    with pytest.raises(IndexUnusableError, match="过时"):
        opened(home, tools)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 3}'])
def test_a_damaged_manifest_is_named(home, tools, content):
    (published(home) / MANIFEST).write_text(content, "utf-8")
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        opened(home, tools)
    assert FIRST in fault(published(home))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
@pytest.mark.parametrize(
    "name", ["snapshot.sqlite3", "lexical/rows.npy", "questions/terms.txt", "questions/keys.txt"]
)
def test_a_missing_file_is_named_when_opened_and_nothing_is_left_open(home, tools, name):
    opened(home, tools).close()  # the first one loads libraries
    (published(home) / name).unlink()
    before = descriptors()
    for _ in range(3):
        with pytest.raises(IndexUnusableError, match="ingest publish"):
            opened(home, tools)
    assert descriptors() == before


@pytest.mark.parametrize("damage", [shutil.rmtree, cut_database])
def test_without_vectors_words_answer(home, tools, encoder_folder, damage):
    damage(published(home) / "chroma")
    index = opened(home, tools)
    assert index.vectors_lost
    assert index.nearest(np.ones(tools.encoder.dim, dtype=np.float32), top_k=5) == {}
    index.close()
    assistant = Assistant.open(Settings(home=home, encoder=str(encoder_folder)))
    answer = assistant.ask("登记社会团体要多少会员和资金")
    assert answer.status is AnswerStatus.ANSWERED
    assert "个人会员不少于五十名，活动资金不少于三万元" in answer.citations[0].quote
    assistant.close()
