import pytest

from assistant.config import corpus_folder
from assistant.domain import AnswerStatus
from assistant.errors import ConfigError
from assistant.web.guide import Anchor, Guide
from assistant.web.quoting import quoted
from ingest.corpus import read_corpus

SMALL = """
questions: {登记条件: [要几个人？]}
ways:
- way: 登记
  quotes: [{document: a, from: 甲, to: 乙}]
thresholds:
- name: 表
  columns: [人数, 资金]
  rows: [{document: a, 人数: {from: 丙}}]
"""


@pytest.fixture(scope="module")
def shipped():
    return Guide.load(corpus_folder() / "guide.yaml")


@pytest.fixture(scope="module")
def documents():
    return {entry.document.id: entry.document for entry in read_corpus(corpus_folder())}


def loaded(tmp_path, text):
    path = tmp_path / "guide.yaml"
    path.write_text(text, "utf-8")
    return Guide.load(path)


def test_file_is_read_into_records(tmp_path):
    guide = loaded(tmp_path, SMALL)
    assert guide.questions == {"登记条件": ("要几个人？",)}
    assert guide.ways[0].anchors == (Anchor("a", "甲", "乙"),)
    assert guide.tables[0].columns == ("人数", "资金")
    assert guide.tables[0].rows[0].cells == {"人数": Anchor("a", "丙")}


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("to: 乙", "until: 乙", "不认识 until"),
        ("from: 丙", "", "缺少 from"),
        ("人数: {", "年龄: {", "不认识 年龄"),
        ("quotes: [{document: a, from: 甲, to: 乙}]", "quotes: 甲", "列表"),
        ("[要几个人？]", "['']", "不能空着"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, wrong, right, complaint):
    assert wrong in SMALL
    with pytest.raises(ConfigError, match=rf"第 \d+ 行.*{complaint}"):
        loaded(tmp_path, SMALL.replace(wrong, right))


def test_every_place_of_the_shipped_guide_is_in_the_corpus(shipped, documents):
    anchors = [anchor for way in shipped.ways for anchor in way.anchors]
    anchors += [anchor for table in shipped.tables for row in table.rows for anchor in row.cells.values()]
    assert len(anchors) > 40
    for anchor in anchors:
        found = quoted(anchor, documents)
        assert found is not None, anchor
        assert found.quote == found.document.text[found.start : found.end]
        assert "\n" not in found.quote and len(found.quote) < 120, anchor


def test_shipped_questions_cover_the_eight_topics_without_repeats(shipped):
    topics = "登记条件 备案程序 备案材料 资金渠道 培育孵化 规范管理 党建 变更注销"
    assert list(shipped.questions) == topics.split()
    asked = [question for questions in shipped.questions.values() for question in questions]
    assert len(asked) == len(set(asked)) >= 24
    assert all(question.endswith("？") for question in asked)


@pytest.mark.parametrize("region", [None, "湖南省湘潭市", "四川省", "吉林省"])
def test_every_question_of_the_shipped_guide_is_answered(shipped, builtin_assistant, region):
    questions = [question for listed in shipped.questions.values() for question in listed]
    statuses = {question: builtin_assistant.ask(question, region=region).status for question in questions}
    assert {question for question, status in statuses.items() if status is not AnswerStatus.ANSWERED} == set()
