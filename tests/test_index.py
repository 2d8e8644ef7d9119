import gc
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_home import silent, write_encoder

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import AnswerStatus
from assistant.encoder import open_encoder
from assistant.errors import IndexUnusableError
from assistant.generations import (
    CURRENT,
    GENERATIONS,
    MANIFEST,
    Manifest,
    fault,
    generations,
    published,
    roll_back,
    sweep,
)
from assistant.index import Index, passage_text
from assistant.publishing import is_current, publish
from assistant.text import Segmenter
from ingest.home import prepare_locked

FIRST = "gen-000001"


class Watched:
    """An encoder that keeps the texts it was given, and fails at the first one that holds `stumble`."""

    def __init__(self, inner, *, stumble="\0"):
        self.fingerprint, self.dim = inner.fingerprint, inner.dim
        self.texts = []
        self._inner, self._stumble = inner, stumble

    def encode(self, texts, *, query=False):
        self.texts.extend(texts)
        if any(self._stumble in text for text in texts):
            raise RuntimeError("power cut")
        return self._inner.encode(texts, query=query)


def opened(home, tools):
    return Index.open(home, encoder=tools.encoder, segmenter=tools.segmenter)


@pytest.fixture
def index(small_home, tools):
    found = opened(small_home, tools)
    yield found
    found.close()


@pytest.fixture
def stored(home):
    """The catalogue of `home`."""
    catalogue = Catalogue.open(home)
    yield catalogue
    catalogue.close()


def change(catalogue, document_id, **changes):
    """Store changed fields of a document, its passages and questions as they were."""
    document = catalogue.document(document_id)
    passages = list(catalogue.passages([document_id]))
    asked = [q for q in catalogue.questions() if q.document_id == document_id]
    with catalogue.transaction() as connection:
        catalogue.put(connection, replace(document, **changes), passages, asked)


def test_manifest_says_what_the_generation_was_made_of(small_home, tools):
    manifest = Manifest.read(published(small_home))
    assert (manifest.documents, manifest.passages, manifest.questions) == (4, 9, 9)
    assert manifest.encoder == tools.encoder.fingerprint
    assert manifest.segmenter == tools.segmenter.fingerprint
    assert set(manifest.files) >= {"snapshot.sqlite3", "lexical/rows.npy", "questions/scores.npy"}


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


def test_publishing_encodes_what_changed_and_nothing_else(home, stored, tools):
    change(stored, "sichuan-fangan", region="四川省成都市", title="成都新方案")
    encoder = Watched(tools.encoder)
    publish(home, stored, encoder=encoder, segmenter=tools.segmenter)
    moved = opened(home, tools)
    texts = [
        passage_text(moved.documents[p.document_id], p) for p in moved.snapshot.neighbours("sichuan-fangan")
    ]
    assert sorted(encoder.texts) == sorted(texts)
    near = moved.nearest(tools.encoder.encode(texts)[0], top_k=9, regions=["四川省成都市"])
    assert len(near) == len(texts)
    moved.close()


class Cutting:
    """A segmenter that keeps the texts it was given."""

    def __init__(self, inner):
        self.fingerprint, self.texts = inner.fingerprint, []
        self._inner = inner

    def row_terms(self, text):
        self.texts.append(text)
        return self._inner.row_terms(text)


def test_publishing_cuts_what_changed_and_finds_as_an_index_built_from_nothing(home, stored, tools):
    change(stored, "sichuan-fangan", title="四川新方案")
    watched = Cutting(tools.segmenter)
    publish(home, stored, encoder=tools.encoder, segmenter=watched)
    assert {text.split("\n")[0] for text in watched.texts} == {"四川新方案"}
    revised = opened(home, tools)
    publish(home, stored, encoder=tools.encoder, segmenter=tools.segmenter, fresh=True)
    fresh = opened(home, tools)
    words = dict.fromkeys(tools.segmenter.terms("四川新方案登记备案的活动场地"), 1.0)
    assert revised.row_document == fresh.row_document
    for one, other in ((revised.lexical, fresh.lexical), (revised.questions, fresh.questions)):
        assert one.scores(words).tolist() == pytest.approx(other.scores(words).tolist())
        assert one.row_weights.tolist() == pytest.approx(other.row_weights.tolist())
    revised.close()
    fresh.close()


def test_a_failed_publication_leaves_the_published_one_alone(home, stored, tools):
    change(stored, "sichuan-fangan", title="绊倒")
    with pytest.raises(RuntimeError, match="power cut"):
        publish(home, stored, encoder=Watched(tools.encoder, stumble="绊倒"), segmenter=tools.segmenter)
    assert published(home).name == FIRST
    assert [path.name for path in (home / GENERATIONS).iterdir()] == [FIRST]
    assert title(home, tools) == "社区社会组织登记备案办法"


