"""Adding files to a catalogue, one and many: what becomes of each."""

import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from library_drafts import SENTENCES, digest, regulation

from assistant.catalogue import Catalogue
from assistant.domain import DocumentStatus
from ingest.adding import Adding, ArticleReport, FileReport, Outcome, list_files
from ingest.originals import Originals, sha256_of
from ingest.pipeline import settle_cards, sync
from ingest.shelf import Shelf
from ingest.supersession import settle_validity

Take = Callable[..., list[FileReport]]
NEWER = ("社区社会组织备案由县级民政部门办理", *SENTENCES[1:])


@pytest.fixture
def take(catalogue: Catalogue, tmp_path: Path) -> Take:
    """Add files to an empty catalogue, without an index."""
    originals = Originals.of(tmp_path / "catalogue-home")

    def add(*paths: Path, keep_similar: bool = False, **overrides: str) -> list[FileReport]:
        shelf = Shelf.of(catalogue, keep=True)
        adding = Adding(catalogue, originals, shelf, overrides=overrides, keep_similar=keep_similar)
        with ExitStack() as stack:
            reports = [adding.add(listed) for listed in list_files(paths, stack=stack)]
        settle_cards(catalogue)
        settle_validity(catalogue)
        return reports

    return add


def only(reports: list[FileReport]) -> ArticleReport:
    (file,) = reports
    assert file.refused == ""
    (article,) = file.articles
    return article


def outcomes(reports: list[FileReport]) -> list[str]:
    return [(file.refused and "refused") or "+".join(a.outcome for a in file.articles) for file in reports]


# one file


def test_document_is_stored_with_its_passages_original_and_history(
    take: Take, catalogue: Catalogue, tmp_path: Path
):
    path = regulation(tmp_path, "备案办法.TXT")
    added = only(take(path))
    document = catalogue.document(added.document_id)
    assert (added.outcome, document.title) == (Outcome.ADDED, "四川省社区社会组织备案管理办法")
    assert (document.doc_number, document.region) == ("川民规〔2022〕7号", "四川省")
    passages = list(catalogue.passages([document.id]))
    assert {p.document_id for p in passages} == {document.id}
    assert all(p.id.startswith(f"{document.id}#") for p in passages)
    kept = Originals.of(tmp_path / "catalogue-home").of_document(document)
    assert kept is not None
    assert kept.name == f"{sha256_of(path)}.txt"
    assert kept.read_bytes() == path.read_bytes()
    record = catalogue.intake.record(document.id)
    assert record["file"] == "备案办法.TXT"
    assert record["evidence"]["doc_number"]["value"] == "川民规〔2022〕7号"


def test_ids_are_short_plain_and_those_of_the_words(take: Take, catalogue: Catalogue, tmp_path: Path):
    first = only(take(regulation(tmp_path, "甲.txt"))).document_id
    assert first.isascii()
    assert len(first) == len("doc-") + 10
    with catalogue.transaction() as connection:
        catalogue.delete(connection, first)
    assert only(take(regulation(tmp_path, "甲.txt"))).document_id == first


def test_same_file_is_known_under_any_name(take: Take, catalogue: Catalogue, tmp_path: Path):
    path = regulation(tmp_path, "甲.txt")
    first = only(take(path)).document_id
    revision = catalogue.revision
    again = only(take(path.rename(tmp_path / "乙.txt")))
    assert (again.outcome, again.document_id) == (Outcome.KNOWN, first)
    assert catalogue.revision == revision


def test_same_document_in_another_format_is_known(take: Take, tmp_path: Path):
    first = only(take(regulation(tmp_path, "甲.txt"))).document_id
    text = (tmp_path / "甲.txt").read_text("utf-8")
    other = tmp_path / "乙.md"
    other.write_bytes(text.replace("\n", "\n\n").encode("gb18030"))
    again = only(take(other))
    assert (again.outcome, again.document_id) == (Outcome.KNOWN, first)


def test_newer_version_supersedes_the_old(take: Take, catalogue: Catalogue, tmp_path: Path):
    old = only(take(regulation(tmp_path, "甲.txt"), issued_on="2022-03-01")).document_id
    path = regulation(tmp_path, "乙.txt", *NEWER, number="川民规〔2025〕2号")
    new = only(take(path, issued_on="2025-01-01"))
    assert (new.outcome, new.held) == (Outcome.REPLACED, old)
    marked, by = catalogue.document(old), catalogue.document(new.document_id)
    assert (marked.status, marked.superseded_by) == (DocumentStatus.REVISED, by.id)
    assert by.supersedes == (old,)


