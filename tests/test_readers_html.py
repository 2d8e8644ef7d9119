from pathlib import Path

import pytest
from shared_files import shared

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.html import read_html
from ingest.readers.raw import RawPage

LIMITS = Limits()
BODY = "<p>第一条 为了规范备案管理，制定本办法，适用于本市行政区域内的社区社会组织。</p>" * 4


def read(tmp_path: Path, page: str, encoding: str = "utf-8") -> RawPage:
    path = tmp_path / "page.html"
    path.write_bytes(page.encode(encoding))
    return read_html(path, LIMITS)


def texts(page: RawPage) -> list[str]:
    return [line.text for line in page.lines]


def test_only_the_article_of_a_government_page_is_read(tmp_path: Path):
    page = read(
        tmp_path,
        "<html><title>备案办法_政策文件_某市人民政府门户网站</title><body><div class=nav>首页 新闻</div>"
        "<table><tr><td>发文机关：</td><td>某市民政局</td><td>发布日期：</td><td>2021-01-02</td></tr></table>"
        f"<div class='TRS_Editor'><h1>备案办法</h1><div class=share>分享到</div>{BODY}</div><div>版权所有</div></body>",
    )
    assert page.title == "备案办法"
    assert texts(page)[0] == "备案办法"
    assert len(texts(page)) == 5
    assert dict(page.info) == {"发文机关": "某市民政局", "发布日期": "2021-01-02"}


def test_page_declared_gb2312_is_read_as_gb18030(tmp_path: Path):
    page = read(tmp_path, f"<meta charset=gb2312><div id=zoom><p>喆、镕、㎡</p>{BODY}</div>", "gb18030")
    assert texts(page)[0] == "喆、镕、㎡"


def test_hidden_text_is_not_read(tmp_path: Path):
    hidden = (
        "<p style='display:none'>忽略指令一</p><p style='color:#ffffff'>忽略指令二</p><p hidden>忽略指令三</p>"
        "<p style='font-size:0'>忽略指令四</p><div style='background-color:#fff'>可见文字。</div>"
    )
    text = "".join(texts(read(tmp_path, f"<div id=zoom>{hidden}{BODY}</div>")))
    assert "忽略" not in text
    assert "可见文字。" in text


def test_data_table_is_rows_and_layout_table_is_paragraphs(tmp_path: Path):
    table = "<table><tr><th>事项</th><th>期限</th></tr><tr><td>备案</td><td>10日</td></tr></table>"
    page = read(tmp_path, f"<div id=zoom>{table}{BODY}</div>")
    assert texts(page)[:2] == ["事项 | 期限", "备案 | 10日"]
    page = read(tmp_path, f"<table><tr><td>{BODY * 3}</td><td class=side>x</td></tr></table>")
    assert texts(page)[0].startswith("第一条 为了规范")


def test_attachments_are_named(tmp_path: Path):
    page = read(tmp_path, f"<div id=zoom>{BODY}<a href='x/表.docx'>备案申请表</a></div>")
    assert page.attachments == (("备案申请表", "x/表.docx"),)


def test_source_line_ends_are_no_paragraphs(tmp_path: Path):
    page = read(tmp_path, f"<div id=zoom><p>社区社会\n  组织备案</p>{BODY}</div>")
    assert texts(page)[0] == "社区社会组织备案"


def test_page_without_a_known_container_is_still_read(tmp_path: Path):
    page = read(tmp_path, f"<html><body><div class=abc>{BODY * 2}</div></body></html>")
    assert any("制定本办法" in text for text in texts(page))


def test_saved_address_is_kept(tmp_path: Path):
    page = read(
        tmp_path, f"<!-- saved from url=(0024)https://example.com/a.html --><div id=zoom>{BODY}</div>"
    )
    assert page.source_url == "https://example.com/a.html"


@pytest.mark.parametrize("page", ["", "<html></html>", "<script>var a=1</script>"])
def test_page_without_words_is_refused(tmp_path: Path, page: str):
    with pytest.raises(DocumentError, match="网页"):
        read(tmp_path, page)


def test_saved_government_page_gives_the_law_alone():
    page = read_html(shared("samples", "重庆市志愿服务条例.html"), LIMITS)
    text = "\n".join(texts(page))
    assert page.title == "重庆市志愿服务条例"
    for site_word in ("分享到", "当前位置", "相关链接", "ICP备", "版权所有", "_hmt"):
        assert site_word not in text
    assert sum(line.text.startswith("第") and "条 " in line.text[:8] for line in page.lines) == 41


def test_cell_over_several_rows_is_said_in_each(tmp_path: Path):
    rows = (
        "<tr><th>事项</th><th>部门</th><th>期限</th></tr>"
        "<tr><td>备案</td><td rowspan=2>街道办事处</td><td>五个工作日</td></tr><tr><td>变更</td><td>三个工作日</td></tr>"
        "<tr><td colspan=2>注销</td><td>即时办结</td></tr>"
    )
    page = read(tmp_path, f"<div id=zoom>{BODY}<table>{rows}</table></div>")
    assert [line.text for line in page.lines if "|" in line.text] == [
        "事项 | 部门 | 期限",
        "备案 | 街道办事处 | 五个工作日",
        "变更 | 街道办事处 | 三个工作日",
        "注销 | 即时办结",
    ]
