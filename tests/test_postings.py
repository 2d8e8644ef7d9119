import random

import numpy as np
import pytest

from assistant.errors import IndexUnusableError
from assistant.postings import Postings, count_terms, revised
from assistant.text import RowTerms

ROWS = [*map(RowTerms, [["备案", "街道", "备案"], ["登记", "资金"], [], ["街道"]])]


def table(postings):
    """Counts by (term, row), and rows checked to be ascending within each term."""
    found = {}
    for number, term in enumerate(postings.vocabulary.terms()):
        assert postings.vocabulary.number(term) == number
        part = slice(postings.starts[number], postings.starts[number + 1])
        rows = postings.rows[part].tolist()
        assert rows == sorted(rows)
        found |= {(term, row): int(n) for row, n in zip(rows, postings.counts[part], strict=True)}
    return found


def test_counts_by_hand():
    counted = count_terms(ROWS)
    assert table(counted) == {
        ("备案", 0): 2,
        ("街道", 0): 1,
        ("街道", 3): 1,
        ("登记", 1): 1,
        ("资金", 1): 1,
    }
    assert counted.lengths.tolist() == [3, 2, 0, 1]


def test_pairs_are_those_of_neighbouring_characters_as_often_as_they_stand():
    counted = count_terms([RowTerms(["备案"], "备案备案，a街\n道"), RowTerms([], ""), RowTerms([], "案备𠮷")])
    assert table(counted) == {
        ("备案", 0): 1,
        ("#备案", 0): 2,
        ("#案备", 0): 1,
        ("#案备", 2): 1,
        ("#备𠮷", 2): 1,
    }
    assert counted.lengths.tolist() == [4, 0, 2]


def some_rows(chance, count):
    return [one_row(chance, "甲乙丙丁戊己庚辛") for _ in range(count)]


def one_row(chance, characters):
    text = "".join(chance.choice(characters + "，a𠮷") for _ in range(chance.randint(0, 9)))
    return RowTerms([chance.choice(characters) for _ in range(chance.randint(0, 6))], text)


def test_blocks_make_no_difference():
    rows = some_rows(random.Random(1), 200)
    assert table(count_terms(iter(rows), block_tokens=7)) == table(count_terms(rows))


def test_a_revision_is_a_count_from_nothing_that_reads_only_what_is_new():
    chance = random.Random(2)
    for _ in range(30):
        before = some_rows(chance, 40)
        sources = sorted(chance.sample(range(40), chance.randint(0, 40)))
        rows = [(source, before[source]) for source in sources]
        for _ in range(chance.randint(0, 9)):
            rows.insert(chance.randint(0, len(rows)), (-1, one_row(chance, "甲乙壬癸新")))
        asked = []

        def tokens_of(row, rows=rows, asked=asked):
            asked.append(row)
            return rows[row][1]

        found = revised(count_terms(before), np.array([s for s, _ in rows], dtype=np.int64), tokens_of)
        expected = count_terms([tokens for _, tokens in rows])
        assert table(found) == table(expected)
        assert found.lengths.tolist() == expected.lengths.tolist()
        assert asked == [row for row, (source, _) in enumerate(rows) if source < 0]


def test_rows_that_changed_places_are_counted_anew():
    found = revised(count_terms(ROWS), np.array([3, 0, 1]), [ROWS[3], ROWS[0], ROWS[1]].__getitem__)
    assert table(found) == table(count_terms([ROWS[3], ROWS[0], ROWS[1]]))


def test_saved_postings_come_back(tmp_path):
    counted = count_terms(ROWS)
    counted.save(tmp_path)
    assert table(Postings.read(tmp_path)) == table(counted)


@pytest.mark.parametrize(
    "name", ["terms.txt", "pairs.npy", "starts.npy", "rows.npy", "counts.npy", "lengths.npy"]
)
def test_damage_is_named(tmp_path, name):
    count_terms(ROWS).save(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-9])
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        Postings.read(tmp_path)
