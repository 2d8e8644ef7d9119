"""assistant.publishing and assistant.generations: built aside, verified, switched, rolled back."""

import random
from dataclasses import replace

import pytest
from opened_index import FIRST, cut_database, opened
from small_home import silent

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import AnswerStatus
from assistant.errors import IndexUnusableError
from assistant.generations import (
    CURRENT,
    GENERATIONS,
    Manifest,
    fault,
    generations,
    published,
    roll_back,
    sweep,
)
from assistant.index import passage_text
from assistant.publishing import is_current, publish
from ingest.home import prepare_locked


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


class Struck:
    """Told the stages of a publication; damages the vectors just written, before each of the first `times` checks."""

    def __init__(self, home, *, times):
        self._home, self._left = home, times

    def __call__(self, stage, done, _total):
        if (stage, done) == ("核对索引", 0) and self._left:
            self._left -= 1
            [building] = (self._home / GENERATIONS).glob("*.tmp")
            cut_database(building / "chroma")


def test_vectors_that_fail_their_check_are_made_anew(home, stored, tools):
    change(stored, "sichuan-fangan", title="四川新方案")
    encoder = Watched(tools.encoder)
    publish(home, stored, encoder=encoder, segmenter=tools.segmenter, progress=Struck(home, times=1))
    index = opened(home, tools)
    texts = [
        *(passage_text(index.documents[p.document_id], p) for p in index.snapshot.passages(range(9))),
        *index.snapshot.questions(),
    ]
    assert set(encoder.texts) == set(texts)  # from nothing: the sound ones of the first try too
    assert not index.vectors_lost
    near = index.nearest(tools.encoder.encode(texts[:1])[0], top_k=9)
    assert near[0] == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_vectors_that_fail_their_check_twice_are_not_published(home, stored, tools):
    change(stored, "sichuan-fangan", title="四川新方案")
    made = {"encoder": tools.encoder, "segmenter": tools.segmenter}
    with pytest.raises(IndexUnusableError, match=r"没有通过自检.*ingest publish"):
        publish(home, stored, **made, progress=Struck(home, times=2))
    assert [path.name for path in (home / GENERATIONS).iterdir()] == [FIRST]


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


@pytest.mark.parametrize("pointer", [b"", b"gen-000777", b"\n", b"\xff\xfe"])
def test_a_pointer_to_nothing_means_nothing_is_published(home, pointer):
    (home / CURRENT).write_bytes(pointer)
    assert published(home) is None


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
