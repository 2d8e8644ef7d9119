"""The five raw pages that the built-in corpus is made from, read as a whole."""

import re
from datetime import date
from pathlib import Path

import pytest
from shared_files import seed

from assistant.domain import DocumentStatus
from assistant.errors import DocumentError
from ingest.drafts import Draft, read_drafts
from ingest.readers.plain import decode

TODAY = date(2026, 11, 21)
SITE_WORDS = (
    "lol竞猜",
    "热线",
    "400-888",
    "XML地图",
    "当前位置",
    "您的位置",
    "浏览次数",
    "来源",
    "索 引 号",
    "发文机关",
)


def read(prefix: str) -> list[Draft]:
    return read_drafts(seed(prefix), as_of=TODAY)


def plan() -> Draft:
    return read("002")[1]


@pytest.mark.parametrize("prefix", ["000", "001", "002", "003", "004"])
def test_text_is_a_slice_of_the_page_but_for_blanks(prefix: str):
    page = "".join(decode(seed(prefix).read_bytes()).split())
    for draft in read(prefix):
        assert "".join(draft.document.text.split()) in page


@pytest.mark.parametrize("prefix", ["000", "001", "003", "004"])
def test_words_of_the_site_never_enter_the_text(prefix: str):
    text = read(prefix)[0].document.text
    assert [word for word in SITE_WORDS if word in text] == []


def test_digest_page_gives_its_eight_articles():
    drafts = read("002")
    assert len(drafts) == 8
    assert [draft.document.level for draft in drafts].count("新闻") == 7
    assert drafts[0].document.issued_on == "2020-12-08"
    assert drafts[7].document.title.startswith("民政部副部长詹成付")


def test_plan_metadata():
    document = plan().document
    assert document.title == "民政部办公厅关于印发《培育发展社区社会组织专项行动方案(2021-2023年)》的通知"
    assert document.doc_number == "民办发〔2020〕36号"
    assert document.issuer == "民政部办公厅"
    assert (document.region, document.level) == ("全国", "规范性文件")
    assert (document.issued_on, document.expires_on) == ("2020-12-07", "2023-12-31")
    assert document.status is DocumentStatus.EXPIRED
    assert "(2021-2023年)" in document.status_evidence
    assert "民政部关于大力培育发展社区社会组织的意见" in document.basis


def test_plan_is_in_force_when_asked_for_an_earlier_day():
    draft = read_drafts(seed("002"), as_of=date(2022, 6, 1))[1]
    assert draft.document.status is DocumentStatus.IN_FORCE


def test_plan_has_its_full_clause_tree():
    document = plan().document
    labels = [clause.label for clause in document.clauses if clause.label]
    assert [label for label in labels if label.endswith("、")] == ["一、", "二、", "三、", "四、"]
    assert len([label for label in labels if re.fullmatch(r"\([一二三四]\)", label)]) == 7
    assert len([label for label in labels if re.fullmatch(r"\d\.", label)]) == 14
    assert len(document.text) > 5000
    assert not document.text.rstrip().endswith(")")


def test_plan_passages_carry_their_section_path():
    sections = {passage.section for passage in plan().passages}
    assert "三、工作任务 > (四)实施社区社会组织规范管理计划 > 2.完善分类管理" in sections
    assert "二、基本原则 > 坚持党的领导" in sections
    opening = plan().passages[0]
    assert opening.section == ""
    assert "各省、自治区、直辖市民政厅(局)" in opening.text


def test_interpretation_of_a_hijacked_site():
    draft = read("000")[0]
    document = draft.document
    assert document.title.startswith(
        "贯彻落实新时代新发展要求推进社区社会组织高质量发展——《培育发展社区社会组织"
    )
    assert (document.level, document.region) == ("解读", "全国")
    assert document.status is DocumentStatus.EXPIRED
    assert "所解读的文件" in document.status_evidence
    assert any("标题" in warning for warning in draft.warnings)
    assert document.text.startswith("2020年12月7日,民政部办公厅印发")
    assert document.text.endswith("既充满活力又健康有序。")


def test_experience_paper_keeps_its_typos_and_numbers():
    document = read("001")[0].document
    assert document.title == "积极引导 鼓励扶持 发挥社会组织在社会治理中的积极作用"
    assert document.issuer == "天津市和平区民政局"
    assert (document.region, document.level, document.issued_on) == ("天津市和平区", "经验材料", "2017")
    assert "团鱼通过" in document.text
    assert [c.label for c in document.clauses if c.depth == 0 and c.label] == ["一、", "二、", "三、"]


def test_reply_without_a_title_line():
    document = read("003")[0].document
    assert document.title == "四川省民政厅对省政协第0757号提案的答复"
    assert (document.level, document.region, document.issued_on) == ("答复", "四川省", "2021-08-25")
    labels = [clause.label for clause in document.clauses if clause.depth == 0 and clause.label]
    assert labels == ["一是", "二是", "三是", "四是", "第一,", "第二,", "第三,", "第四,", "第五,"]


def test_reposted_opinion_belongs_to_the_body_that_signed_it():
    draft = read("004")[0]
    document = draft.document
    assert document.issuer == "吉林省民政厅"
    assert (document.region, document.doc_number) == ("吉林省", None)
    assert document.issued_on == "2017-12-25"
    assert any("吉林市民政局" in warning for warning in draft.warnings)
    assert draft.evidence["doc_number"].source == "网页信息表：发文字号 无"


def test_overrides_win_and_are_marked_as_given():
    draft = read_drafts(seed("003"), overrides={"title": "另一个标题", "region": "四川"}, as_of=TODAY)[0]
    assert draft.document.title == "另一个标题"
    assert draft.document.region == "四川省"
    assert draft.evidence["title"].source == "人工填写"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"colour": "红"}, "不认识的字段"),
        ({"region": "火星"}, "不认识的地区"),
        ({"status": "好"}, "效力状态"),
    ],
)
def test_bad_overrides_are_refused(tmp_path: Path, overrides: dict[str, str], message: str):
    path = tmp_path / "文件.txt"
    path.write_text("正文。", encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        read_drafts(path, overrides=overrides)


def test_reading_twice_gives_the_same(tmp_path: Path):
    path = tmp_path / "办法.txt"
    path.write_text("某市备案办法\n第一条 甲。\n第二条 乙。", encoding="utf-8")
    assert read_drafts(path, as_of=TODAY) == read_drafts(path, as_of=TODAY)
