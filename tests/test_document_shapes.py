"""Shapes that documents of offices really have, each read as a whole: what was found, and that nothing is invented."""

from pathlib import Path

from ingest.drafts import Draft, read_drafts

NOTICE = """成都市人民政府办公厅
关于促进社区社会组织发展的实施意见
成办规〔2023〕4号
各区（市）县政府（管委会），市政府各部门：
　　为落实有关文件精神，经市政府同意，现提出以下实施意见。
　　一、总体要求
　　（一）指导思想。坚持党建引领，推动社区社会组织健康有序发展。
　　（二）主要目标。到2025年，每个社区平均拥有不少于15个社区社会组织。
　　二、附则
　　本意见自2023年7月15日起施行，有效期5年。
　　附件：1.社区社会组织备案申请表
　　　　　2.2023年社区社会组织分类目录
成都市人民政府办公厅
2023年6月15日
（此件公开发布）
"""

ORDER = """中华人民共和国国务院令
第250号

《社会团体登记管理条例》已经国务院常务会议通过，现予发布，自发布之日起施行。

总理　某某某
一九九八年十月二十五日

社会团体登记管理条例

第一章　总　　则
第一条　为了保障公民的结社自由，制定本条例。
第二条　本条例自发布之日起施行。
"""

TRADITIONAL = """<html><body><table>
<tr><td>索 引 號：</td><td>0001/2021-00033</td><td>主題分類：</td><td>民政</td></tr>
<tr><td>發文機關：</td><td>國務院</td><td>成文日期：</td><td>2021年04月28日</td></tr>
<tr><td>標　　題：</td><td colspan=3>國務院關於改進社會組織工作的意見</td></tr>
<tr><td>發文字號：</td><td>國發〔2021〕12號</td><td>發佈日期：</td><td>2021年05月10日</td></tr></table>
<div id="UCAP-CONTENT"><p>各省、自治區、直轄市人民政府：</p><p>社會組織是社會治理的重要力量，各地要認真落實以下意見，結合實際制定辦法。</p>
<p>一、總體要求</p><p>堅持以人民為中心的發展思想，推動社會組織健康有序發展，為居民提供服務，維護居民的合法權益，促進社區的和諧。</p></div></body></html>"""


def read(path: Path, content: str, encoding: str = "utf-8") -> Draft:
    path.write_bytes(content.encode(encoding))
    (draft,) = read_drafts(path)
    return draft


def labels(draft: Draft) -> list[str]:
    return [clause.label for clause in draft.document.clauses if clause.label]


def test_notice_with_a_list_of_attachments(tmp_path: Path):
    draft = read(tmp_path / "通知.txt", NOTICE, "gb18030")
    document = draft.document
    assert document.title == "成都市人民政府办公厅关于促进社区社会组织发展的实施意见"
    assert (document.doc_number, document.issuer) == ("成办规〔2023〕4号", "成都市人民政府办公厅")
    assert (document.region, document.issued_on) == ("四川省成都市", "2023-06-15")
    assert (document.effective_on, document.expires_on) == ("2023-07-15", "2028-07-14")
    assert labels(draft) == ["一、", "（一）", "（二）", "二、"]
    assert "2.2023年社区社会组织分类目录" in document.text
    assert draft.warnings == ()


def test_order_whose_number_stands_on_its_own_line(tmp_path: Path):
    document = read(tmp_path / "令.txt", ORDER).document
    assert document.title == "社会团体登记管理条例"
    assert (document.doc_number, document.issuer, document.region) == ("国务院令第250号", "国务院", "全国")
    assert (document.level, document.issued_on) == ("行政法规", "1998-10-25")
    assert document.text.startswith("中华人民共和国国务院令第250号\n")
    assert [clause.label for clause in document.clauses if clause.label.endswith("条")] == [
        "第一条",
        "第二条",
    ]


