"""assistant.vectors and assistant.vector_writing: rows brought to a folder, and found by kind and region."""

from math import sqrt

import numpy as np
import pytest
from vector_rows import MANY, encode, many_rows, many_vectors, rows, unit

from assistant.errors import IndexUnusableError
from assistant.vector_writing import OWN_LEAST, write
from assistant.vectors import PASSAGES, QUESTIONS, VectorIndex, VectorRow, collections, connect


@pytest.fixture(params=[0, OWN_LEAST], ids=["own collections", "shared collection"])
def own_least(request):
    return request.param


@pytest.fixture
def folder(tmp_path, own_least):
    passages = rows("east", "north", "between", "nothing") + rows("west", region="四川省")
    wanted = {PASSAGES: passages, QUESTIONS: rows("east")}
    write(tmp_path / "chroma", wanted, encode, own_least=own_least)
    return tmp_path / "chroma"


@pytest.fixture
def index(folder):
    opened = VectorIndex.open(folder, private=True)
    yield opened
    opened.close()


def test_neighbours_are_ranked_by_cosine_higher_is_better(index):
    found = index.nearest(PASSAGES, unit(1, 0), top_k=3)
    assert [near.id for near in found][:2] == ["east", "between"]
    assert [near.similarity for near in found][:2] == pytest.approx([1.0, sqrt(0.5)], abs=1e-6)


def test_neighbours_may_be_limited_to_regions(index):
    found = index.nearest(PASSAGES, unit(1, 0), top_k=3, regions=["四川省"])
    assert [(near.id, round(near.similarity, 5)) for near in found] == [("west", -1.0)]
    assert index.nearest(PASSAGES, unit(1, 0), top_k=3, regions=["吉林省"]) == []


def test_a_region_is_found_behind_nearer_rows_of_another(tmp_path):
    near = [f"near{at}" for at in range(40)]
    place = {id_: unit(1, 0.001 * at) for at, id_ in enumerate(near)} | {
        "far": unit(0, 1),
        "back": unit(-1, 0),
    }
    passages = rows(*near, region="四川省") + rows("far", "back")
    write(tmp_path, {PASSAGES: passages, QUESTIONS: []}, lambda _, ids: np.asarray([place[i] for i in ids]))
    index = VectorIndex.open(tmp_path, private=False)
    found = index.nearest(PASSAGES, unit(1, 0), top_k=2, regions=["全国"])
    assert [(row.id, round(row.similarity, 3)) for row in found] == [("far", 0.0), ("back", -1.0)]
    both = index.nearest(PASSAGES, unit(0, 1), top_k=1, regions=["四川省", "全国"])
    assert [row.id for row in both] == ["far"]
    index.close()


def test_a_row_that_moves_to_another_region_is_found_there_alone(folder, own_least):
    moved = rows("east", region="四川省") + rows("north")
    write(folder, {PASSAGES: moved, QUESTIONS: []}, encode, own_least=own_least)
    index = VectorIndex.open(folder, private=True)
    assert [near.id for near in index.nearest(PASSAGES, unit(1, 0), top_k=9, regions=["全国"])] == ["north"]
    assert [near.id for near in index.nearest(PASSAGES, unit(1, 0), top_k=9, regions=["四川省"])] == ["east"]
    assert (index.count(PASSAGES), index.count(QUESTIONS)) == (2, 0)
    index.close()


def test_collections_are_apart(index):
    assert (index.count(PASSAGES), index.count(QUESTIONS)) == (5, 1)
    assert [near.id for near in index.nearest(QUESTIONS, unit(0, 1), top_k=9)] == ["east"]


@pytest.mark.parametrize(
    ("vector", "regions"), [(unit(0, 0), None), (unit(1, 0), [])], ids=["no known token", "no region"]
)
def test_nothing_to_look_for_finds_nothing(index, vector, regions):
    assert index.nearest(PASSAGES, vector, top_k=3, regions=regions) == []


def test_empty_collections_find_nothing(tmp_path):
    write(tmp_path, {PASSAGES: [], QUESTIONS: []}, encode)
    index = VectorIndex.open(tmp_path, private=False)
    assert index.nearest(PASSAGES, unit(1, 0), top_k=3) == []
    index.close()


def test_a_second_writing_encodes_only_what_is_new_and_drops_what_is_gone(folder, own_least):
    asked = []

    def watched(name, ids):
        asked.extend((name, id_) for id_ in ids)
        return encode(name, ids)

    wanted = {PASSAGES: rows("east", "north"), QUESTIONS: rows("east", "between")}
    write(folder, wanted, watched, own_least=own_least)
    assert asked == [(QUESTIONS, "between")]
    index = VectorIndex.open(folder, private=True)
    assert {near.id for near in index.nearest(PASSAGES, unit(1, 1), top_k=9)} == {"east", "north"}
    assert index.count(QUESTIONS) == 2
    index.close()


def held(folder):
    """Rows of each passage collection by its label."""
    client = connect(folder)
    try:
        return {label: found.count() for label, found in collections(client)[PASSAGES].items()}
    finally:
        client.close()


def test_regions_with_few_rows_share_a_collection_and_are_searched_as_exactly(tmp_path):
    passages = many_rows(0, OWN_LEAST, regions=1) + many_rows(OWN_LEAST, MANY, regions=10)
    write(tmp_path, {PASSAGES: passages, QUESTIONS: []}, many_vectors)
    assert held(tmp_path) == {"1之0": OWN_LEAST, "*": MANY - OWN_LEAST}
    index = VectorIndex.open(tmp_path, private=False)
    asked = unit(*many_vectors(PASSAGES, ["p7"])[0]) * 3
    for regions in (["1之0"], ["10之3"], ["10之3", "1之0", "10之4"], ["没有的"], None):
        among = [row.id for row in passages if regions is None or row.region in regions]
        exact = dict(zip(among, (many_vectors(PASSAGES, among) @ asked / 3).tolist(), strict=True))
        best = sorted(exact, key=exact.get, reverse=True)[:9]
        found = index.nearest(PASSAGES, asked, top_k=9, regions=regions)
        assert [near.id for near in found] == best
        assert [near.similarity for near in found] == pytest.approx([exact[id_] for id_ in best], abs=1e-5)
    index.close()


def test_a_region_gets_its_own_collection_when_it_has_many_rows_and_gives_it_up_again(tmp_path):
    asked = []

    def watched(kind, ids):
        asked.extend(ids)
        return many_vectors(kind, ids)

    def publish(passages):
        asked.clear()
        write(tmp_path, {PASSAGES: passages, QUESTIONS: []}, watched)
        index = VectorIndex.open(tmp_path, private=False)
        near = index.nearest(PASSAGES, unit(*[1] * 8), top_k=MANY, regions=["2之0"])
        assert sorted(one.id for one in near) == sorted(row.id for row in passages if row.region == "2之0")
        index.close()

    few = many_rows(0, 60, regions=2)
    many = few + [VectorRow(f"p{number}", "2之0") for number in range(60, 60 + OWN_LEAST)]
    publish(few)
    assert (held(tmp_path), len(asked)) == ({"*": 60}, 60)
    publish(many)
    assert (held(tmp_path), len(asked)) == ({"*": 30, "2之0": 30 + OWN_LEAST}, 30 + OWN_LEAST)
    publish(few)
    assert (held(tmp_path), len(asked)) == ({"*": 60}, 30)


def test_a_missing_folder_is_named_and_not_made(tmp_path):
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        VectorIndex.open(tmp_path / "chroma", private=False)
    assert not (tmp_path / "chroma").exists()
