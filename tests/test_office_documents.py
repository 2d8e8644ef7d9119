"""Invented documents in the shapes that offices send each other, read whole: words, tree, metadata."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from ingest.drafts import Draft, read_drafts

RED_HEAD = """云溪市民政局文件
云溪民发〔2025〕37号
云溪市民政局关于开展社区社会组织规范提升行动的通知
各县（市、区）民政局：
为进一步规范社区社会组织管理，现将有关事项通知如下：
一、主要任务
（一）摸清底数。2025年6月30日前完成摸底，填写《摸底表》（见附件1）。
（二）分类处理。连续一年未开展活动的，由街道办事处劝导其恢复活动或者取消备案。
二、工作要求
请于2025年12月10日前将总结报送市民政局。
附件：1.摸底表
2.任务分工表
（此页无正文）
云溪市民政局
2025年3月18日
（此件公开发布）
抄送：市委组织部，市财政局。
云溪市民政局办公室    2025年3月19日印发
附件1
摸底表"""
TABLE = [["任务", "责任单位", "完成时限"], ["摸底登记", "各县民政局", "2025年6月30日"]]
MINUTES = """会 议 纪 要
〔2025〕第6期
桐山区社会组织工作联席会议办公室                    2025年4月2日
桐山区社会组织工作联席会议2025年第一次会议纪要
2025年3月28日下午，副区长在区政府主持召开联席会议第一次会议。现纪要如下：
一、会议听取了区民政局的汇报。
二、会议议定以下事项：
（一）将培育经费纳入2025年区级财政预算，总额80万元。
（二）在2个街道试点建设孵化点，每个补助10万元。
出席：赵某、钱某。"""
ANSWERS = """社区社会组织备案政策问答
发布时间：2025-05-12  来源：梅江县民政局
问：哪些组织可以申请备案？
答：成员不少于5人的文体、公益、互助类组织。
问：备案要不要收费？
答：不收费。任何单位和个人不得以备案为名收取费用。
3.问：备案以后能不能刻公章？
答：可以刻制用于内部管理的印章。
"""
WIDE_DIGITS = """清河县社区社会组织备案管理办法（试行）
（２０２５年１月６日清河县人民政府第２３次常务会议通过）
第１章　总　则
第１条　为规范社区社会组织备案管理，制定本办法。
第２章　备　案
第２条　申请备案应当具备下列条件：
（１）有３名以上发起人；
（２）有相对固定的活动场所。
第３条　本办法自２０２５年３月１日起施行，试行期２年。
"""
BROKEN_TITLE = """石桥省民政厅  石桥省财政厅
关于印发《石桥省政府购买社区
社会组织服务项目资金
管理暂行办法》的通知
石民规〔2024〕11号
各市（州）民政局、财政局：
现将《石桥省政府购买社区社会组织服务项目资金管理暂行办法》印发给你们，请认真贯彻执行。
石桥省民政厅    石桥省财政厅
2024年11月8日
石桥省政府购买社区社会组织服务
项目资金管理暂行办法
第一条 为加强项目资金管理，制定本办法。
第二条 单个项目资助金额不超过5万元。"""
REPLY = """北岭市民政局
北岭民函〔2025〕14号
关于社区舞蹈队能否登记为社会团体有关问题的复函
白云区民政局：
你局《关于社区舞蹈队登记问题的请示》（白民〔2025〕9号）收悉。经研究，现函复如下：
一、符合《社会团体登记管理条例》规定条件的，可以依法申请登记。
二、不具备登记条件的，由所在街道办事处备案管理。
此复。
北岭市民政局
二〇二五年四月十七日"""
RULES = """东湖区社区公益创投实施细则
一、申报
（一）申报主体
1．在本区登记或者备案的社会组织；
2．有账户的社区社会组织，并满足以下条件：
（1）成立满1年；
（2）无不良记录，包括：
①未被列入活动异常名录；
②近两年未受到行政处罚。
（二）申报程序
1．网上申报。每年3月1日至3月31日。
2．街道初审。
二、资助
每个项目2万元至8万元，按5∶3∶2分三次拨付。
"""
MIXED = """滨海新城关于使用“微益 GiveHub”平台的通知
各街道办事处：
为推进项目线上管理，现就使用 GiveHub（网址 https://givehub.example.cn/login）有关事项通知如下。
1. 账号申请。登录 GiveHub v2.3 首页，点击 “Sign up” 注册。
2. 数据标准。按 GB/T 40143-2021（Basic norms for volunteer service organizations）填报，精确到0.5小时。
3. 系统维护。每周三 22:00—24:00 为 maintenance window。
滨海新城社会事业局
2025年6月3日
"""
WECHAT = """<html><head><meta charset="utf-8"><title></title></head><body id="activity-detail">
<h1 class="rich_media_title" id="activity-name">一图读懂｜星桥区社区社会组织扶持办法</h1>
<div id="meta_content"><span class="rich_media_meta">原创</span><a id="js_name">星桥民政</a></div>
<div class="rich_media_content js_underline_content" id="js_content" style="visibility: hidden; opacity: 0; ">
<section><p>点击上方蓝字关注我们</p></section>
<p>星桥区民政局近日印发《星桥区社区社会组织扶持办法》（星民发〔2025〕8号），自2025年5月1日起施行，有效期5年。</p>
<p><strong>一、扶持对象</strong></p><p>在本区备案满6个月、正常开展活动的社区社会组织。</p>
<p><strong>二、扶持标准</strong></p><section><p>（一）场地补贴：每年最高5000元。</p></section>
<section><p>（二）活动补贴：每场活动不超过800元。</p></section><p style="display:none">看不见的话</p>
<p>来源：星桥区民政局</p></div><div id="js_pc_qr_code">微信扫一扫关注该公众号</div></body></html>"""


def read(path: Path, words: str) -> Draft:
    path.write_text(words, encoding="utf-8")
    (draft,) = read_drafts(path)
    return draft


def read_word(path: Path, words: str, *, table: list[list[str]] | None = None) -> Draft:
    word = docx.Document()
    for line in words.split("\n"):
        word.add_paragraph(line)
    if table:
        rows = word.add_table(rows=len(table), cols=len(table[0])).rows
        for row, cells in zip(rows, table, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = value
    word.save(str(path))
    (draft,) = read_drafts(path)
    return draft


def outline(draft: Draft) -> list[str]:
    return [
        clause.label + clause.heading for clause in draft.document.clauses if clause.label or clause.heading
    ]


def test_a_red_head_notice_is_signed_by_its_body_and_not_by_the_printing_office(tmp_path: Path):
    draft = read_word(tmp_path / "通知.docx", RED_HEAD, table=TABLE)
    held = draft.document
    assert held.title == "云溪市民政局关于开展社区社会组织规范提升行动的通知"
    assert (held.issuer, held.doc_number, held.issued_on) == (
        "云溪市民政局",
        "云溪民发〔2025〕37号",
        "2025-03-18",
    )
    assert outline(draft) == ["一、主要任务", "（一）摸清底数", "（二）分类处理", "二、工作要求", "摸底表"]
    assert "摸底登记 | 各县民政局 | 2025年6月30日" in held.text


def test_minutes_have_body_and_day_on_one_line(tmp_path: Path):
    draft = read_word(tmp_path / "纪要.docx", MINUTES)
    held = draft.document
    assert held.title == "桐山区社会组织工作联席会议2025年第一次会议纪要"
    assert (held.issuer, held.issued_on) == ("桐山区社会组织工作联席会议办公室", "2025-04-02")
    assert [label[:3] for label in outline(draft)] == ["一、", "二、会", "（一）", "（二）"]


def test_each_question_of_a_collection_is_a_clause_with_its_answer(tmp_path: Path):
    draft = read(tmp_path / "问答.txt", ANSWERS)
    assert draft.document.title == "社区社会组织备案政策问答"
    assert [line.rpartition("问：")[2] for line in outline(draft)] == [
        "哪些组织可以申请备案？",
        "备案要不要收费？",
        "备案以后能不能刻公章？",
    ]
    fee = next(passage for passage in draft.passages if "不收费" in passage.text)
    assert "备案要不要收费" in fee.section + fee.text
    assert "刻制" not in fee.text


def test_full_width_digits_are_numbers_and_stay_as_they_are_written(tmp_path: Path):
    draft = read(tmp_path / "办法.txt", WIDE_DIGITS)
    held = draft.document
    assert (held.issued_on, held.effective_on, held.expires_on) == ("2025-01-06", "2025-03-01", "2027-02-28")
    assert [clause.label for clause in held.clauses if clause.label.endswith("条")] == [
        "第1条",
        "第2条",
        "第3条",
    ]
    assert "（１）有３名以上发起人" in held.text
    assert all(passage.text == held.text[passage.start : passage.end] for passage in draft.passages)


def test_a_title_over_three_lines_is_whole(tmp_path: Path):
    held = read_word(tmp_path / "办法.docx", BROKEN_TITLE).document
    assert held.title == (
        "石桥省民政厅 石桥省财政厅关于印发《石桥省政府购买社区社会组织服务项目资金管理暂行办法》的通知"
    )
    assert (held.issuer, held.issued_on) == ("石桥省民政厅、石桥省财政厅", "2024-11-08")


def test_a_reply_letter_is_a_reply_of_its_body(tmp_path: Path):
    held = read_word(tmp_path / "复函.docx", REPLY).document
    assert held.title.endswith("关于社区舞蹈队能否登记为社会团体有关问题的复函")
    assert (held.level, held.issuer, held.issued_on) == ("答复", "北岭市民政局", "2025-04-17")
    assert held.doc_number == "北岭民函〔2025〕14号"


def test_rules_are_nested_by_their_kinds_of_number(tmp_path: Path):
    clauses = read(tmp_path / "细则.txt", RULES).document.clauses
    depth = {clause.label: clause.depth for clause in clauses if clause.label}
    assert [depth[label] for label in ("一、", "（一）", "2．", "（2）", "②")] == [0, 1, 2, 3, 4]
    assert [clause.label for clause in clauses if clause.depth == 0 and clause.label] == ["一、", "二、"]


def test_english_between_chinese_is_left_alone(tmp_path: Path):
    draft = read(tmp_path / "通知.txt", MIXED)
    assert "（Basic norms for volunteer service organizations）填报，精确到0.5小时。" in draft.document.text
    assert [label[:2] for label in outline(draft)] == ["1.", "2.", "3."]
    assert draft.document.issued_on == "2025-06-03"


@pytest.mark.parametrize("shown", ["visibility: hidden; opacity: 0; ", ""])
def test_a_saved_wechat_article_is_read_although_a_script_would_show_it(tmp_path: Path, shown: str):
    page = WECHAT.replace("visibility: hidden; opacity: 0; ", shown)
    draft = read(tmp_path / "文章.html", page)
    assert draft.document.title == "一图读懂｜星桥区社区社会组织扶持办法"
    assert "（一）场地补贴：每年最高5000元。" in draft.document.text
    assert draft.document.effective_on == "2025-05-01"
    for others in ("看不见的话", "微信扫一扫", "原创"):
        assert others not in draft.document.text