def test_table_of_a_page_in_traditional_characters_is_understood_and_its_text_left_alone(tmp_path: Path):
    draft = read(tmp_path / "繁.html", TRADITIONAL)
    document = draft.document
    assert document.title == "国务院关于改进社会组织工作的意见"
    assert (document.doc_number, document.issuer) == ("国发〔2021〕12号", "国务院")
    assert (document.region, document.issued_on) == ("全国", "2021-04-28")
    assert "堅持以人民為中心的發展思想" in document.text
    assert any("繁体字" in warning for warning in draft.warnings)


def test_number_that_opens_the_text_of_a_page_belongs_to_it(tmp_path: Path):
    page = (
        "<html><head><title>某通知</title></head><body><h1>某市民政局关于备案工作的通知</h1><div id=zoom>"
        "<p>某民发〔2024〕3号</p><p>各街道办事处：</p><p>请按照要求做好社区社会组织备案工作，材料齐全的应当在五个工作日内办结。</p>"
        + "<p>街道办事处应当一次性告知需要补正的全部内容，并向社会公开办理结果，接受居民监督。</p>" * 3
        + "</div></body></html>"
    )
    document = read(tmp_path / "页.html", page).document
    assert document.doc_number == "某民发〔2024〕3号"
    assert document.text.startswith("某民发〔2024〕3号\n各街道办事处：")


def test_decision_on_repealing_names_what_it_repeals_and_not_what_it_amends(tmp_path: Path):
    text = (
        "苏州市人民政府关于废止和修改部分行政规范性文件的决定\n苏府规字〔2025〕6号\n各市、区人民政府，市各委办局：\n"
        "一、废止《苏州市社区社会组织备案管理暂行办法》（苏府规字〔2014〕3号）、《关于培育社区社会组织的意见》。\n"
        "二、将《苏州市公益创投管理办法》第五条中的“5万元”修改为“8万元”。\n本决定自公布之日起施行。\n"
        "苏州市人民政府\n2025年3月12日\n"
    )
    names = read(tmp_path / "决定.txt", text).document.supersedes
    assert names == ("苏州市社区社会组织备案管理暂行办法", "关于培育社区社会组织的意见")
    report = text.replace("关于废止和修改部分行政规范性文件的决定", "关于规范性文件清理情况的报告")
    assert read(tmp_path / "报告.txt", report).document.supersedes == ()


def test_heading_that_says_more_than_the_window_is_the_title(tmp_path: Path):
    body = "".join(
        f"<div>第{n}条 社区社会组织应当向街道办事处备案，第{n}项材料应当齐全，五个工作日内办结。</div>"
        for n in "一二三四"
    )
    page = (
        "<html><head><title>关于印发《贵阳市社区社会组织扶持办法》的通知-贵阳市民政局</title></head><body>"
        "<h3>贵阳市民政局 贵阳市财政局关于印发《贵阳市社区社会组织扶持办法》的通知</h3>"
        f"<div class=dtl-body>{body}</div></body></html>"
    )
    document = read(tmp_path / "页.html", page).document
    assert document.title == "贵阳市民政局 贵阳市财政局关于印发《贵阳市社区社会组织扶持办法》的通知"
    assert document.region == "贵州省贵阳市"


def test_list_in_a_workbook_keeps_its_head_and_is_named_by_sheet_or_file(tmp_path: Path):
    import openpyxl

    for sheet, title in (("常见问答", "常见问答"), ("Sheet1", "问答清单")):
        workbook = openpyxl.Workbook()
        workbook.active.title = sheet
        for row in (
            ["序号", "问题", "答复"],
            [1, "备案要几个人？", "不少于5人"],
            [2, "去哪里备案？", "街道办事处"],
        ):
            workbook.active.append(row)
        workbook.save(tmp_path / "问答清单.xlsx")
        (draft,) = read_drafts(tmp_path / "问答清单.xlsx")
        assert draft.document.title == title
        assert draft.document.text.split("\n") == [
            "序号 | 问题 | 答复",
            "1 | 备案要几个人？ | 不少于5人",
            "2 | 去哪里备案？ | 街道办事处",
        ]
