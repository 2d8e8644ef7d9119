"""ingest.train_standing: learning from a few written questions what asks for a text's record."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from assistant.config import corpus_folder
from assistant.errors import DocumentError
from assistant.standing import KINDS, Standing, standing_asked
from ingest.train_standing import WRITTEN, Written, known_questions, read_written, train

PLACES = ("社团", "民非", "基金会", "志愿", "慈善", "备案", "募捐", "年检", "章程", "评估")


def written(asked: str, *kinds: Standing) -> list[Written]:
    """One question of a shape for each place."""
    return [Written(f"{place}{asked}", frozenset(kinds), None) for place in PLACES]


def still(asked: str) -> list[Written]:
    """One question of a shape for each place, whether something that a text says still holds."""
    return [Written(f"{place}{asked}", frozenset({Standing.FORCE}), None, says=True) for place in PLACES]


RECORDS = [
    *written("那个办法废了没有", Standing.FORCE),
    *written("那个办法哪天起施行", Standing.SINCE),
    *still("那三成现在还给不给"),
    *(one for kind in KINDS[2:] for one in written(f"那个文件的{kind.value}是啥", kind)),
]
PLAIN = [f"{place}找谁办" for place in PLACES] * 3


@pytest.fixture(scope="module")
def model():
    return train([*RECORDS, *written("要交几份材料")], PLAIN)


def test_unseen_texts_are_told_apart(model):
    assert standing_asked("采购那个办法废了没有", model).kinds[0] is Standing.FORCE
    assert standing_asked("采购那个办法哪天起施行", model).kinds[0] is Standing.SINCE
    assert standing_asked("采购要交几份材料", model).kinds == ()
    assert standing_asked("采购找谁办", model).kinds == ()


def test_whether_words_still_hold_is_told_apart(model):
    assert standing_asked("采购那个办法废了没有", model).alone
    words = standing_asked("采购那三成现在还给不给", model)
    assert words.kinds == (Standing.FORCE,) and not words.alone


def test_known_questions_that_ask_for_a_record_do_not_unteach_it():
    taught = train(RECORDS, [*PLAIN, "党建那个办法废了没有"])
    assert standing_asked("孵化那个办法废了没有", taught).kinds


def test_a_line_that_is_not_valid_is_named(tmp_path: Path):
    folder = tmp_path / WRITTEN
    folder.mkdir(parents=True)
    good = {"question": "还有效吗", "kinds": ["force"], "about": None}
    bad = {"question": "还有效吗", "kinds": ["colour"], "about": None}
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in (good, bad))
    (folder / "people.jsonl").write_text(lines, "utf-8")
    with pytest.raises(DocumentError, match=r"people\.jsonl 第 2 行"):
        read_written(tmp_path)


def test_on_questions_it_did_not_learn_it_finds_most_and_hardly_any_other():
    written, known = read_written(corpus_folder()), known_questions(corpus_folder())
    assert len(written) == len({one.question for one in written}) > 1000
    rest = [one for one in written if zlib.crc32(one.question.encode()) % 3]
    held = [one for one in written if not zlib.crc32(one.question.encode()) % 3]
    model = train(rest, known[:4000])
    found = [bool(standing_asked(one.question, model).kinds) for one in held if one.kinds]
    wrong = [bool(standing_asked(one.question, model).kinds) for one in held if not one.kinds]
    others = [bool(standing_asked(text, model).kinds) for text in known[4000:6000]]
    assert sum(found) > 0.8 * len(found)
    assert sum(wrong) < 0.1 * len(wrong)
    alone = [standing_asked(one.question, model).alone for one in held if one.kinds and not one.says]
    beside = [standing_asked(one.question, model).alone for one in held if one.says]
    assert sum(alone) > 0.75 * len(alone)
    assert sum(beside) < 0.15 * len(beside)
    assert sum(others) < 0.06 * len(others)
