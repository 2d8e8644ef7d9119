"""Metadata of the kinds of documents that offices receive; texts written for these tests."""

from datetime import date
from pathlib import Path

import pytest

from assistant.domain import Document, DocumentStatus
from ingest.drafts import Draft, read_drafts

TODAY = date(2026, 11, 21)

JOINT = """民 政 部 政府信息公开
民政部 财政部 国务院扶贫办
关于支持社会工作专业力量的指导意见
民发〔2017〕119号
各省、自治区、直辖市民政厅（局）、财政厅（局）：
为贯彻落实《中共中央 国务院关于打赢脱贫攻坚战的决定》，根据《志愿服务条例》，现提出以下意见。
一、总体要求
坚持党政引领，充分发挥各方面作用。
民 政 部 财 政 部
国务院扶贫办
2017年6月27日
（此件公开发布）
"""
CITY = """深圳市民政局关于印发《深圳市社区社会组织管理办法（试行）》的通知
深民【2010】128号
各区民政局：
现将《深圳市社区社会组织管理办法（试行）》印发给你们，请遵照执行。
深圳市民政局
二〇一〇年十一月十二日
深圳市社区社会组织管理办法（试行）
第一条 为规范管理，根据《社会团体登记管理条例》，制定本办法。
第二条 本办法自2011年1月1日起施行，有效期五年。《深圳市社区社会组织备案暂行办法》（深民〔2008〕60号）同时废止。
附件
备案申请表
名称 | 负责人
"""
REGULATION = """社会团体登记管理条例
（1998年10月25日中华人民共和国国务院令第250号发布 根据2016年2月6日《国务院关于修改部分行政法规的决定》修订）
第一条 为了保障公民的结社自由，制定本条例。
第二条 本条例自发布之日起施行。1989年10月25日国务院发布的《社会团体登记管理条例》同时废止。
"""
ORDER = """民政部令第39号
《社会组织评估管理办法》已经2010年12月20日民政部部务会议通过，现予公布，自2011年3月1日起施行。
部 长 李某某
二〇一〇年十二月二十七日
社会组织评估管理办法
第一条 为了规范评估工作，制定本办法。
第二条 本办法自2011年3月1日起施行。
"""
DRAFT = """关于公开征求《四川省社区社会组织管理办法（征求意见稿）》意见的公告
为规范管理，我厅起草了《四川省社区社会组织管理办法（征求意见稿）》，现公开征求意见。
四川省民政厅
2023年4月1日
"""
PLAN = """成都市武侯区人民政府办公室关于印发成都市武侯区社会组织“十四五”发展规划的通知
成武府办发〔2021〕12号
各街道办事处：
经区政府同意，现将规划印发给你们。
成都市武侯区人民政府办公室
2021年9月3日
"""
CURRENT = """川民规[2022]7号
四川省民政厅关于印发《四川省社会组织评估管理办法》的通知
各市（州）民政局：
现将办法印发你们，请遵照执行。
四川省民政厅
2022年12月30日
四川省社会组织评估管理办法
第一条 依据《社会组织评估管理办法》（民政部令第39号），制定本办法。
第二条 本办法自2023年2月1日起施行，有效期5年。
"""
NEWS = """某街道社区社会组织孵化中心揭牌
发布日期：2022-05-06 来源：某某日报 浏览次数：12
5月5日，某街道社区社会组织孵化中心正式揭牌，首批12家社区社会组织入驻。
"""


def read(tmp_path: Path, text: str, name: str = "下载文件.txt") -> Draft:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_drafts(path, as_of=TODAY)[0]


def document(tmp_path: Path, text: str) -> Document:
    return read(tmp_path, text).document


@pytest.mark.parametrize(
    ("text", "title", "number", "issuer"),
    [
        (JOINT, "民政部 财政部 国务院扶贫办关于支持社会工作专业力量的指导意见", "民发〔2017〕119号", "民政部、财政部、国务院扶贫办"),
        (CITY, "深圳市民政局关于印发《深圳市社区社会组织管理办法（试行）》的通知", "深民〔2010〕128号", "深圳市民政局"),
        (REGULATION, "社会团体登记管理条例", "国务院令第250号", "国务院"),
        (ORDER, "社会组织评估管理办法", "民政部令第39号", "民政部"),
        (CURRENT, "四川省民政厅关于印发《四川省社会组织评估管理办法》的通知", "川民规〔2022〕7号", "四川省民政厅"),
    ],
)  # fmt: skip
def test_title_number_and_issuer(tmp_path: Path, text: str, title: str, number: str, issuer: str):
    found = document(tmp_path, text)
    assert (found.title, found.doc_number, found.issuer) == (title, number, issuer)