def test_older_version_is_added_as_superseded(take: Take, catalogue: Catalogue, tmp_path: Path):
    new = only(take(regulation(tmp_path, "乙.txt", *NEWER), issued_on="2025-01-01")).document_id
    old = only(take(regulation(tmp_path, "甲.txt", number=""), issued_on="2022-03-01"))
    assert old.outcome is Outcome.ADDED
    assert any("较新的版本" in warning for warning in old.warnings)
    assert catalogue.document(old.document_id).superseded_by == new


def test_repealed_document_is_marked_whichever_comes_first(take: Take, catalogue: Catalogue, tmp_path: Path):
    repealing = (*NEWER[:-1], "本办法自2022年4月1日起施行，《四川省社区社会组织备案暂行规定》同时废止")
    take(regulation(tmp_path, "新.txt", *repealing), issued_on="2022-03-01")
    path = regulation(
        tmp_path, "旧.txt", "暂行规定的全部内容在这里", title="四川省社区社会组织备案暂行规定", number=""
    )
    old = only(take(path, issued_on="2015-01-01")).document_id
    assert catalogue.document(old).status is DocumentStatus.REPEALED
    assert "自2022-04-01起" in catalogue.document(old).status_evidence


def test_cut_off_copy_gives_way_to_the_full_text(take: Take, catalogue: Catalogue, tmp_path: Path):
    cut_off = only(take(regulation(tmp_path, "甲.txt", *SENTENCES[:6]))).document_id
    full = only(take(regulation(tmp_path, "乙.txt")))
    assert full.outcome is Outcome.REPLACED
    document = catalogue.document(cut_off)
    assert document.retired
    assert full.document_id in document.retired_reason
    assert document.status is not DocumentStatus.REVISED


def test_near_copy_is_known_unless_wanted(take: Take, catalogue: Catalogue, tmp_path: Path):
    first = only(take(regulation(tmp_path, "甲.txt"))).document_id
    copy = regulation(
        tmp_path, "乙.txt", *SENTENCES[:-1], "备案组织可以承接服务", title="备案须知摘编", number=""
    )
    assert (only(take(copy)).outcome, only(take(copy)).held) == (Outcome.KNOWN, first)
    wanted = regulation(
        tmp_path, "丙.txt", *SENTENCES[:-1], "备案组织可以承办服务", title="备案须知选编", number=""
    )
    assert only(take(wanted, keep_similar=True)).outcome is Outcome.ADDED
    assert len(catalogue.documents()) == 2


def test_given_fields_win_and_are_noted_as_given(take: Take, catalogue: Catalogue, tmp_path: Path):
    added = only(take(regulation(tmp_path, "甲.txt"), region="吉林省", status="已废止"))
    document = catalogue.document(added.document_id)
    assert (document.region, document.status) == ("吉林省", DocumentStatus.REPEALED)
    assert catalogue.intake.record(document.id)["evidence"]["region"]["source"] == "人工填写"


def test_documents_it_rests_on_are_reported_missing(take: Take, tmp_path: Path):
    based = ("根据《社会团体登记管理条例》，制定本办法", *SENTENCES)
    assert only(take(regulation(tmp_path, "甲.txt", *based[:10]))).missing == ("社会团体登记管理条例",)


# many files


def test_page_of_several_articles_is_stored_whole_and_known_whole(take: Take, tmp_path: Path):
    path = digest(tmp_path)
    assert outcomes(take(path)) == ["added+added"]
    assert outcomes(take(path)) == ["known+known"]


def test_one_title_for_several_articles_is_refused(take: Take, catalogue: Catalogue, tmp_path: Path):
    (report,) = take(digest(tmp_path), title="一个标题")
    assert "2 篇文章" in report.refused
    assert catalogue.documents() == []


