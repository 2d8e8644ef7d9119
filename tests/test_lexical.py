"""Expected values are Robertson's BM25 with k1 1.2, b 0.75 and idf ln(1 + (N - n + 0.5) / (n + 0.5))."""

import math
import random

import bm25s
import numpy as np
import pytest

from assistant.errors import IndexUnusableError
from assistant.lexical import LexicalIndex

ROWS = [["备案", "街道", "备案"], ["登记", "资金"], []]
IDF_OF_ONE = math.log(1 + 2.5 / 1.5)  # one row of three
MEAN_LENGTH = 5 / 3


@pytest.fixture
def index():
    return LexicalIndex.build(ROWS)


def test_scores_are_those_of_a_hand_calculation(index):
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / MEAN_LENGTH)  # row 0 has three tokens
    twice, once = 2 * 2.2 / (2 + norm), 1 * 2.2 / (1 + norm)
    assert index.scores({"备案": 1.0}) == pytest.approx([IDF_OF_ONE * twice, 0, 0])
    assert index.scores({"备案": 1.0, "街道": 0.5}) == pytest.approx(
        [IDF_OF_ONE * (twice + 0.5 * once), 0, 0]
    )


def test_scores_agree_with_bm25s():
    rng = random.Random(3)
    rows = [[rng.choice("甲乙丙丁戊己") for _ in range(rng.randint(1, 9))] for _ in range(40)]
    other = bm25s.BM25(k1=1.2, b=0.75, method="lucene")  # leaves out the constant factor k1 + 1
    other.index(rows, show_progress=False)
    expected = 2.2 * (other.get_scores(["甲"]) + 0.3 * other.get_scores(["丙"]))
    assert LexicalIndex.build(rows).scores({"甲": 1.0, "丙": 0.3}) == pytest.approx(expected, rel=1e-5)


def test_a_term_in_no_row_scores_nothing_and_weighs_most(index):
    assert not index.scores({"税务": 1.0}).any()
    assert index.posting("税务") is None
    assert index.idf("税务") == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert index.idf("税务") > index.idf("备案") == pytest.approx(IDF_OF_ONE)


def test_shared_over_total_is_the_share_of_the_question_a_row_covers(index):
    question = {"备案": 1.0, "街道": 0.5, "税务": 1.0}
    assert index.shared(question) == pytest.approx([1.5 * IDF_OF_ONE, 0, 0])
    assert index.total(question) == pytest.approx(1.5 * IDF_OF_ONE + math.log(8))


def test_row_weights_count_each_term_once(index):
    assert index.row_weights == pytest.approx([2 * IDF_OF_ONE, 2 * IDF_OF_ONE, 0])


def test_postings_are_ascending_rows(index):
    posting = LexicalIndex.build([["甲"], ["乙"], ["甲", "甲"]]).posting("甲")
    assert posting.rows.tolist() == [0, 2]
    assert len(posting.scores) == 2


def test_saved_index_gives_the_same_scores(index, tmp_path):
    index.save(tmp_path / "lexical")
    opened = LexicalIndex.open(tmp_path / "lexical")
    question = {"备案": 1.0, "资金": 0.7, "税务": 1.0}
    assert opened.size == 3
    assert opened.scores(question).tolist() == index.scores(question).tolist()
    assert opened.row_weights.tolist() == index.row_weights.tolist()


@pytest.mark.parametrize("rows", [[], [[]]])
def test_nothing_to_index_is_fine(rows, tmp_path):
    LexicalIndex.build(rows).save(tmp_path)
    opened = LexicalIndex.open(tmp_path)
    assert opened.scores({"备案": 1.0}).tolist() == [0.0] * len(rows)
    assert opened.idf("备案") > 0


@pytest.mark.parametrize("name", ["terms.txt", "starts.npy", "rows.npy", "scores.npy", "weights.npy"])
@pytest.mark.parametrize("damage", ["missing", "cut", "emptied"])
def test_a_damaged_file_is_named(index, tmp_path, name, damage):
    index.save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) - 5] if damage == "cut" else b"")
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        LexicalIndex.open(tmp_path)


def test_arrays_of_different_moments_are_refused(index, tmp_path):
    index.save(tmp_path)
    np.save(tmp_path / "rows.npy", np.zeros(2, dtype=np.int32))
    with pytest.raises(IndexUnusableError):
        LexicalIndex.open(tmp_path)
