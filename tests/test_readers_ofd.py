from pathlib import Path

import pytest
from office_files import OFD_NS, make_ofd, make_zip, ofd_line

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.ofd import read_ofd

LIMITS = Limits()
PAGE = (
    ofd_line(31, 57, "制定本办法。")
    + ofd_line(42, 37, "第一条 为了规范社区社会组织备案管理工作，促进社")
    + ofd_line(31, 47, "区社会组织健康有序发展，根据国家有关法律法规规定，")
    + ofd_line(42, 67, "第二条 本办法自发布之日起施行。")
    + ofd_line(100, 280, "— 1 —")
)


def texts(path: Path) -> list[str]:
    return [line.text for line in read_ofd(path, LIMITS).lines]


def test_objects_are_ordered_joined_and_page_numbers_dropped(tmp_path: Path):
    assert texts(make_ofd(tmp_path / "a.ofd", [PAGE])) == [
        "第一条 为了规范社区社会组织备案管理工作，促进社区社会组织健康有序发展，根据国家有关法律法规规定，制定本办法。",
        "第二条 本办法自发布之日起施行。",
    ]


def test_pages_are_numbered(tmp_path: Path):
    lines = read_ofd(
        make_ofd(tmp_path / "a.ofd", [PAGE, ofd_line(42, 37, "第三条 另行规定。")]), LIMITS
    ).lines
    assert lines[-1].page == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {OFD_NS}><ofd:Content>"}, "已损坏"),
        ({"Doc_0/Pages/Page_0/Content.xml": None}, "缺少"),
        ({"Doc_0/Document.xml": f"<ofd:Document {OFD_NS}/>"}, "没有页面"),
        ({"Doc_0/Document.xml": '<d><Pages><Page BaseLoc="../../../etc/passwd"/></Pages></d>'}, "位置有误"),
        ({"OFD.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}, "外部声明"),
    ],
)
def test_broken_or_hostile_file_is_refused_whole(tmp_path: Path, change: dict[str, str | None], message: str):
    import zipfile

    good = make_ofd(tmp_path / "good.ofd", [PAGE, PAGE])
    with zipfile.ZipFile(good) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    parts = {name: content for name, content in (parts | change).items() if content is not None}
    with pytest.raises(DocumentError, match=message):
        read_ofd(make_zip(tmp_path / "bad.ofd", parts), LIMITS)


def test_too_many_pages_are_refused_not_cut(tmp_path: Path):
    with pytest.raises(DocumentError, match="超过 2 页"):
        read_ofd(make_ofd(tmp_path / "a.ofd", [PAGE] * 3), Limits(pages=2))


def test_file_of_drawn_glyphs_needs_recognition(tmp_path: Path):
    with pytest.raises(DocumentError, match="OCR"):
        read_ofd(make_ofd(tmp_path / "a.ofd", ["<ofd:PathObject/>"]), LIMITS)