def test_switch_back_and_forth(home, stored, tools):
    """One story: a reader keeps its generation, leftovers are swept, roll-back and the next publication."""
    (home / GENERATIONS / "gen-000009.tmp" / "chroma").mkdir(parents=True)  # killed while building
    before = opened(home, tools)
    made = {"encoder": tools.encoder, "segmenter": tools.segmenter}
    change(stored, "ceshi-banfa", title="新办法")
    assert not is_current(home, stored, **made)
    publish(home, stored, **made)
    second = published(home).name
    assert generations(home) == [FIRST, second]
    assert {path.name for path in (home / GENERATIONS).iterdir()} == {FIRST, second}
    assert title(home, tools) == "新办法"

    assert roll_back(home) == FIRST
    assert title(home, tools) == "社区社会组织登记备案办法"
    assert not is_current(home, stored, **made)
    with pytest.raises(IndexUnusableError, match="没有更早"):
        roll_back(home)

    publish(home, stored, **made)
    assert title(home, tools) == "新办法"
    assert second not in generations(home)
    assert generations(home)[0] == FIRST
    sweep(home, keep=1)
    assert generations(home) == [published(home).name]
    assert before.snapshot.document("ceshi-banfa").title == "社区社会组织登记备案办法"
    assert before.lexical.scores({"备案": 1.0}).any()
    before.close()


def title(home, tools):
    index = opened(home, tools)
    found = index.documents["ceshi-banfa"].title
    index.close()
    return found


def test_an_empty_catalogue_can_be_published_and_asked(tmp_path, encoder_folder, tools):
    home = tmp_path / "home"
    catalogue = Catalogue.open(home)
    publish(home, catalogue, encoder=tools.encoder, segmenter=tools.segmenter)
    catalogue.close()
    assistant = Assistant.open(Settings(home=home, encoder=str(encoder_folder)))
    answer = assistant.ask("备案要带哪些材料")
    assert answer.refused
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert answer.citations == answer.related == ()
    assistant.close()


def test_nothing_published_is_refused_with_advice(tmp_path, tools):
    with pytest.raises(IndexUnusableError, match="ingest sync"):
        opened(tmp_path, tools)
    assert generations(tmp_path) == []
    with pytest.raises(IndexUnusableError, match="没有更早"):
        roll_back(tmp_path)


@pytest.mark.parametrize("pointer", [b"", b"gen-000777", b"\n", b"\xff\xfe"])
def test_a_pointer_to_nothing_means_nothing_is_published(home, pointer):
    (home / CURRENT).write_bytes(pointer)
    assert published(home) is None


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


def test_any_flipped_bit_is_found(home):
    rng = random.Random(3)
    folder = published(home)
    for name in Manifest.read(folder).files:
        path = folder / name
        sound = path.read_bytes()
        if not sound:
            continue
        flipped = bytearray(sound)
        flipped[rng.randrange(len(sound))] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        assert name in fault(folder)
        path.write_bytes(sound)


@pytest.mark.parametrize("name", ["snapshot.sqlite3", "lexical/rows.npy", "questions/terms.txt"])
def test_a_missing_file_is_named_when_opened(home, tools, name):
    (published(home) / name).unlink()
    with pytest.raises(IndexUnusableError, match="ingest publish"):
        opened(home, tools)


def descriptors():
    """How many files this process has open, those that only wait for the collector not counted."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
@pytest.mark.parametrize(
    "name", ["snapshot.sqlite3", "lexical/rows.npy", "questions/terms.txt", "questions/keys.txt"]
)
def test_an_opening_that_fails_half_way_leaves_nothing_open(home, tools, name):
    opened(home, tools).close()  # the first one loads libraries
    (published(home) / name).unlink()
    before = descriptors()
    for _ in range(3):
        with pytest.raises(IndexUnusableError):
            opened(home, tools)
    assert descriptors() == before


def cut_database(chroma):
    path = chroma / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:5000])


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


def test_synchronising_rebuilds_a_damaged_index(home, corpus, tools, encoder_folder):
    (published(home) / "lexical" / "rows.npy").write_bytes(b"")
    cut_database(published(home) / "chroma")
    settings = Settings(home=home, encoder=str(encoder_folder))
    ready = prepare_locked(settings, tools, corpus=corpus, progress=silent)
    assert not ready.report.changed
    assert ready.manifest is not None
    rebuilt = opened(home, tools)
    assert rebuilt.lexical.scores({"备案": 1.0}).any()
    assert not rebuilt.vectors_lost
    rebuilt.close()


def test_a_graph_that_lost_its_vectors_is_made_anew_once(tmp_path, monkeypatch):
    from assistant import publishing

    found = ["抽查 42 条，有 12 条找不到自己", ""]
    monkeypatch.setattr(publishing, "check", lambda *_: found.pop(0))
    written = []
    monkeypatch.setattr(publishing, "write_aside", lambda folder, *_: written.append(folder.exists()))
    contents = publishing._Contents.__new__(publishing._Contents)
    monkeypatch.setattr(publishing._Contents, "vector_rows", lambda _: {}, raising=False)
    for name in ("keys", "asked_keys"):
        object.__setattr__(contents, name, [])
    for name in ("text", "asked"):
        monkeypatch.setattr(publishing._Contents, name, lambda *_: "", raising=False)
    folder = tmp_path / "chroma"
    folder.mkdir()
    publishing._vectors(folder, contents, encoder=None, progress=lambda *_: None)
    assert written == [True, False] and found == []
