"""A folder of vectors as files: private copies, what killed readers leave, damage, and the child that outlives it."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from opened_index import descriptors
from small_home import ROOT, clean_environment
from vector_rows import MANY, encode, fingerprint, many_rows, many_vectors, rows, unit

from assistant.errors import IndexUnusableError
from assistant.vector_child import check, write_aside
from assistant.vector_writing import write
from assistant.vectors import PASSAGES, QUESTIONS, VectorIndex


@pytest.fixture
def folder(tmp_path):
    """One region with a collection of its own, one in the shared one."""
    passages = rows("east", "north") + rows("west", region="四川省")
    write(tmp_path / "chroma", {PASSAGES: passages, QUESTIONS: rows("east")}, encode, own_least=2)
    return tmp_path / "chroma"


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


def test_where_files_cannot_be_locked_reading_works_and_nothing_is_swept(reader, temp):
    without = "import sys; sys.modules['fcntl'] = None\n"  # as on Windows
    killed = reader(before=without)
    killed.child.kill()
    killed.child.wait()
    reader(before=without).end()
    assert len(copies(temp)) == 1


HALF_WAY = {
    "note missing": lambda folder: [path.unlink() for path in folder.glob("*.rows")],
    "database cut": lambda folder: os.truncate(folder / "chroma.sqlite3", 5000),
    "database empty": lambda folder: os.truncate(folder / "chroma.sqlite3", 0),
    "unreadable file": lambda folder: (folder / "nothing").symlink_to("nowhere"),
}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
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


def test_writing_into_a_damaged_copy_is_refused_and_outlived(large, tmp_path):
    folder = tmp_path / "chroma"
    shutil.copytree(large, folder)
    DAMAGES["database flipped"](folder)
    passages = rows(*(f"p{i}" for i in range(MANY)))
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        write_aside(folder, {PASSAGES: passages, QUESTIONS: []}, many_vectors)
