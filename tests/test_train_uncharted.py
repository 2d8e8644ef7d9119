"""Training of the ranking without known ways of asking, on a collection small enough to read."""

from __future__ import annotations

import gzip
import json
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from small_home import copy_corpus, silent

from assistant.errors import DocumentError, EncoderError
from assistant.tools import Tools
from assistant.uncharted import FEATURES, UnchartedModel
from ingest.train_uncharted import (
    Candidates,
    half_of,
    learn_everyday,
    learn_weights,
    read_material,
    save_uncharted,
    train_halves,
    train_uncharted,
)
from ingest.training_data import is_held_out, read_statutes
from ingest.training_recipe import Recipe

TINY = Recipe(dim=16, steps=10, batch=8, warmup=2, sampled=1, minimum=1, small_minimum=1, domain_batch=4)
ASKED = ["承租人应当支付租金。", "出租人解除合同应当通知承租人。", "租金标准由合同约定，可以协商。"]
NOT_ASKED = ["国务院主管部门编制规划。", "规划由主管部门公布。", "主管部门负责本条例的解释。"]


def learnable(half: int, number: int) -> list[str]:
    """Ids of questions that may be learned, of one half."""
    ids = (f"q{i}" for i in count())
    fitting = (id_ for id_ in ids if not is_held_out(id_) and half_of(id_) == half)
    return [next(fitting) for _ in range(number)]


@pytest.fixture
def statutes(tmp_path: Path) -> Path:
    folder = tmp_path / "statutes"
    folder.mkdir()
    laws = [("租赁规定", "全国", ASKED), ("规划条例", "全国", NOT_ASKED), ("某市规定", "某市", ASKED[:1])]
    rows = [
        {
            "id": f"{law}{at}",
            "law": law,
            "region": region,
            "heading": "",
            "article": f"第{at}条",
            "text": text,
        }
        for law, region, articles in laws
        for at, text in enumerate(articles)
    ]
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    held_out = next(f"q{i}" for i in count() if is_held_out(f"q{i}"))
    asked = [
        {"id": id_, "question": "租房子不给租金怎么办", "relevant": [f"租赁规定{at}", "某市规定0"]}
        for half in (0, 1)
        for at, id_ in enumerate(learnable(half, 3))
    ]
    asked += [
        {"id": held_out, "question": "谁编制规划", "relevant": ["规划条例0"]},
        {"id": learnable(0, 4)[3], "question": "某市怎么租", "relevant": ["某市规定0"]},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in asked]
    (folder / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_held_out_questions_and_local_articles_take_no_part(statutes: Path, tools: Tools):
    material = read_material(read_statutes(statutes), tools, progress=silent)
    assert [article.id for article in material.articles] == [
        *(f"租赁规定{at}" for at in range(3)),
        *(f"规划条例{at}" for at in range(3)),
    ]
    assert material.documents.tolist() == [0, 0, 0, 1, 1, 1]
    assert not any(is_held_out(question.id) for question in material.questions)
    assert sorted(material.right) == [(0,), (0,), (1,), (1,), (2,), (2,)]
    assert sorted(material.of_half(0) + material.of_half(1)) == list(range(6))


def test_words_of_articles_people_ask_about_weigh_more(statutes: Path, tools: Tools):
    material = read_material(read_statutes(statutes), tools, progress=silent)
    everyday = learn_everyday(material, [0, 1, 2], rarest=2)
    assert everyday.words["承租人"] > 0
    values = everyday.of(material.lexical)
    assert values[:3].min() > values[3:].max()
    assert (values.mean(), values.std()) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.01))


def test_weights_put_the_right_candidates_first():
    rng = np.random.default_rng(0)
    learned = []
    for _ in range(40):
        values = rng.normal(size=(20, len(FEATURES))).astype(np.float32)
        best = int(np.argmax(values[:, FEATURES.index("dense")]))  # only `dense` tells
        learned.append(Candidates(np.arange(20), values, np.asarray([best])))
    nothing_right = Candidates(np.arange(20), values, np.zeros(0, dtype=np.int64))
    weights = learn_weights([*learned, nothing_right])
    assert set(weights) == set(FEATURES)
    assert weights["dense"] > 3 * max(abs(w) for name, w in weights.items() if name != "dense")


def test_the_trained_file_is_what_the_product_reads(tmp_path: Path, statutes: Path, tools: Tools):
    corpus = copy_corpus(tmp_path / "corpus")
    train_halves(
        tmp_path / "halves", statutes=statutes, corpus=corpus, synonyms=None, recipe=TINY, progress=silent
    )
    model = train_uncharted(
        statutes, tmp_path / "halves", written=tmp_path, tools=tools, rarest=2, progress=silent
    )
    save_uncharted(model, tmp_path / "uncharted.json")
    assert UnchartedModel.load(tmp_path / "uncharted.json") == model
    again = train_uncharted(
        statutes, tmp_path / "halves", written=tmp_path, tools=tools, rarest=2, progress=silent
    )
    assert again == model


def test_missing_data_is_refused_in_chinese(tmp_path: Path, statutes: Path, tools: Tools):
    with pytest.raises(EncoderError, match="half-0"):
        train_uncharted(
            statutes, tmp_path / "nowhere", written=tmp_path, tools=tools, rarest=2, progress=silent
        )
    with pytest.raises(DocumentError, match=r"articles\.jsonl\.gz"):
        train_uncharted(tmp_path, tmp_path, written=tmp_path, tools=tools, progress=silent)
