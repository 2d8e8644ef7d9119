"""The same document in every format: what the bench writes is what reading it gives."""

import json
import re
import shutil
from pathlib import Path

import pytest

from evals.bench.commands import Spent
from evals.bench.formats import FormatsResult, Reading, _judge, right_characters
from evals.bench.paper_files import BY_OFFICE, WRITERS
from evals.bench.papers import Paper, papers
from ingest.drafts import Draft, read_drafts

WRITER = Path("/usr/lib/libreoffice/program/libswlo.so")


@pytest.fixture(scope="module")
def written() -> list[Paper]:
    return papers(2, statutes=None)


def test_right_characters_are_those_at_their_place():
    assert right_characters("甲乙丙\n丁戊", "甲乙丙\n丁戊") == 5
    assert right_characters("甲乙丙\n丁戊", "甲乙 丙丁戊") == 5
    assert right_characters("甲乙丙\n丁戊", "甲乙丙") == 3
    assert right_characters("甲乙丙\n丁戊", "甲乙错\n丁戊") == 4
    assert right_characters("甲乙丙", "甲乙丙\n页脚") == 1
    assert right_characters("甲", "乙丙丁") == 0


def test_papers_are_a_notice_with_its_enclosure_and_a_regulation(written: list[Paper]):
    notice, regulation = written
    assert notice.lines[0] == notice.metadata["doc_number"] == "川民规〔2018〕11号"
    assert notice.title.startswith("四川省民政厅关于印发《")
    assert regulation.lines[0].startswith("（2019年2月4日贵州省第十三届人民代表大会常务委员会")
    assert regulation.metadata["doc_number"] == ""
    assert len(notice.articles) == len(regulation.articles) == 60
    assert papers(2, statutes=None) == written


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind not in BY_OFFICE])
def test_every_format_gives_the_same_text_articles_and_metadata(
    kind: str, written: list[Paper], tmp_path: Path
):
    for number, paper in enumerate(written):
        path = tmp_path / f"{number}.{kind}"
        WRITERS[kind](paper, path)
        assert_read_rightly(read_drafts(path), paper)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("soffice") is None or not WRITER.exists(), reason="LibreOffice Writer is not installed"
)
@pytest.mark.parametrize("kind", ["pdf", "doc"])
def test_formats_of_office_programs_give_the_same_too(kind: str, written: list[Paper], tmp_path: Path):
    for number, paper in enumerate(written):
        path = tmp_path / f"{number}.{kind}"
        WRITERS[kind](paper, path)
        drafts = read_drafts(path)
        assert_read_rightly(drafts, paper)
        if kind == "pdf":
            pages = [c.page for c in drafts[0].document.clauses if c.label.endswith("条")]
            assert pages == sorted(pages)
            assert (pages[0], pages[-1] > 3) == (1, True)


def assert_read_rightly(drafts: list[Draft], paper: Paper) -> None:
    (draft,) = drafts
    document = draft.document
    assert "".join(document.text.split()) == "".join(paper.text.split())
    assert [c.label for c in document.clauses if c.label.endswith("条")] == list(paper.articles)
    assert {name: getattr(document, name) or "" for name in paper.metadata} == paper.metadata


def test_a_reading_is_judged_by_what_check_says(written: list[Paper]):
    paper = written[1]
    document = {**paper.metadata, "doc_number": None, "issuer": "别的机关"}
    outline = [f"  {label} 某事" for label in paper.articles[1:]] + ["第九十九条 没有这条", "（一）第三条"]
    output = json.dumps([{"documents": [{"document": document, "outline": outline, "text": paper.text}]}])
    judged = _judge(paper, Spent(1.0, 1.0, 1.0, output))
    assert judged["characters"] == judged["all_characters"] == len(re.sub(r"\s", "", paper.text))
    assert (judged["articles"], judged["all_articles"], judged["invented"]) == (59, 60, 1)
    assert (judged["metadata"], judged["all_metadata"]) == (4, 5)


def test_result_is_one_row_per_format():
    reading = Reading("pdf", 3, (99, 100), (59, 60), 1, (14, 15), 1.5, 66.0)
    rows = [{name: getattr(reading, name) for name in Reading.__dataclass_fields__}]
    table = FormatsResult("formats", "读取", "三份", (), {"rows": rows}).table()
    assert table.splitlines()[-1] == "| pdf | 3 | 99.00% | 59/60（1） | 14/15 | 1.5 s | 66.0 MB |"
