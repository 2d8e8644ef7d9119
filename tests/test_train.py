"""Training of the bundled encoder, on collections small enough to read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import StaticEncoder, TransformerEncoder
from assistant.errors import DocumentError
from ingest.train import train_encoder
from ingest.training_batches import MAX_TOKENS, drop, encode_data, question_pairs, window, wording_pairs
from ingest.training_data import (
    Domain,
    LayQuestion,
    Target,
    Text,
    is_development,
    is_held_out,
    is_spare_wording,
    learned_questions,
    read_domain,
    read_statutes,
    read_synonyms,
)
from ingest.training_measures import interval, lexical_scores, ranks_of
from ingest.training_recipe import Recipe
from ingest.training_tokens import Ragged, build_tokenizer, choose_vocabulary, count_words, shared_parts

TINY = Recipe(dim=16, steps=40, batch=8, warmup=2, sampled=1, minimum=1, small_minimum=1, domain_batch=4)
ARTICLES = {
    "养犬管理条例": "饲养犬只应当办理养犬登记。犬只外出应当束犬链。未登记的由公安机关处以罚款。",
    "图书馆条例": "图书馆应当免费开放阅览室。读者借阅图书应当爱护。逾期归还的应当支付滞纳金。",
    "供水条例": "供水单位应当保障水质。停水应当提前通知用户。用户不得擅自改装水表。",
}
FACTS = """
title: 舞蹈队管理办法
doc_number: null
issuer: 某街道
region: {region}
level: 规范性文件
date_issued: '2024-01-01'
date_effective: '2024-01-01'
status: 现行有效
status_evidence: 测试
url: null
url_kind: ''
evidence: original
facts:
- {{id: {prefix}-1, topic: 备案条件, section: 第一条, fact: 舞蹈队备案应当有十名以上成员。, keywords: [], confidence: original}}
- {{id: {prefix}-2, topic: 资金渠道, section: 第二条, fact: 街道每年安排活动经费补助。, keywords: [], confidence: original}}
"""


@pytest.fixture
def statutes(tmp_path: Path) -> Path:
    folder = tmp_path / "statutes"
    folder.mkdir()
    rows = [
        {
            "id": f"s{i}",
            "law": law,
            "region": "全国",
            "heading": "第一章 总则",
            "article": "第一条",
            "text": text,
        }
        for i, (law, text) in enumerate(ARTICLES.items())
    ]
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    asked = [
        {"id": f"q{i}", "question": f"养狗要不要办证{i}", "relevant": ["s0"] if i % 2 else ["s0", "没有这条"]}
        for i in range(8)
    ]
    lines = [
        json.dumps(row, ensure_ascii=False)
        for row in [*asked, {"id": "x", "question": "?", "relevant": ["无"]}]
    ]
    (folder / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name in ("documents", "facts", "questions"):
        (folder / name).mkdir(parents=True)
    (folder / "facts" / "a.yaml").write_text(FACTS.format(region="四川省", prefix="a"), "utf-8")
    lines = [
        {"target": "a-1", "anchor": None, "questions": ["跳舞的要几个人", "舞队备按人数", "多少人才能备案"]},
        {"target": "a-2", "anchor": None, "questions": ["街道给不给钱", "有没有拨款", "补助找谁要"]},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "questions" / "a.jsonl").write_text(text, "utf-8")
    return folder


def test_trained_folder_works_in_both_readers_and_finds_the_right_fact(tmp_path, statutes, corpus):
    stages = []
    report = train_encoder(
        tmp_path / "out",
        statutes=statutes,
        corpus=corpus,
        recipe=TINY,
        progress=lambda stage, done, total: stages.append((stage, done, total)),
    )
    encoder = StaticEncoder.open(tmp_path / "out")
    assert (report.dim, encoder.dim) == (16, 16)
    shipped = [tmp_path / "out" / name for name in ("tokenizer.json", "model.safetensors")]
    assert report.size == sum(path.stat().st_size for path in shipped)
    assert ("训练向量模型", 40, 40) in stages
    assert stages[-1] == ("评测", 2, 2)
    assert [row.n for row in report.statutes] == [sum(is_held_out(f"q{i}") for i in range(8))] * 3
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "$" not in card
    assert str(report.statutes[1].figures["MRR"]) in card
    asked = encoder.encode(["跳舞的要几个人", "街道给不给钱"])
    facts = encoder.encode([target.text.searched for target in read_domain(corpus).targets])
    assert (asked @ facts.T).argmax(axis=1).tolist() == [0, 1]
    theirs = TransformerEncoder.open(str(tmp_path / "out"), allow_hub=False).encode(["舞队备案★", "火星"])
    assert np.abs(encoder.encode(["舞队备案★", "火星"]) - theirs).max() < 1e-3
    assert not theirs[1].any()


def test_same_seed_same_vectors_other_seed_others(tmp_path, statutes, corpus):
    made = {}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_encoder(
            tmp_path / name, statutes=statutes, corpus=corpus, recipe=TINY, seed=seed, measured=False
        )
        made[name] = StaticEncoder.open(tmp_path / name).encode(["跳舞的要几个人"])
    assert np.array_equal(made["a"], made["b"])
    assert not np.array_equal(made["a"], made["c"])


def test_missing_data_is_refused_in_chinese(tmp_path, corpus):
    with pytest.raises(DocumentError, match=r"articles\.jsonl\.gz"):
        train_encoder(tmp_path / "out", statutes=tmp_path / "none", corpus=corpus, recipe=TINY)
    with pytest.raises(DocumentError, match="近义词"):
        read_synonyms(tmp_path / "none.gz")


def test_statutes_without_known_articles_are_left_out(statutes):
    read = read_statutes(statutes)
    assert [len(q.relevant) for q in read.questions] == [1] * 8
    assert read.articles[0].text.searched == "养犬管理条例\n第一章 总则\n" + ARTICLES["养犬管理条例"]
    assert read.articles[0].national


def test_questions_written_for_training_are_all_learned_and_none_is_measured(statutes, corpus):
    folder = corpus / "questions" / "statutes"
    folder.mkdir()
    lines = [
        {"articles": ["s1"], "questions": ["借书要钱不", "书还晚了咋办"]},
        {"articles": ["没有"], "questions": ["?"]},
    ]
    (folder / "a.jsonl").write_text(
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8"
    )
    read = read_statutes(statutes, written=corpus)
    assert [question.text for question in read.written] == ["借书要钱不", "书还晚了咋办"]
    assert read.questions == read_statutes(statutes).questions
    assert read_statutes(statutes).written == ()
    tokenizer = build_tokenizer({"狗": 3.0, "书": 3.0})
    encoded = encode_data(
        tokenizer, read, Domain((Target(Text("", "", "舞蹈队备案"), "全国", retired=False),), ())
    )
    learned = [at for at in range(8) if not is_held_out(f"q{at}")]
    assert sorted(encoded.relevant) == [*learned, 8, 9]
    assert encoded.relevant[8] == [1]


def test_a_batch_holds_no_more_questions_than_asked_for(statutes):
    rng = np.random.default_rng(0)
    read = read_statutes(statutes)
    encoded = encode_data(
        build_tokenizer({"狗": 3.0, "书": 3.0}),
        read,
        Domain((Target(Text("", "", "舞蹈队备案"), "全国", retired=False),), ()),
    )
    relevant = {0: [0], 1: [1], 2: [2]}
    pairs = question_pairs(
        encoded.articles, encoded.statute_questions, relevant, rng, size=5, most=2, dropout=0.0
    )
    assert len(pairs.left) == 2 <= len(pairs.right)


def test_splits_are_fixed_and_of_the_stated_size():
    assert [is_held_out(f"q{i:04}") for i in (0, 2, 4)] == [False, True, False]
    ids = [f"q{i:05}" for i in range(2000)]
    assert 0.46 < np.mean([is_held_out(id_) for id_ in ids]) < 0.54
    assert 0.12 < np.mean([is_development(id_) for id_ in ids]) < 0.18
    assert 0.08 < np.mean([is_spare_wording(id_) for id_ in ids]) < 0.12


def test_development_run_sees_no_development_question():
    targets = tuple(Target(Text("", "", f"条款{i}"), "全国", retired=False) for i in range(60))
    domain = Domain(targets, tuple(LayQuestion(f"问题{i}", i) for i in range(60)))
    assert learned_questions(domain, development=False) == list(range(60))
    kept = learned_questions(domain, development=True)
    assert 40 < len(kept) < 60
    assert not any(is_development(targets[at].text.searched) or is_spare_wording(f"问题{at}") for at in kept)


def test_only_passages_searched_in_the_region_compete():
    text = Text("题", "节", "文")
    here = Target(text, "四川省成都市", retired=False)
    national, province, elsewhere = (
        Target(text, region, retired=False) for region in ("全国", "四川省", "吉林省")
    )
    assert [t.competes(here) for t in (national, province, elsewhere)] == [True, True, False]
    assert not Target(text, "全国", retired=True).competes(here)


def test_tokenizer_cuts_by_probability_and_keeps_neighbours_of_unknown_characters():
    counts = choose_vocabulary(
        count_words(["社会团体登记", "社会团体", "登记条件"]),
        {"备案": 3},
        minimum=1,
        small_minimum=2,
        small_weight=5,
    )
    tokenizer = build_tokenizer(counts)
    assert tokenizer.encode("备案，登记鬰团体 ＡＢ").tokens[:2] == ["备案", "登记"]
    ragged = Ragged.encode(tokenizer, ["备案", "", "鬰", "登记登记"])
    assert [len(ragged[i]) for i in range(len(ragged))] == [1, 0, 1, 2]
    assert ragged[2].tolist() == [0]
    vocabulary = tokenizer.get_vocab()
    frequency = ragged.document_frequency(len(vocabulary))
    assert (frequency[vocabulary["登记"]], frequency[vocabulary["条件"]]) == (1, 0)
    assert len(Ragged.encode(tokenizer, [])) == 0


def test_parts_are_characters_pairs_and_synonym_sets():
    tokenizer = build_tokenizer({"资金": 3, "经费": 2, "金": 1})
    parts = shared_parts(tokenizer, {"资金": ("1",), "经费": ("1",)})
    assert parts.count == 4 + 2 + 1  # 资 金 经 费, 资金 经费, the synonym set
    assert 0 not in parts.tokens


def test_synonym_sets_of_one_word_are_left_out(tmp_path):
    file = tmp_path / "cow.tsv.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write("#synset\tCOW\n1\t资金\n1\t钱\n2\t钱\n")
    assert read_synonyms(file) == {"资金": ("1",), "钱": ("1",)}


def test_windows_and_drops_stay_within_the_text():
    rng = np.random.default_rng(0)
    ids = np.arange(300, dtype=np.int32)
    part = window(ids, rng)
    assert len(part) == MAX_TOKENS
    assert (np.diff(part) == 1).all()
    assert drop(ids[:2], rng, 0.9).tolist() == [0, 1]
    assert len(drop(ids, rng, 1.0)) == 300
    assert 0 < len(drop(ids, rng, 0.5)) < 300


def test_wording_pairs_join_questions_of_one_target():
    answers = np.asarray([0, 1, 0, 2, 1, 0])
    assert wording_pairs(answers, [0, 1, 2, 3, 4, 5]).tolist() == [[0, 2], [1, 4]]
    assert wording_pairs(answers, [3]).shape == (0, 2)


def test_ranks_count_ties_as_lost_and_intervals_hold_the_mean():
    scores = np.asarray([0.5, 0.9, 0.5, 0.1], dtype=np.float32)
    assert ranks_of(scores, [0, 1]) == [1, 3]
    measured = interval([1.0, 0.0, 1.0, 1.0] * 25)
    assert measured.mean == 0.75
    assert 0.6 < measured.low < 0.75 < measured.high < 0.9
    assert interval([]).mean == 0.0


def test_lexical_scores_are_scaled_to_one():
    scores = lexical_scores(["舞蹈队备案条件", "捐赠人税收优惠"], ["备案条件", "火星"])
    assert scores[0].argmax() == 0
    assert scores[0].max() == pytest.approx(1)
    assert not scores[1].any()
