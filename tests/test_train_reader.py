"""Training of the reading model, on pairs few enough to read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from answering import asking, document, hit, opened_library
from small_home import silent

from assistant.config import BUNDLED_ENCODER
from assistant.encoder import StaticEncoder
from assistant.evidence import Evidence
from assistant.index import Index
from assistant.known_ways import STATUTES
from assistant.reading import Reader
from assistant.tools import Tools
from ingest.train_reader import ReaderRecipe, Readers, train_readers, whole_reader
from ingest.training_cases import Case
from ingest.training_data import fold_of_question, is_held_out, read_statutes
from ingest.training_network import network_class, normal_vectors
from ingest.training_reading import FOLDS, Pair, corpus_pairs, fold_of, statute_pairs

WHO = "备案由街道办事处办理，居民委员会可以代为提交材料。"
DAYS = "街道办事处应当在十个工作日内出具备案证明。"
MONEY = "孵化补贴每家两万元。"
TEXTS = {"law": ("社区组织办法", "全国", [WHO + DAYS, MONEY, "每年培训一次。"])}
QUESTIONS = {"law": [("备案找谁", WHO), ("补贴多少钱", MONEY), ("补贴几时到账", "")]}
RECIPE = ReaderRecipe(
    width=24, dropout=0.0, epochs=1, fine_epochs=60, batch=8, warmup=5, rate=0.005, fine_rate=0.005
)


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder.open(BUNDLED_ENCODER)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Index]:
    with opened_library(tmp_path_factory.mktemp("reader"), tools, TEXTS, QUESTIONS) as opened:
        yield opened


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Statutes with one question that may be learned and one that may not; a question written for training."""
    folder = tmp_path_factory.mktemp("statutes")
    articles = [
        ("租1", "承租人应当支付租金。"),
        ("租2", "租赁期限不超过二十年。"),
        ("租3", "出租人应当维修。"),
    ]
    rows = [
        {"id": id_, "law": "租赁规定", "region": "全国", "heading": "", "article": "第一条", "text": text}
        for id_, text in articles
    ]
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    ids = [next(f"q{n}" for n in count() if is_held_out(f"q{n}") == held) for held in (False, True)]
    asked = [
        {"id": ids[0], "question": "房租能不给吗", "relevant": ["租1"]},
        {"id": ids[1], "question": "不该学的问题", "relevant": ["租2"]},
    ]
    (folder / "questions.jsonl").write_text("\n".join(json.dumps(row) for row in asked), "utf-8")
    written = tmp_path_factory.mktemp("corpus")
    (written / STATUTES).mkdir(parents=True)
    line = {"articles": ["租3"], "questions": ["水管坏了房东修不修"]}
    (written / STATUTES / "people.jsonl").write_text(json.dumps(line, ensure_ascii=False), "utf-8")
    return folder, written


@pytest.fixture(scope="module")
def cases(index: Index, tools: Tools) -> list[Case]:
    """An answerable question with a miss far behind, and an unanswerable one."""
    law = document("law", title="社区组织办法")
    who, money = (
        hit(passage.text, of=law, start=passage.start, score=score)
        for passage, score in zip(index.snapshot.passages([0, 1]), (1.0, 0.3), strict=True)
    )
    return [
        Case("fresh", "备案找谁", asking(tools, "备案找谁"), [who, money], [], answered=True),
        Case("near", "补贴发给个人吗", asking(tools, "补贴发给个人吗"), [money, who], [], answered=False),
    ]


@pytest.fixture(scope="module")
def readers(index, cases, folders, encoder) -> Readers:
    return taught(index, cases, folders, encoder)


def taught(index: Index, cases: list[Case], folders: tuple[Path, Path], encoder: StaticEncoder) -> Readers:
    statutes, written = folders
    return train_readers(
        index,
        cases,
        encoders=[encoder] * 2,  # of the folds of questions
        statutes=statutes,
        written=written,
        recipe=RECIPE,
        progress=silent,
    )


def test_numpy_computes_what_was_learned(encoder, readers):
    """Beside a longer pair too: what fills up the shorter one is not read."""
    network = network_class()(normal_vectors(encoder), width=RECIPE.width, dropout=0.0)
    reader = readers.whole
    size = np.linalg.norm(encoder.vectors, axis=1).mean()
    learned = {name: torch.from_numpy(values) for name, values in reader.weights.items()}
    network.load_state_dict(learned | {"project.weight": learned["project.weight"] * size})
    network.eval()
    question, texts = "备案要找谁呀", [MONEY, WHO + DAYS]
    longest = max(len(reader.tokens(text)) for text in texts)
    asked = torch.from_numpy(np.stack([reader.tokens(question)] * 2))
    asked = torch.nn.functional.pad(asked, (0, 3), value=-1)
    said = torch.stack(
        [
            torch.nn.functional.pad(torch.from_numpy(ids), (0, longest - len(ids)), value=-1)
            for ids in map(reader.tokens, texts)
        ]
    )
    with torch.no_grad():
        np.testing.assert_allclose(network(asked, said).numpy(), reader.scores(question, texts), atol=1e-3)


