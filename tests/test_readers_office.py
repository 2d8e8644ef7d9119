"""Old Word files through the real LibreOffice; its absence and its faults are in test_bad_inputs."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from office_files import make_docx_xml, paragraph

from assistant.errors import DocumentError
from ingest.drafts import read_drafts
from ingest.readers.office import as_docx

WRITER = Path("/usr/lib/libreoffice/program/libswlo.so")
needs_writer = pytest.mark.skipif(
    shutil.which("soffice") is None or not WRITER.exists(), reason="LibreOffice Writer is not installed"
)
TITLE = "成都市社区社会组织备案管理办法"
ARTICLES = [f"第{n}条 社区社会组织应当向街道办事处备案，第{n}项材料应当齐全。" for n in "一二三"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(scope="module")
def old_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 办法.doc and 办法.rtf, written by LibreOffice itself."""
    folder = tmp_path_factory.mktemp("old")
    width = '<w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr>'
    cells = "".join(f"<w:tc>{width}{paragraph(cell)}</w:tc>" for cell in ("事项", "期限"))
    grid = '<w:tblPr/><w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    body = "".join(map(paragraph, [TITLE, *ARTICLES])) + f"<w:tbl>{grid}<w:tr>{cells}</w:tr></w:tbl>"
    body += paragraph("")
    source = make_docx_xml(folder / "办法.docx", body, complete=True)
    for kind in ("doc:MS Word 97", "rtf"):
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", kind, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
    return folder


@needs_writer
@pytest.mark.slow
@pytest.mark.parametrize("name", ["办法.doc", "办法.wps", "办法.rtf"])
def test_old_office_files_are_read_like_new_ones(old_files: Path, tmp_path: Path, name: str):
    path = tmp_path / name
    shutil.copyfile(old_files / name.replace(".wps", ".doc"), path)
    (draft,) = read_drafts(path)
    assert draft.document.title == TITLE
    assert draft.document.text.split("\n") == [*ARTICLES, "事项 | 期限"]
    assert draft.document.original_suffix == path.suffix
    assert not draft.warnings


@needs_writer
@pytest.mark.slow
def test_damaged_old_file_is_refused_with_what_to_do(old_files: Path, tmp_path: Path):
    path = tmp_path / "坏.doc"
    path.write_bytes(OLE + b"\x00" * 4000)
    try:
        drafts = read_drafts(path)
    except DocumentError as exc:
        assert "另存为 docx" in str(exc) or "没有读到正文" in str(exc)
    else:
        pytest.fail(f"read {drafts[0].document.text[:50]!r}")


def test_converter_that_hangs_is_stopped_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    alive = tmp_path / "alive"
    inner = (
        f"import time, pathlib\nwhile True:\n    pathlib.Path({str(alive)!r}).touch()\n    time.sleep(0.05)"
    )
    converter = tmp_path / "soffice"
    converter.write_text(
        f"#!{sys.executable}\nimport subprocess, time\nsubprocess.Popen([{sys.executable!r}, '-c', {inner!r}])\ntime.sleep(60)\n"
    )
    converter.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.doc").write_bytes(OLE)
    with pytest.raises(DocumentError, match="用时过长"), as_docx(tmp_path / "a.doc", wall_s=1.0):
        pass
    assert alive.exists()
    time.sleep(0.2)
    alive.unlink()
    time.sleep(0.3)
    assert not alive.exists()