def test_bad_files_stop_no_good_ones(take: Take, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    regulation(folder, "1.txt")
    (folder / "2.txt").write_bytes(b"")
    (folder / "3.pdf").write_bytes(b"MZ\x90\x00" * 50)
    regulation(folder, "4.txt", *NEWER, title="吉林省备案办法", number="吉民发〔2020〕1号")
    reports = take(folder, tmp_path / "没有这个文件.txt")
    assert outcomes(reports) == ["added", "refused", "refused", "added", "refused"]
    assert [report.file for report in reports[:2]] == ["收件/1.txt", "收件/2.txt"]
    assert "空文件" in reports[1].refused


def test_refused_file_is_tried_again(take: Take, tmp_path: Path):
    path = tmp_path / "甲.txt"
    path.write_bytes(b"")
    assert outcomes(take(path)) == ["refused"]
    regulation(tmp_path, "甲.txt")
    assert outcomes(take(path)) == ["added"]


def test_archive_gives_its_files_with_their_own_originals(take: Take, catalogue: Catalogue, tmp_path: Path):
    inside = regulation(tmp_path, "甲.txt")
    with zipfile.ZipFile(tmp_path / "打包.zip", "w") as package:
        package.write(inside, "文件夹/甲.txt")
    (report,) = take(tmp_path / "打包.zip")
    assert (report.file, outcomes([report])) == ("打包.zip/甲.txt", ["added"])
    assert catalogue.documents()[0].original_sha256 == sha256_of(inside)
    assert outcomes(take(inside)) == ["known"]


def test_same_words_twice_in_one_batch_are_one_document(take: Take, catalogue: Catalogue, tmp_path: Path):
    first, second = regulation(tmp_path, "甲.txt"), regulation(tmp_path, "乙.txt", tail=" ")
    assert first.read_bytes() != second.read_bytes()
    assert outcomes(take(first, second)) == ["added", "known"]
    assert len(catalogue.documents()) == 1


def test_file_is_read_again_after_its_document_is_gone(take: Take, catalogue: Catalogue, tmp_path: Path):
    path = digest(tmp_path)
    first, second = take(path)[0].articles
    with catalogue.transaction() as connection:
        catalogue.delete(connection, first.document_id)
    (report,) = take(path)
    assert [a.outcome for a in report.articles] == [Outcome.ADDED, Outcome.KNOWN]
    assert [a.document_id for a in report.articles] == [first.document_id, second.document_id]


def test_shelf_finds_documents_stored_before_fingerprints_were_kept(
    take: Take, catalogue: Catalogue, corpus: Path, tmp_path: Path
):
    sync(catalogue, corpus)
    text = catalogue.document("ceshi-banfa").text
    path = tmp_path / "办法.txt"
    path.write_text("社区社会组织登记备案办法\n" + text, "utf-8")
    assert only(take(path)).document_id == "ceshi-banfa"
    assert "ceshi-banfa" in catalogue.intake.fingerprints()


# regions that must be given


def county(folder: Path, name: str, issuer: str, *sentences: str) -> Path:
    """A text file of a county's office."""
    title = f"{issuer}关于社区社会组织备案的通知"
    return regulation(
        folder, name, *sentences, title=title, number="民发〔2019〕3号", tail=f"{issuer}\n2019年5月6日"
    )


def test_a_countys_file_is_that_countys(take: Take, catalogue: Catalogue, tmp_path: Path):
    added = only(take(county(tmp_path, "甲.txt", "华容县民政局")))
    assert catalogue.document(added.document_id).region == "湖南省岳阳市华容县"


def test_a_file_of_an_unknown_county_waits_for_its_region(take: Take, catalogue: Catalogue, tmp_path: Path):
    path = county(tmp_path, "甲.txt", "绿水县民政局")
    (report,) = take(path)
    assert "请用 --region 写明地区" in report.refused
    assert (catalogue.documents(), list((tmp_path / "catalogue-home").glob("originals/*"))) == ([], [])
    added = only(take(path, region="湖南省"))
    assert catalogue.document(added.document_id).region == "湖南省"
    assert outcomes(take(path.rename(tmp_path / "乙.txt"))) == ["known"]


def test_a_files_of_unknown_counties_does_not_touch_those_after_it(
    take: Take, catalogue: Catalogue, tmp_path: Path
):
    first = county(tmp_path, "甲.txt", "绿水县民政局")
    second = county(tmp_path, "乙.txt", "华容县民政局", *NEWER)
    assert outcomes(take(first, second)) == ["refused", "added"]
    (document,) = catalogue.documents()
    assert document.supersedes == ()


def test_a_number_copied_from_another_county_supersedes_nothing(
    take: Take, catalogue: Catalogue, tmp_path: Path
):
    first = only(take(county(tmp_path, "甲.txt", "华容县民政局")))
    second = take(
        county(tmp_path, "乙.txt", "汨罗市民政局", *(f"{one}，另有规定的除外" for one in SENTENCES))
    )
    assert outcomes(second) == ["added"]
    assert any("核对字号" in warning for warning in only(second).warnings)
    assert catalogue.document(first.document_id).superseded_by is None


def test_readme_and_hidden_files_of_a_folder_are_passed_over_aloud(take: Take, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    regulation(folder, "办法.txt")
    for name in ("README.md", "readme", ".草稿.txt"):
        (folder / name).write_text("说明：这里放文件。", "utf-8")
    reports = take(folder)
    assert {r.file for r in reports if r.skipped} == {"收件/README.md", "收件/readme", "收件/.草稿.txt"}
    assert [r.file for r in reports if r.articles] == ["收件/办法.txt"]
    assert not any(r.refused for r in reports)
