"""Many files at once: two hundred with a bad one among them, ten at the same time, and the way back."""

import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from library_drafts import SENTENCES, regulation
from office_files import make_docx_xml, make_ofd, make_pdf, ofd_line, paragraph, pdf_page

from assistant.config import Settings
from ingest.drafts import read_batch, read_drafts
from ingest.library import Library

SENTENCE = "第一条 为了规范社区社会组织备案管理工作，促进社区社会组织健康有序发展，制定本办法。"
FILES = 200
ROLL_BACK_S = 2.0
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


@pytest.fixture
def library(home: Path, encoder_folder: Path):
    with Library.open(Settings(home=home, encoder=str(encoder_folder))) as opened:
        yield opened


def fill(folder: Path, files: int) -> None:
    folder.mkdir()
    for number in range(files):
        own = tuple(f"{LETTERS[(number + i) % 20]}{SENTENCES[i]}{number}号文件" for i in range(6))
        regulation(folder, f"{number:03}.txt", *own, title=f"四川省第{number}项备案管理办法", number="")


@pytest.mark.slow
def test_two_hundred_files_with_a_bad_one_are_added_reported_and_known_again(
    library: Library, tmp_path: Path
):
    folder = tmp_path / "收件"
    fill(folder, FILES)
    (folder / "100.txt").write_bytes(b"MZ\x90\x00" + b"\x00" * 500)
    told: list[tuple[int, int]] = []
    report = library.add(
        [folder],
        progress=lambda stage, done, total: told.append((done, total)) if stage == "读入文件" else None,
    )
    assert report.counts() == {"added": FILES - 1, "known": 0, "replaced": 0, "refused": 1}
    (bad,) = [file for file in report.files if file.refused]
    assert bad.file == "收件/100.txt"
    assert "程序" in bad.refused
    assert told[-1] == (FILES, FILES)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    again = library.add([folder])
    assert again.counts() == {"added": 0, "known": FILES - 1, "replaced": 0, "refused": 1}
    assert not again.publication.built


@pytest.mark.slow
def test_rolling_back_takes_less_than_two_seconds(library: Library, tmp_path: Path):
    before = library.publish(force=True)
    fill(tmp_path / "收件", 40)
    library.add([tmp_path / "收件"])
    began = time.perf_counter()
    done = library.rollback()
    assert time.perf_counter() - began <= ROLL_BACK_S
    assert (done.generation, done.passages) == (before.generation, before.passages)


def test_archive_that_stores_office_files_unpacked_is_an_archive(tmp_path: Path):
    inner = make_docx_xml(tmp_path / "办法.docx", paragraph(SENTENCE))
    with zipfile.ZipFile(tmp_path / "资料.zip", "w", zipfile.ZIP_STORED) as package:
        package.writestr(zipfile.ZipInfo("办法.docx"), zipped(inner))
        package.writestr("说明.txt", SENTENCE)
    batch = read_batch(tmp_path / "资料.zip")
    assert [draft.document.text for draft in batch.drafts] == [SENTENCE, SENTENCE]
    assert batch.refused == ()


def zipped(docx: Path) -> bytes:
    """The same office file with its parts not compressed, so that their names stand in its bytes."""
    again = docx.with_suffix(".stored")
    with zipfile.ZipFile(docx) as package, zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as stored:
        for name in package.namelist():
            stored.writestr(name, package.read(name))
    return again.read_bytes()


def test_u30_ten_files_read_at_the_same_time_are_each_read_rightly(tmp_path: Path):
    paths = []
    for number in range(10):
        words = SENTENCE.replace("社区社会组织备案", f"第{number}号备案")
        path = tmp_path / f"{number}.{('pdf', 'docx', 'ofd')[number % 3]}"
        if path.suffix == ".pdf":
            make_pdf(path, [pdf_page([words])])
        elif path.suffix == ".docx":
            make_docx_xml(path, paragraph(words))
        else:
            make_ofd(path, [ofd_line(30, 30, words)])
        paths.append(path)
    with ThreadPoolExecutor(10) as pool:
        drafts = list(pool.map(read_drafts, paths))
    assert [f"第{number}号备案" in draft.document.text for number, (draft,) in enumerate(drafts)] == [
        True
    ] * 10