@pytest.mark.parametrize(
    ("text", "region", "level", "issued_on"),
    [
        (JOINT, "全国", "规范性文件", "2017-06-27"),
        (CITY, "广东省深圳市", "规范性文件", "2010-11-12"),
        (REGULATION, "全国", "行政法规", "2016-02-06"),
        (ORDER, "全国", "部门规章", "2010-12-27"),
        (DRAFT, "四川省", "征求意见稿", "2023-04-01"),
        (PLAN, "四川省成都市武侯区", "规划", "2021-09-03"),
        (CURRENT, "四川省", "规范性文件", "2022-12-30"),
    ],
)
def test_region_level_and_date(tmp_path: Path, text: str, region: str, level: str, issued_on: str):
    found = document(tmp_path, text)
    assert (found.region, found.level, found.issued_on) == (region, level, issued_on)


@pytest.mark.parametrize(
    ("text", "status", "expires_on"),
    [
        (CITY, DocumentStatus.EXPIRED, "2015-12-31"),
        (DRAFT, DocumentStatus.DRAFT, None),
        (PLAN, DocumentStatus.EXPIRED, "2025-12-31"),
        (CURRENT, DocumentStatus.IN_FORCE, "2028-01-31"),
        (ORDER, DocumentStatus.UNKNOWN, None),
    ],
)
def test_validity(tmp_path: Path, text: str, status: DocumentStatus, expires_on: str | None):
    found = document(tmp_path, text)
    assert (found.status, found.expires_on) == (status, expires_on)
    assert found.status_evidence


def test_basis_and_supersedes_are_separate(tmp_path: Path):
    found = document(tmp_path, CITY)
    assert found.basis == ("社会团体登记管理条例",)
    assert found.supersedes == ("深圳市社区社会组织备案暂行办法", "深民〔2008〕60号")


def test_repealed_by_its_number_alone(tmp_path: Path):
    text = "某市民政局关于印发办法的通知\n各区民政局：\n现将办法印发给你们。此前印发的某民规〔2022〕7号文件同时废止。"
    assert document(tmp_path, text).supersedes == ("某民规〔2022〕7号",)


SITE_PAGES = {
    "keys without colons": """您当前的位置:首页>政府信息公开
某市行政审批服务局某市民政局关于印发《登记办事指南》的通知
文件名称 某市行政审批服务局某市民政局关于印发《登记办事指南》的通知
索引号 /2022-0021 公开目录: 部门文件
文号 安行审发〔2022〕21号 成文日期: 2022年10月27日
有效性 有效 公开日期: 2022-11-01 13:03
各县(市、区)民政局:
请参照执行,抓好落实。
一、登记条件
按照规定办理登记。
""",
    "key and value on two lines": """某州人民政府
云南省民政厅办公室关于印发《编制规则》的通知
浏览:0  来源: 作者:  语音阅读正文
索引号
01527918X-2020-153077
发文机构
怒江州民政局
文      号
发文日期
2020-10-10 19:48:26
厅机关各处(室、局):
办公室修订了规则,请遵照执行。
2020年10月10日
(此件公开发布)
编制规则
规则的正文从这里开始。
""",
    "date in brackets under a title in two lines": """当前位置:首页 > 政策文件
发布日期:2018-08-28 字号:[ ]
湖委发〔2018〕20
中共湖州市委  湖州市人民政府
关于深化城乡社区建设加强和完善
城乡社区治理的实施意见
(2018年7月2日)
为全面提升城乡社区治理水平,现提出如下实施意见。
""",
    "contacts above the sign-off, source below": """关于区政协九届四次会议第202045号提案办理情况的答复
时间:2020-05-15 09:12
吴委员:
您提出的提案已收悉,现答复如下:
已与有关方面协商解决。
联系人:某某
联系电话:12345678
福州市晋安区民政局
2020年5月 14日
来源:晋安区民政局
扫一扫在手机上查看当前页面
""",
}


