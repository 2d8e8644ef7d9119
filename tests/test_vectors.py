import hashlib
import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexUnusableError
from assistant.vector_child import check, write_aside
from assistant.vectors import PASSAGES, QUESTIONS, VectorIndex, VectorRow, write

AXES = {
    "east": [1.0, 0.0],
    "north": [0.0, 1.0],
    "between": [sqrt(0.5), sqrt(0.5)],
    "west": [-1.0, 0.0],
    "nothing": [0.0, 0.0],
}
MANY = 1200  # beyond Chroma's threshold for writing its graph files


def rows(*ids, region="全国"):
    return [VectorRow(id_, region) for id_ in ids]


def unit(*values):
    return np.asarray(values, dtype=np.float32)


def encode(_name, ids):
    return np.asarray([AXES[id_] for id_ in ids], dtype=np.float32)


def fingerprint(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def folder(tmp_path):
    passages = rows("east", "north", "between", "nothing") + rows("west", region="四川省")
    write(tmp_path / "chroma", {PASSAGES: passages, QUESTIONS: rows("east")}, encode)
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


def test_a_row_that_moves_to_another_region_is_found_there_alone(folder):
    moved = rows("east", region="四川省") + rows("north")
    write(folder, {PASSAGES: moved, QUESTIONS: []}, encode)
    index = VectorIndex.open(folder, private=True)
    assert [near.id for near in index.nearest(PASSAGES, unit(1, 0), top_k=9, regions=["全国"])] == ["north"]
    assert [near.id for near in index.nearest(PASSAGES, unit(1, 0), top_k=9, regions=["四川省"])] == ["east"]
    assert (index.count(PASSAGES), index.count(QUESTIONS)) == (2, 0)
    index.close()


def test_stored_vectors_are_read_back_without_encoding(index):
    found = index.stored(PASSAGES, ["north", "nothing", "unheard-of"])
    assert {id_: vector.tolist() for id_, vector in found.items()} == {"north": [0, 1], "nothing": [0, 0]}
    assert index.stored(PASSAGES, []) == {}


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


def test_a_second_writing_encodes_only_what_is_new_and_drops_what_is_gone(folder):
    asked = []

    def watched(name, ids):
        asked.extend((name, id_) for id_ in ids)
        return encode(name, ids)

    wanted = {PASSAGES: rows("east", "north"), QUESTIONS: rows("east", "between")}
    write(folder, wanted, watched)
    assert asked == [(QUESTIONS, "between")]
    index = VectorIndex.open(folder, private=True)
    assert {near.id for near in index.nearest(PASSAGES, unit(1, 1), top_k=9)} == {"east", "north"}
    assert index.count(QUESTIONS) == 2
    index.close()


def test_private_reading_leaves_the_folder_as_it_was(folder):
    before = fingerprint(folder)
    index = VectorIndex.open(folder, private=True)
    copy = Path(index._private.name)
    index.nearest(PASSAGES, unit(1, 0), top_k=2)
    index.close()
    assert fingerprint(folder) == before
    assert not copy.exists()


def test_a_missing_folder_is_named_and_not_made(tmp_path):
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        VectorIndex.open(tmp_path / "chroma", private=False)
    assert not (tmp_path / "chroma").exists()


def many_vectors(_name, ids):
    """Vectors that depend on the number in the id alone."""
    generator = np.random.default_rng(5)
    table = generator.normal(size=(MANY, 8)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    return table[[int(id_[1:]) for id_ in ids]]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A folder with graph files on disk, and what it should hold."""
    folder = tmp_path_factory.mktemp("large") / "chroma"
    passages = rows(*(f"p{i}" for i in range(MANY)))
    write(folder, {PASSAGES: passages, QUESTIONS: rows("p0", "p1")}, many_vectors)
    return folder


COUNTS = {PASSAGES: MANY, QUESTIONS: 2}


def graph(folder):
    """Folder of the collection whose graph is on disk."""
    return next(path.parent for path in folder.rglob("index_metadata.pickle"))


def flip_bits(path, *, seed, one_in):
    content, rng = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(len(content) // one_in):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


DAMAGES = {
    "folder missing": shutil.rmtree,
    "database missing": lambda folder: (folder / "chroma.sqlite3").unlink(),
    "database cut": lambda folder: os.truncate(folder / "chroma.sqlite3", 300_000),
    "database flipped": lambda folder: flip_bits(folder / "chroma.sqlite3", seed=1, one_in=2000),
    "graph missing": lambda folder: shutil.rmtree(graph(folder)),
    "graph metadata missing": lambda folder: (graph(folder) / "index_metadata.pickle").unlink(),
    "graph cut": lambda folder: os.truncate(graph(folder) / "data_level0.bin", 100),
    "graph flipped": lambda folder: flip_bits(graph(folder) / "data_level0.bin", seed=2, one_in=50),
}


def test_check_names_every_damage_and_outlives_it(large, tmp_path):
    def damaged(name):
        folder = tmp_path / name / "chroma"
        shutil.copytree(large, folder)
        DAMAGES[name](folder)
        return check(folder, COUNTS)

    with ThreadPoolExecutor(2) as pool:  # a child process each, and Chroma takes a second to import
        findings = dict(zip(DAMAGES, pool.map(damaged, DAMAGES), strict=True))
    assert [name for name, finding in findings.items() if not finding.startswith("向量索引")] == []
    assert [name for name, finding in findings.items() if "\n" in finding] == []
    assert "不存在" in findings["folder missing"]


def test_check_passes_what_is_sound_and_leaves_it_alone(large):
    before = fingerprint(large)
    assert check(large, COUNTS) == ""
    assert fingerprint(large) == before


def test_check_compares_counts(large):
    assert check(large, COUNTS | {QUESTIONS: 3}) == "向量索引 questions 应有 3 条，实有 2 条"


@pytest.mark.parametrize("name", ["graph missing", "graph metadata missing"])
def test_a_graph_found_broken_by_a_query_is_named(large, tmp_path, name):
    folder = tmp_path / "chroma"
    shutil.copytree(large, folder)
    DAMAGES[name](folder)
    index = VectorIndex.open(folder, private=True)  # Chroma opens it without a word
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        index.nearest(PASSAGES, many_vectors(PASSAGES, ["p0"])[0], top_k=3)
    index.close()


def test_a_child_writes_what_this_process_encodes(tmp_path):
    passages = rows("east", "north") + rows("west", region="四川省")
    write_aside(tmp_path / "chroma", {PASSAGES: passages, QUESTIONS: rows("between")}, encode)
    asked = []

    def watched(kind, ids):
        asked.extend((kind, id_) for id_ in ids)
        return encode(kind, ids)

    write_aside(tmp_path / "chroma", {PASSAGES: rows("east", "between"), QUESTIONS: []}, watched)
    assert asked == [(PASSAGES, "between")]
    assert check(tmp_path / "chroma", {PASSAGES: 2, QUESTIONS: 0}) == ""


def test_a_fault_while_encoding_ends_the_child_and_is_passed_on(tmp_path):
    def broken(_kind, _ids):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_aside(tmp_path / "chroma", {PASSAGES: rows("east"), QUESTIONS: []}, broken)


def test_writing_into_a_damaged_copy_is_refused_and_outlived(large, tmp_path):
    folder = tmp_path / "chroma"
    shutil.copytree(large, folder)
    DAMAGES["database flipped"](folder)
    passages = rows(*(f"p{i}" for i in range(MANY)))
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        write_aside(folder, {PASSAGES: passages, QUESTIONS: []}, many_vectors)
