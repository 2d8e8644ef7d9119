"""The retrieval bench: its ways of finding on a home small enough to read, its arithmetic by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Assistant
from assistant.config import Settings
from assistant.index import Index
from assistant.regions import Gazetteer
from assistant.tools import Tools, open_tools
from assistant.uncharted import FEATURES
from evals.bench.material import Law, made_up_laws
from evals.bench.methods import Asked, Search, bm25, fused, product, vectors, without
from evals.bench.retrieval import _Compared, _compared, publish_laws, published_passages

QUESTION = "养狗要办什么证"


def asked(*right: str, style: str = "", question: str = QUESTION) -> Asked:
    return Asked(question, None, _gains(right), len(right), style)


def _gains(right: Sequence[str]) -> Callable[[Sequence[str]], list[int]]:
    return lambda ranked: [int(id_ in right) for id_ in ranked]


def always(*ids: str) -> Search:
    return lambda _asked: list(ids)


def value(compared: _Compared, what: str) -> tuple[float, float | None]:
    found = {figure.what: figure for figure in compared.figures("题", depths=(1, 3))}[f"题：{what}"]
    return found.ours, found.baseline


def test_fusion_adds_reciprocal_ranks():
    merged = fused(always("a", "b", "c"), always("b", "d"))
    # b: 1/62 + 1/61, a: 1/61, d: 1/62, c: 1/63
    assert merged(asked("a")) == ["b", "a", "d", "c"]
    assert fused(always(), always())(asked("a")) == []


def test_figures_compare_the_product_with_the_baseline():
    questions = [asked("a"), asked("b", "c")]
    compared = _compared(questions, always("a", "b"), always("c", "a", "b"))
    assert value(compared, "MRR") == (pytest.approx((1 + 1 / 2) / 2), pytest.approx((1 / 2 + 1) / 2))
    assert value(compared, "hit@1") == (0.5, 0.5)
    assert value(compared, "recall@3") == (pytest.approx((1 + 1 / 2) / 2), 1.0)
    assert len(compared.cpu_s) == 2


def test_kinds_with_few_questions_are_left_out():
    questions = [asked("a", style="方言")] * 10 + [asked("a", style="错字")] * 9 + [asked("b")] * 10
    figures = _compared(questions, always("a"), always("b")).by("题", lambda one: one.style)
    assert [(figure.what, figure.ours, figure.n) for figure in figures] == [
        (f"题，方言：hit@{k}", 1.0, 10) for k in (1, 3, 10)
    ]


@pytest.fixture(scope="module")
def laws() -> list[Law]:
    return list(made_up_laws(120))


@pytest.fixture(scope="module")
def statutes(tmp_path_factory: pytest.TempPathFactory, laws: list[Law]) -> Path:
    home = tmp_path_factory.mktemp("statutes") / "home"
    publish_laws(home, laws)
    return home


@pytest.fixture(scope="module")
def bundled() -> Tools:
    return open_tools(Settings())


@pytest.fixture
def index(statutes: Path, bundled: Tools) -> Iterator[Index]:
    opened = Index.open(statutes, encoder=bundled.encoder, segmenter=bundled.segmenter)
    yield opened
    opened.close()


def test_every_way_finds_an_article_by_its_own_words(statutes, laws, index, bundled):
    wanted = laws[1].passages[7]
    by_its_words = asked(wanted.id, question=wanted.text[5:65])
    titles = {law.document.id: law.document.title for law in laws}
    plain = bm25([passage for law in laws for passage in law.passages], titles)
    parts = without(index, bundled, Gazetteer.load())
    assert set(parts) == {"uncharted", *FEATURES}
    with closing(Assistant.open(Settings(home=statutes))) as assistant:
        ways = {"product": product(assistant), "bm25": plain, "vectors": vectors(index, bundled), **parts}
        for name, way in ways.items():
            assert wanted.id in way(by_its_words)[:5], name


def test_a_part_that_weighs_nothing_changes_the_ranking(index, bundled):
    parts = without(index, bundled, Gazetteer.load())
    question = asked(question="社区活动经费由谁负责")
    rankings = {name: tuple(way(question)) for name, way in parts.items()}
    assert len(set(rankings.values())) > 2


def test_laws_are_put_beside_what_a_home_holds(statutes, laws, tmp_path):
    home = shutil.copytree(statutes, tmp_path / "home")
    first = laws[0]
    more = Law(
        replace(first.document, id="another"),
        tuple(replace(p, id=f"another-{p.id}", document_id="another") for p in first.passages),
    )
    publish_laws(home, [more])
    passages, titles = published_passages(home)
    assert titles.keys() == {"another", *(law.document.id for law in laws)}
    assert len(passages) == sum(len(law.passages) for law in [*laws, more])
