from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.drafts import read_drafts
from ingest.readers.web_archive import unpacked

URL = "https://mz.example.gov.cn/art/5.html"
TITLE = "成都市社区社会组织备案管理办法"
BODY = "".join(
    f"<p>第{n}条 社区社会组织应当向街道办事处备案，第{n}项材料应当齐全，五个工作日内办结。</p>"
    for n in "一二三四"
)
PAGE = (
    f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div id=zoom>{BODY}</div></body></html>"
)


def archive(charset: str = "utf-8") -> bytes:
    letter = EmailMessage()
    letter["Snapshot-Content-Location"] = URL
    letter["Subject"] = TITLE
    letter.set_content(PAGE, subtype="html", charset=charset, cte="quoted-printable")
    letter.add_related(b"\x89PNG....", "image", "png", cid="<a>")
    return letter.as_bytes()


@pytest.mark.parametrize("name", ["页.mhtml", "页.mht"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_page_saved_as_one_file_is_read_like_the_page(tmp_path: Path, name: str, charset: str):
    (tmp_path / name).write_bytes(archive(charset))
    (draft,) = read_drafts(tmp_path / name)
    assert (draft.document.title, draft.document.source_url) == (TITLE, URL)
    assert [clause.label for clause in draft.document.clauses] == ["第一条", "第二条", "第三条", "第四条"]


def test_anything_else_comes_back_as_it_is():
    assert unpacked(PAGE.encode()).data == PAGE.encode()
    hollow = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/png\n\nabc\n--x--\n"
    assert unpacked(hollow).data == hollow
    assert unpacked(b"").data == b""
