"""Hostile PDF files (U9–U12): loops, swollen font tables, entities, scripts and enclosed files."""

import time
from pathlib import Path

import pytest
from office_files import make_pdf, pdf_page

from assistant.errors import DocumentError
from ingest.drafts import read_drafts
from ingest.limits import Limits

SENTENCE = "第一条 为了规范社区社会组织备案管理工作，促进社区社会组织健康有序发展，制定本办法。"
LIMITS = Limits(wall_s=20, cpu_s=15)


def pdf(tmp_path: Path, *replaced: tuple[bytes, bytes], added: bytes = b"") -> Path:
    """A good PDF with parts of its bytes replaced, and objects added before its table."""
    path = make_pdf(tmp_path / "a.pdf", [pdf_page([SENTENCE])])
    data = path.read_bytes()
    for old, new in replaced:
        assert old in data
        data = data.replace(old, new)
    path.write_bytes(data.replace(b"xref\n", added + b"xref\n", 1))
    return path


def read_or_refuse(path: Path) -> str:
    """The text, or the refusal; either within the limits."""
    began = time.monotonic()
    try:
        text = "\n".join(draft.document.text for draft in read_drafts(path, limits=LIMITS))
    except DocumentError as exc:
        text = str(exc)
    assert time.monotonic() - began < LIMITS.wall_s + 5
    return text


def test_u9_table_that_names_itself_as_the_previous_one(tmp_path: Path):
    path = pdf(tmp_path)
    data = path.read_bytes()
    at = data.rindex(b"xref\n", 0, data.rindex(b"startxref"))
    path.write_bytes(data.replace(b"trailer\n<< ", b"trailer\n<< /Prev %d " % at))
    assert read_or_refuse(path) == SENTENCE


def test_u9_outline_that_goes_round(tmp_path: Path):
    outline = b"90 0 obj\n<< /First 91 0 R /Last 91 0 R >>\nendobj\n91 0 obj\n<< /Title (a) /Parent 90 0 R /Next 91 0 R >>\nendobj\n"
    path = pdf(tmp_path, (b"/Type /Catalog", b"/Type /Catalog /Outlines 90 0 R"), added=outline)
    assert read_or_refuse(path) == SENTENCE


@pytest.mark.slow
def test_u10_font_table_of_a_million_entries(tmp_path: Path):
    lines = b"".join(b"<%04x> <%04x>\n" % (n % 65536, 0x4E00 + n % 20000) for n in range(1_000_000))
    stream = b"1000000 beginbfchar\n" + lines + b"endbfchar\n"
    table = b"90 0 obj\n<< /Length %d >>\nstream\n%sendstream\nendobj\n" % (len(stream), stream)
    path = pdf(tmp_path, (b"/Subtype /Type0", b"/Subtype /Type0 /ToUnicode 90 0 R"), added=table)
    text = read_or_refuse(path)
    assert "用时过长" in text or "内存" in text or len(text) <= len(SENTENCE)


def test_u11_entities_in_the_metadata_are_not_read(tmp_path: Path):
    xmp = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>'
    stream = b"90 0 obj\n<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        len(xmp), xmp,
    )  # fmt: skip
    path = pdf(tmp_path, (b"/Type /Catalog", b"/Type /Catalog /Metadata 90 0 R"), added=stream)
    assert read_or_refuse(path) == SENTENCE


def test_u12_enclosed_files_are_left_alone(tmp_path: Path):
    enclosed = (
        b"90 0 obj\n<< /Names [(a.exe) 91 0 R] >>\nendobj\n91 0 obj\n<< /Type /Filespec /F (a.exe) /EF << /F 92 0 R >> >>\nendobj\n"
        b"92 0 obj\n<< /Type /EmbeddedFile /Length 4 >>\nstream\nMZ90\nendstream\nendobj\n"
    )
    names = b"/Type /Catalog /Names << /EmbeddedFiles 90 0 R >>"
    assert read_or_refuse(pdf(tmp_path, (b"/Type /Catalog", names), added=enclosed)) == SENTENCE


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_u4_truncated_pdf_is_refused(tmp_path: Path, kept: float):
    path = pdf(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert "不完整" in read_or_refuse(path)
