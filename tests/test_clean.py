from ingest.clean import CleanPage, clean
from ingest.readers.raw import RawLine
from ingest.reflow import join_wrapped, restore_breaks
from ingest.split import split_articles

SENTENCE = "各级民政部门要高度重视社区社会组织工作，切实加强组织领导。"


def lines(*texts: str) -> list[RawLine]:
    return [RawLine(text) for text in texts]


def cleaned(*texts: str) -> CleanPage:
    return clean(lines(*texts))


def body(page: CleanPage) -> list[str]:
    return [line.text for line in page.body]


def test_navigation_counters_and_hotline_are_parted_from_the_text():
    page = cleaned(
        "某某网", "24小时咨询热线", "400-123-4567", "您的位置:首页 > 新闻", "某通知标题",
        "发布日期:2021-09-27 浏览次数:5", SENTENCE, "二、要求", SENTENCE, "上一篇：另一篇", "XML地图",
    )  # fmt: skip
    assert body(page) == [SENTENCE, "二、要求", SENTENCE]
    assert page.info["发布日期"] == "2021-09-27"
    assert page.head[-1] == "某通知标题"


def test_words_of_the_law_that_look_like_a_site_stay():
    items = ["（一）开通服务热线；", "（二）公布联系电话、打印备案证书；", "来源合法、用途公开。"]
    assert body(cleaned(SENTENCE, *items)) == [SENTENCE, *items]


def test_both_tables_of_metadata_are_read_and_dropped():
    page = cleaned(
        "索 引 号: | 123 |", "发文机关: | 某局 | 成文日期: | 2017年12月25日 |", "标 题: | 某意见 | ||",
        "发文字号: | 无 | 发布日期: | 2018年1月2日 |", SENTENCE,
    )  # fmt: skip
    assert page.info["标题"] == "某意见"
    assert page.info["成文日期"] == "2017年12月25日"
    assert page.info["发文字号"] == "无"
    assert body(page) == [SENTENCE]


def test_source_note_at_the_end_is_taken_off():
    page = cleaned("标题", SENTENCE + "(来源: 某网 )")
    assert body(page) == [SENTENCE]
    assert page.notes == ("(来源: 某网 )",)


def test_contact_lines_under_a_notice_are_cut_but_attachments_stay():
    page = cleaned(
        SENTENCE, "附件：1.申请表", "某局", "2021年1月2日", "联系我们", "版权所有 某局", "地址：某路1号"
    )
    assert body(page) == [SENTENCE, "附件：1.申请表", "某局", "2021年1月2日"]


def test_run_in_masthead_is_parted():
    page = cleaned("某某发展计划推出四大项目2020-12-082020年12月7日，" + SENTENCE)
    assert page.head == ("某某发展计划推出四大项目",)
    assert page.info["发布日期"] == "2020-12-08"
    assert body(page)[0].startswith("2020年12月7日")


def test_invisible_characters_are_dropped():
    assert body(cleaned("甲\u200b乙\ufeff。" + SENTENCE)) == ["甲乙。" + SENTENCE]


def test_page_of_navigation_only_has_no_body():
    assert cleaned("首页", "网站地图", "版权所有").body == ()


def test_digest_is_split_only_where_every_part_is_an_article():
    article = ["标题2020-12-08", SENTENCE * 10]
    digest = lines("-", *article, "-", *article)
    assert len(split_articles(digest)) == 2
    ruled = lines("标题2020-12-08", SENTENCE * 10, "---", "只是一段短文。")
    assert len(split_articles(ruled)) == 1
    assert "---" not in [line.text for line in split_articles(ruled)[0]]
    assert split_articles(lines("", " ")) == []


def test_lost_line_ends_are_restored_and_nothing_else():
    text = (
        "一、要求 （一）甲《中共中央办公厅 国务院办公厅意见》。 第一条 内容 （二）乙 "
        + SENTENCE * 8
        + " 市民政局 2020年12月7日"
    )
    restored = [line.text for line in restore_breaks([RawLine(text)])]
    assert restored[:4] == [
        "一、要求",
        "（一）甲《中共中央办公厅 国务院办公厅意见》。",
        "第一条 内容",
        "（二）乙",
    ]
    assert restored[-2:] == ["市民政局", "2020年12月7日"]
    assert "".join("".join(restored).split()) == "".join(text.split())


def test_numbers_written_with_blanks_are_not_line_ends():
    text = "到 2023 年力争达到 30 个以上，每个社区 5 个。" * 12
    assert [line.text for line in restore_breaks([RawLine(text)])] == [text]


def test_text_broken_at_a_fixed_width_is_joined():
    paragraph = "　　" + SENTENCE * 6
    wrapped = [paragraph[at : at + 36] for at in range(0, len(paragraph), 36)] * 3
    assert [line.strip() for line in join_wrapped(wrapped)] == [paragraph.strip()] * 3


def test_ordinary_lines_are_not_joined():
    ordinary = ["第一条 甲乙丙丁。", "第二条 " + SENTENCE, "（一）短；", "（二）更短。", SENTENCE * 3] * 3
    assert join_wrapped(ordinary) == ordinary
