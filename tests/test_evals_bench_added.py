"""evals bench added: an added regulation asked about, from its file to the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.bench import added
from evals.bench.added import QUESTIONS, AddedQuestion, bench_added, read_added
from evals.bench.commands import BenchError
from evals.bench.options import BenchOptions

REGULATION = """青岛市乐于助人志愿服务条例
（2020年3月1日青岛市人民代表大会常务委员会通过，自2020年6月1日起施行）
第一条 为了规范志愿服务行为，弘扬奉献精神，制定本条例。
第二条 志愿者向志愿服务组织申请注册，注册的志愿者应当年满十一周岁。
第三条 志愿服务组织每年至少培训志愿者两次。
"""


def rows(*asked: tuple[str, list[str], list[str]]) -> str:
    lines = [
        {
            "question": q,
            "region": "山东省青岛市",
            "document": "青岛市乐于助人志愿服务条例",
            "articles": a,
            "key": k,
        }
        for q, a, k in asked
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def test_only_the_article_itself_counts():
    one = AddedQuestion("问", "山东省", "条例", ("第二条",), ())

    class Place:
        def __init__(self, section: str) -> None:
            self.section = section

    assert one.in_article(Place("第一章 总则 > 第二条"))
    assert not one.in_article(Place("第十二条"))
    assert not one.in_article(Place(""))


def test_the_projects_questions_are_of_many_kinds_and_named_articles():
    asked = read_added(QUESTIONS)
    assert len(asked) > 150
    assert len({one.question for one in asked}) == len(asked)
    assert len({one.document for one in asked}) == 6
    assert 40 <= sum(not one.articles for one in asked) <= 80
    assert all(name.startswith("第") and name.endswith("条") for one in asked for name in one.articles)
    assert not any(one.key for one in asked if not one.articles)


def test_a_bench_without_files_says_what_it_needs(tmp_path: Path):
    with pytest.raises(BenchError, match="--added"):
        bench_added(BenchOptions(tmp_path))


@pytest.mark.slow
def test_an_added_regulation_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files, questions = tmp_path / "files", tmp_path / "questions"
    files.mkdir()
    questions.mkdir()
    (files / "志愿.txt").write_text(REGULATION, "utf-8")
    (files / "坏.pdf").write_bytes(b"not a pdf")  # left out, with what is asked of it
    asked = [("注册志愿者要年满多少周岁", ["第二条"], ["十一周岁"]), ("志愿者证丢了补办要多少钱", [], [])]
    (questions / "a.jsonl").write_text(rows(*asked), "utf-8")
    monkeypatch.setattr(added, "QUESTIONS", questions)
    result = bench_added(BenchOptions(tmp_path / "work", added=files))
    figures = {figure.what: figure for figure in result.figures}
    assert result.setup == {"documents": ["青岛市乐于助人志愿服务条例"]}
    assert (figures["hit@3"].ours, figures["hit@3"].n) == (1.0, 1)
    assert figures["hit@3"].baseline is not None
    assert figures["没写的拒答"].n == 1
    assert figures["引到对的条"].ours == figures["写了的答了"].ours == 1.0
    with pytest.raises(BenchError, match="没有题目问到"):
        (questions / "a.jsonl").write_text(rows(*asked).replace("乐于助人", "养蜂"), "utf-8")
        bench_added(BenchOptions(tmp_path / "again", added=files))
