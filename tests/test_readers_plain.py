from pathlib import Path

import pytest

from assistant.errors import DocumentError
from ingest.readers.plain import decode, read_markdown, read_text

TEXT = "第一条 为了规范管理，制定本办法。\n第二条 镕喆㎡。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_decode_tells_the_encoding(encoding: str):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_decode_reads_big5_where_nothing_else_fits():
    assert decode("社會團體登記管理條例，為了保障公民權利。".encode("big5"))


def test_decode_gives_plain_line_ends_and_no_control_characters():
    assert decode("甲\r\n乙\r丙\x00\x1b".encode() + "长文字".encode() * 100).startswith("甲\n乙\n丙长")


def test_decode_refuses_binary():
    with pytest.raises(DocumentError, match="编码"):
        decode(bytes(range(256)) * 40)


def test_read_text_keeps_lines(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gb18030").replace(b"\n", b"\r\n"))
    assert [line.text for line in read_text(path).lines][:2] == TEXT.split("\n")[:2]


def test_read_markdown_takes_marks_off(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text(
        "---\na: b\n---\n# 某办法\n\n<!-- 注 -->\n## 第一章 总则\n\n**第一条** 内容。\n", encoding="utf-8"
    )
    page = read_markdown(path)
    assert page.title == "某办法"
    assert [line.text for line in page.lines if line.text] == ["某办法", "第一章 总则", "第一条 内容。"]
