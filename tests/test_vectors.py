import gc
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from small_home import ROOT, clean_environment

from assistant.errors import IndexUnusableError
from assistant.vector_child import check, write_aside
from assistant.vector_writing import OWN_LEAST, write
from assistant.vectors import PASSAGES, QUESTIONS, VectorIndex, VectorRow, collections, connect

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


@pytest.fixture
def temp(tmp_path, monkeypatch):
    """A temp folder of the test's own."""
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    return tmp_path / "temp"


def copies(temp):
    """The private copies in a temp folder."""
    return set(temp.glob("grassroots-index-*"))


def test_private_reading_leaves_the_folder_as_it_was_and_no_copy(folder, temp):
    before = fingerprint(folder)
    index = VectorIndex.open(folder, private=True)
    index.nearest(PASSAGES, unit(1, 0), top_k=2)
    assert len(copies(temp)) == 1
    index.close()
    assert fingerprint(folder) == before
    assert copies(temp) == set()


READ = (
    "import sys; from pathlib import Path; from assistant.vectors import VectorIndex\n"
    "index = VectorIndex.open(Path(sys.argv[1]), private=True)\n"
    "print('open', flush=True); sys.stdin.read(); index.close()"
)


class Reader:
    """A process that reads a private copy of `folder` until it is ended or killed."""

    def __init__(self, folder, temp, *, before=""):
        self.child = subprocess.Popen(
            [sys.executable, "-c", before + READ, str(folder)],
            cwd=ROOT, env=clean_environment() | {"TMPDIR": str(temp)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.child.stdout.readline() == "open\n"

    def end(self):
        self.child.communicate()


@pytest.fixture
def reader(folder, temp):
    """Starts readers of `folder`."""
    started = []

    def start(**how):
        started.append(Reader(folder, temp, **how))
        return started[-1]

    yield start
    for one in started:
        one.child.kill()
        one.child.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
@pytest.mark.parametrize("own_least", [OWN_LEAST], indirect=True)
@pytest.mark.parametrize("kill", ["kill", "terminate"])
def test_the_copy_of_a_killed_reader_is_swept_and_that_of_a_living_one_stays(reader, temp, kill):
    living = reader()
    [used] = copies(temp)
    killed = reader()
    [left] = copies(temp) - {used}
    getattr(killed.child, kill)()
    killed.child.wait()
    assert (left / "chroma" / "chroma.sqlite3").is_file()
    sound = fingerprint(used).keys()
    last = reader()
    assert not left.exists()
    assert fingerprint(used).keys() == sound
    assert len(copies(temp)) == 2
    last.end()
    living.end()
    assert (living.child.returncode, copies(temp)) == (0, set())


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
@pytest.mark.parametrize("own_least", [OWN_LEAST], indirect=True)
def test_a_copy_that_may_be_in_use_or_is_none_is_not_swept(reader, temp, tmp_path):
    """One without a lock (an earlier release's), one about to be locked, a link to a folder elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    for copy in (temp / "grassroots-index-old", elsewhere):
        (copy / "chroma").mkdir(parents=True)
    (elsewhere / "LOCK").touch()
    (temp / "grassroots-index-link").symlink_to(elsewhere)
    (temp / "grassroots-index-new").mkdir()
    (temp / "grassroots-index-new" / "LOCK").touch()
    (temp / "grassroots-index-file").touch()
    there = copies(temp)
    reader().end()
    assert copies(temp) == there
    assert (elsewhere / "chroma").is_dir()


@pytest.mark.parametrize("own_least", [OWN_LEAST], indirect=True)
def test_where_files_cannot_be_locked_reading_works_and_nothing_is_swept(reader, temp):
    without = "import sys; sys.modules['fcntl'] = None\n"  # as on Windows
    killed = reader(before=without)
    killed.child.kill()
    killed.child.wait()
    reader(before=without).end()
    assert len(copies(temp)) == 1


def descriptors():
    """How many files this process has open, those that only wait for the collector not counted."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


HALF_WAY = {
    "note missing": lambda folder: [path.unlink() for path in folder.glob("*.rows")],
    "database cut": lambda folder: os.truncate(folder / "chroma.sqlite3", 5000),
    "database empty": lambda folder: os.truncate(folder / "chroma.sqlite3", 0),
    "unreadable file": lambda folder: (folder / "nothing").symlink_to("nowhere"),
}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
@pytest.mark.parametrize("own_least", [OWN_LEAST], indirect=True)
@pytest.mark.parametrize("damage", HALF_WAY)
def test_an_opening_that_fails_half_way_leaves_nothing_open_and_no_copy(folder, temp, damage):
    HALF_WAY[damage](folder)

    def attempt():
        with pytest.raises(IndexUnusableError):
            VectorIndex.open(folder, private=True)

    attempt()  # the first one loads libraries
    before = descriptors()
    for _ in range(3):
        attempt()
    assert (descriptors(), copies(temp)) == (before, set())


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


def many_rows(first, last, *, regions):
    """Rows of `many_vectors` by number, dealt out to so many regions."""
    return [VectorRow(f"p{number}", f"{regions}之{number % regions}") for number in range(first, last)]


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


@pytest.fixture(scope="module", params=[1, 40], ids=["one large region", "many small regions"])
def large(request, tmp_path_factory):
    """A folder with graph files on disk, and what it should hold."""
    folder = tmp_path_factory.mktemp("large") / "chroma"
    passages = many_rows(0, MANY, regions=request.param)
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