@pytest.mark.parametrize(
    ("page", "title", "number", "issued_on", "region"),
    [
        ("keys without colons", "某市行政审批服务局某市民政局关于印发《登记办事指南》的通知", "安行审发〔2022〕21号", "2022-10-27", ""),
        ("key and value on two lines", "云南省民政厅办公室关于印发《编制规则》的通知", None, "2020-10-10", "云南省"),
        ("date in brackets under a title in two lines",
         "中共湖州市委 湖州市人民政府关于深化城乡社区建设加强和完善城乡社区治理的实施意见", "湖委发〔2018〕20号", "2018-07-02", "浙江省湖州市"),
        ("contacts above the sign-off, source below",
         "关于区政协九届四次会议第202045号提案办理情况的答复", None, "2020-05-14", "福建省福州市晋安区"),
    ],
)  # fmt: skip
def test_mastheads_of_real_sites(
    tmp_path: Path, page: str, title: str, number: str | None, issued_on: str, region: str
):
    found = document(tmp_path, SITE_PAGES[page])
    assert (found.title, found.doc_number) == (title, number)
    assert (found.issued_on, found.region) == (issued_on, region)
    for site_word in ("位置", "索引号", "浏览", "扫一扫", "来源"):
        assert site_word not in found.text


def test_regulation_does_not_supersede_itself_nor_rest_on_its_revision(tmp_path: Path):
    found = document(tmp_path, REGULATION)
    assert found.supersedes == ()
    assert found.basis == ()


def test_a_number_that_is_only_referred_to_is_not_the_documents_own(tmp_path: Path):
    text = "某市民政局关于做好备案工作的通知\n根据《实施意见》（民发〔2017〕191号）要求，现通知如下：\n一、加强领导。各区要高度重视。"
    assert document(tmp_path, text).doc_number is None


def test_publication_date_is_the_date_of_news_only(tmp_path: Path):
    found = read(tmp_path, NEWS)
    assert found.document.level == "新闻"
    assert found.document.issued_on == "2022-05-06"
    assert found.evidence["issued_on"].confidence < 0.5
    policy = "某市民政局关于备案的通知\n发布日期：2022-05-06\n各区民政局：\n请做好备案工作，按时报送。"
    assert document(tmp_path, policy).issued_on is None


def test_file_name_is_the_last_resort_for_a_title(tmp_path: Path):
    found = read(tmp_path, "请大家按时参加会议，并带好材料。\n谢谢配合工作。", "会议提醒.txt")
    assert found.document.title == "会议提醒"
    assert any("标题" in warning for warning in found.warnings)
    assert any("地区" in warning for warning in found.warnings)


def test_every_field_has_evidence(tmp_path: Path):
    evidence = read(tmp_path, CITY).evidence
    assert set(evidence) >= {
        "title",
        "doc_number",
        "issuer",
        "region",
        "level",
        "issued_on",
        "status",
        "expires_on",
    }
    assert all(0.0 <= entry.confidence <= 1.0 and entry.source for entry in evidence.values())


COUNTY = """社区社会组织备案办法
华容县民政局
2019年5月6日
第一条 为规范备案管理，制定本办法。
第二条 本办法自发布之日起施行。
"""


def test_a_date_under_the_issuer_is_the_documents(tmp_path: Path):
    found = document(tmp_path, COUNTY)
    assert (found.issuer, found.region, found.issued_on) == (
        "华容县民政局",
        "湖南省岳阳市华容县",
        "2019-05-06",
    )
    policy = COUNTY.replace("华容县民政局\n", "")  # without a body above it is the site's stamp
    assert document(tmp_path, policy).issued_on is None


def test_a_place_that_cannot_be_placed_leaves_the_region_open(tmp_path: Path):
    draft = read(tmp_path, COUNTY.replace("华容县", "绿水县"))
    assert (draft.is_placed, draft.document.region) == (False, "")
    (warning,) = draft.warnings
    assert "“绿水县民政局”" in warning
    assert "请用 --region 写明地区" in warning
    placed = draft.placed("四川省绿水县")
    assert (placed.is_placed, placed.warnings) == (True, ())


def test_nothing_is_asked_for_that_was_given(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("某某通知\n请做好备案工作，按时报送材料。\n", "utf-8")
    assert any("暂按“全国”" in warning for warning in read_drafts(path)[0].warnings)
    given = {"region": "湖南", "title": "关于备案的通知"}
    (draft,) = read_drafts(path, overrides=given)
    assert draft.document.region == "湖南省"
    assert not any("全国" in warning or "标题" in warning for warning in draft.warnings)