def test_it_learns_which_text_states_what_is_asked(readers):
    states, without = readers.whole.scores("备案找谁", [WHO + DAYS, DAYS])
    assert states > 1 + without
    assert readers.whole.scores("补贴发给个人吗", [MONEY])[0] < 0


def test_readers_are_read_as_they_were_written(readers, encoder, tmp_path: Path):
    readers.save(tmp_path / "readers")
    again = Readers.open(tmp_path / "readers", [encoder] * 2)
    assert [len(of_fold) for of_fold in again.without] == [FOLDS, FOLDS]
    before, after = (
        [one.whole, *(reader for of_fold in one.without for reader in of_fold)] for one in (readers, again)
    )
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one.scores("备案找谁", [WHO]), other.scores("备案找谁", [WHO]), atol=0.05)
    shipped = whole_reader(tmp_path / "readers")
    np.testing.assert_allclose(shipped.scores("备案找谁", [WHO]), after[0].scores("备案找谁", [WHO]))


def test_a_case_is_read_by_the_reader_that_never_saw_it(readers, index, cases):
    evidence = Evidence(index, {})
    for one, said in zip(cases, readers.read(cases, evidence), strict=True):
        texts = [hit.passage.text for hit in one.basis]
        of_question = readers.without[fold_of_question(one.text)]
        own = of_question[fold_of(one.basis[0].passage.id)].scores(one.query.text, texts)
        assert said == {"stated": pytest.approx(own[0]), "stated_near": pytest.approx(own.max())}
    assert evidence.reading(cases[0].query, cases[0].basis) == {}


def test_the_same_lessons_teach_the_same_reader(readers, index, cases, folders, encoder):
    again = taught(index, cases, folders, encoder)
    for name, values in readers.whole.weights.items():
        np.testing.assert_allclose(again.whole.weights[name], values, atol=1e-4)


def test_held_out_questions_teach_nothing(folders, encoder):
    statutes, written = folders
    pairs = statute_pairs(read_statutes(statutes, written=written), encoder, np.random.default_rng(1))
    assert {one.question for one in pairs} == {"房租能不给吗", "水管坏了房东修不修"}
    right = {(one.question, one.text) for one in pairs if one.stated}
    assert right == {("房租能不给吗", "承租人应当支付租金。"), ("水管坏了房东修不修", "出租人应当维修。")}
    assert not right & {(one.question, one.text) for one in pairs if not one.stated}


@pytest.fixture
def pairs(index, cases) -> list[Pair]:
    return corpus_pairs(index, cases, np.random.default_rng(2))


def test_what_answers_is_stated_and_the_rest_without_it_is_not(pairs):
    told = {(one.question, one.text): one.stated for one in pairs}
    assert told["备案找谁", WHO + DAYS] is True
    assert told["备案找谁", DAYS] is False
    assert told["补贴多少钱", MONEY] is True
    assert ("补贴几时到账", MONEY) not in told  # a gap teaches only what was found for it


def test_what_was_found_in_vain_does_not_state_it(pairs):
    vain = {one.text: one for one in pairs if one.question == "补贴发给个人吗"}
    assert {text: one.stated for text, one in vain.items()} == {MONEY: False, WHO + DAYS: False}
    assert vain[MONEY].weight > vain[WHO + DAYS].weight


def test_a_fold_is_kept_from_its_passages_and_its_questions(index, pairs):
    first, second = (fold_of(passage.id) for passage in index.snapshot.passages([0, 1]))
    for one in pairs:
        if one.question == "补贴发给个人吗":
            assert {second} <= one.folds <= {first, second}
        if one.text == WHO + DAYS:
            assert first in one.folds


def test_a_folds_reader_differs_where_it_may_not_learn(readers, index):
    fold = fold_of(index.snapshot.passages([0])[0].id)
    own, whole = readers.without[0][fold], readers.whole
    assert isinstance(own, Reader)
    assert own.scores("备案找谁", [WHO + DAYS])[0] != whole.scores("备案找谁", [WHO + DAYS])[0]


def test_another_width_is_another_recipe(index, cases, folders):
    statutes, written = folders
    small = train_readers(
        index,
        cases,
        encoders=[],
        statutes=statutes,
        written=written,
        recipe=replace(RECIPE, width=4, fine_epochs=1),
        progress=silent,
    )
    assert small.whole.weights["project.weight"].shape[0] == 4
