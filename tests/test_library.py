"""Adding, correcting, taking out of use, removing, rolling back: in a catalogue, and with a published index."""

import json
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from library_drafts import SENTENCES, regulation
from small_home import LETTERS, ROOT, clean_environment

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import DocumentStatus
from assistant.errors import CatalogueError, DocumentError, HomeLockedError, IndexUnusableError, NotFoundError
from assistant.generations import generations, published
from assistant.tools import Tools
from ingest.adding import Adding, ArticleReport, FileReport, Outcome, list_files
from ingest.library import Library
from ingest.originals import Originals, kept_suffix, sha256_of
from ingest.pipeline import settle_cards, sync
from ingest.reports import AddReport
from ingest.shelf import Shelf
from ingest.supersession import settle_validity
from ingest.view import LibraryView, check_files

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


def digest(folder: Path) -> Path:
    """A page of two articles, divided as the news digests of the real world are."""
    parts = [
        f"{title}\n2022-03-0{day} 来源:民政部门户网站\n" + (f"{words}。" * 30)
        for day, title, words in (
            (1, "备案工作现场会召开", SENTENCES[0]),
            (2, "社区活动场地开放", SENTENCES[4]),
        )
    ]
    path = folder / "汇编.txt"
    path.write_text("\n-\n".join(parts), "utf-8")
    return path


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


# originals


def test_half_written_originals_are_swept_and_used_ones_stay(tmp_path: Path):
    originals = Originals(tmp_path / "originals")
    kept = originals.keep(regulation(tmp_path, "甲.txt"), sha256="a" * 64)
    orphan = originals.keep(regulation(tmp_path, "乙.txt", *NEWER), sha256="b" * 64)
    (tmp_path / "originals" / f"{'a' * 64}.pdf.tmp").write_bytes(b"half")
    assert originals.sweep(["a" * 64]) == 2
    assert kept.exists()
    assert not orphan.exists()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("甲.PDF", ".pdf"), ("甲", ""), ("a.表格", ""), ("a.x/../y", ""), ("a.toolongsuffix", "")],
)
def test_suffix_of_an_original_is_plain(name: str, suffix: str):
    assert kept_suffix(Path(name)) == suffix


# with a published index


@pytest.fixture
def settings(home: Path, encoder_folder: Path) -> Settings:
    return Settings(home=home, encoder=str(encoder_folder))


@pytest.fixture
def library(settings: Settings, tools: Tools) -> Iterator[Library]:
    """The small corpus, for changing; the tools are those the tests share."""
    with Library.within(settings, tools) as opened:
        yield opened


@pytest.fixture
def quiet(settings: Settings, tools: Tools) -> Iterator[Library]:
    """The small corpus, for changing without building an index each time."""
    with Library.within(settings, tools, publishing=False) as opened:
        yield opened


def titles(settings: Settings, question: str) -> list[str]:
    assistant = Assistant.open(settings)
    try:
        return [hit.document.title for hit in assistant.search(question, region="四川", top_k=5)]
    finally:
        assistant.close()


def held(report: AddReport) -> list[str]:
    return [article.document_id for file in report.files for article in file.articles]


def test_batch_is_published_once_and_found(library: Library, settings: Settings, tmp_path: Path):
    first = published(settings.home)
    files = [
        regulation(tmp_path, "甲.txt"),
        regulation(tmp_path, "乙.txt", *NEWER, title="四川省会员登记办法", number="川民规〔2020〕1号"),
    ]
    stages: list[str] = []
    report = library.add(files, progress=lambda stage, _done, _total: stages.append(stage))
    assert report.counts() == {"added": 2, "known": 0, "replaced": 0, "refused": 0}
    assert report.publication.built
    assert generations(settings.home) == [first.name, report.publication.generation]  # type: ignore[union-attr]
    assert stages[0] == "读入文件"
    assert "四川省社区社会组织备案管理办法" in titles(settings, "备案组织的成员不少于几人")
    again = library.add(files)
    assert again.counts() == {"added": 0, "known": 2, "replaced": 0, "refused": 0}
    assert not again.publication.built


def test_roll_back_is_quick_and_the_next_publication_is_the_newest(
    library: Library, settings: Settings, tmp_path: Path
):
    library.add([regulation(tmp_path, "甲.txt")])
    began = time.perf_counter()
    done = library.rollback()
    assert time.perf_counter() - began < 2
    assert done.generation < done.before
    assert "四川省社区社会组织备案管理办法" not in titles(settings, "备案组织的成员不少于几人")
    assert any("备案管理办法" in d.title for d in library.documents())
    with pytest.raises(IndexUnusableError, match="没有更早"):
        library.rollback()
    assert library.publish().built
    assert "四川省社区社会组织备案管理办法" in titles(settings, "备案组织的成员不少于几人")
    assert library.rollback().generation == done.generation


def test_card_retires_with_its_original_and_returns_without_it(quiet: Library, tmp_path: Path):
    path = regulation(tmp_path, "补贴.txt", title="广东省社区社会组织孵化补贴办法", number="粤测〔2022〕3号")
    report = quiet.add([path])
    assert report.publication.settled.cards_out == ("card-guangdong-butie", "card-guangdong-butie-1")
    with pytest.raises(DocumentError, match="原文"):
        quiet.unretire("card-guangdong-butie")
    change = quiet.remove(held(report)[0])
    assert change.publication.settled.cards_back == ("card-guangdong-butie", "card-guangdong-butie-1")


def test_removed_words_are_nowhere_in_the_home(
    library: Library, quiet: Library, settings: Settings, tmp_path: Path
):
    secret = "鹦鹉螺号潜艇停在二百三十四号码头"
    path = regulation(tmp_path, "甲.txt", *SENTENCES[:5], secret)
    kept = regulation(tmp_path, "乙.txt", *NEWER, title="四川省会员登记办法", number="川民规〔2020〕1号")
    id_, other = held(library.add([path, kept]))
    quiet.edit(id_, {"title": "鹦鹉螺号停泊办法"})
    quiet.remove(id_)  # as if killed before the index was built: the next publication finishes it
    assert files_with(settings.home, secret)
    assert library.publish().built
    assert files_with(settings.home, secret, "鹦鹉螺号", sha256_of(path)) == []
    assert [p.name for p in (settings.home / "originals").iterdir()] == [f"{sha256_of(kept)}.txt"]
    assert len(generations(settings.home)) == 1
    assert library.show(other).document.title == "四川省会员登记办法"
    with pytest.raises(NotFoundError):
        library.show(id_)
    assert not library.publish().built


def files_with(home: Path, *words: str) -> list[str]:
    """Files of a home whose bytes hold any of the words, as UTF-8, UTF-16 or escaped JSON."""
    forms = [w.encode(e) for w in words for e in ("utf-8", "utf-16-le")]
    forms += [json.dumps(w).strip('"').encode() for w in words]
    return [
        str(p.relative_to(home))
        for p in home.rglob("*")
        if p.is_file() and any(form in p.read_bytes() for form in forms)
    ]


def test_removing_one_article_of_a_page_lets_the_page_go(quiet: Library, tmp_path: Path):
    first, second = held(quiet.add([digest(tmp_path)]))
    assert quiet.show(second).original is not None
    quiet.remove(first)
    assert quiet.show(second).original is None
    assert quiet.show(second).document.original_sha256 is None


def test_removing_the_newer_version_brings_the_old_one_back(quiet: Library, tmp_path: Path):
    (old,) = held(quiet.add([regulation(tmp_path, "甲.txt")], overrides={"issued_on": "2022-03-01"}))
    new = quiet.add([regulation(tmp_path, "乙.txt", *NEWER)], overrides={"issued_on": "2025-01-01"})
    assert [mark.document_id for mark in new.publication.settled.marks] == [old]
    assert quiet.show(held(new)[0]).replaces[0].id == old
    quiet.remove(held(new)[0])
    document = quiet.show(old).document
    assert (document.status is DocumentStatus.REVISED, document.superseded_by) == (False, None)


def test_removing_the_full_text_brings_the_cut_off_copy_back(quiet: Library, tmp_path: Path):
    (cut_off,) = held(quiet.add([regulation(tmp_path, "甲.txt", *SENTENCES[:6])]))
    (full,) = held(quiet.add([regulation(tmp_path, "乙.txt")]))
    assert quiet.show(cut_off).document.retired
    quiet.remove(full)
    assert not quiet.show(cut_off).document.retired


def test_built_in_documents_are_not_removed_but_retired(quiet: Library):
    with pytest.raises(DocumentError, match="retire"):
        quiet.remove("ceshi-banfa")
    change = quiet.retire("ceshi-banfa", "测试停用")
    assert change.document.retired_reason == "测试停用"
    assert change.publication.settled.cards_back == ("card-ceshi-banfa",)
    change = quiet.unretire("ceshi-banfa")
    assert not change.document.retired
    assert change.publication.settled.cards_out == ("card-ceshi-banfa",)


def test_what_a_person_took_out_of_use_stays_out_after_a_sync(catalogue: Catalogue, corpus: Path):
    sync(catalogue, corpus)
    with catalogue.transaction() as connection:
        for id_ in ("ceshi-banfa", "card-guangdong-butie"):
            document = replace(catalogue.document(id_), retired=True, retired_reason="人工停用")
            catalogue.update(connection, document)
    sheet = corpus / "facts" / "ceshi-banfa.yaml"
    sheet.write_text(sheet.read_text("utf-8").replace("五十名以上", "满五十名"), "utf-8")
    assert sync(catalogue, corpus).changed
    reasons = {d.id: d.retired_reason for d in catalogue.documents() if d.retired}
    assert reasons == {"ceshi-banfa": "人工停用", "card-guangdong-butie": "人工停用"}


def test_corrected_fields_are_stored_and_noted(quiet: Library, tmp_path: Path):
    (id_,) = held(quiet.add([regulation(tmp_path, "甲.txt")]))
    quiet.edit(id_, {"title": "成都市备案细则", "region": "成都", "doc_number": "", "status": "已废止"})
    shown = quiet.show(id_)
    assert (shown.document.title, shown.document.region) == ("成都市备案细则", "四川省成都市")
    assert (shown.document.doc_number, shown.document.status) == (None, DocumentStatus.REPEALED)
    assert shown.document.text.startswith("川民规〔2022〕7号")
    assert shown.evidence["title"].source == "人工填写"
    assert shown.evidence["region"].value == "四川省成都市"
    assert "覆盖" in quiet.edit("ceshi-banfa", {"issuer": "测试厅"}).note


def test_a_persons_status_outlives_the_mark_of_a_newer_version(quiet: Library, tmp_path: Path):
    (old,) = held(quiet.add([regulation(tmp_path, "甲.txt")], overrides={"issued_on": "2022-03-01"}))
    quiet.add([regulation(tmp_path, "乙.txt", *NEWER)], overrides={"issued_on": "2025-01-01"})
    assert quiet.show(old).document.status is DocumentStatus.REVISED
    document = quiet.edit(old, {"status": "现行有效"}).document
    assert (document.status, document.superseded_by) == (DocumentStatus.IN_FORCE, None)
    assert quiet.retire("sichuan-fangan", "").document.retired_reason == "人工停用"
    assert quiet.show(old).document.status is DocumentStatus.IN_FORCE


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"colour": "红"}, "不认识的字段"),
        ({"region": "火星"}, "不认识的地区"),
        ({"issued_on": "2022-13-01"}, "成文日期"),
        ({"issued_on": "昨天"}, "成文日期"),
        ({"title": " "}, "标题不能为空"),
        ({"level": "圣旨"}, "级别"),
        ({"status": "好"}, "效力"),
        ({"source_url": "javascript:alert(1)"}, "http"),
    ],
)
def test_impossible_fields_are_refused(quiet: Library, fields: dict[str, str], message: str, tmp_path: Path):
    with pytest.raises(DocumentError, match=message):
        quiet.edit("ceshi-banfa", fields)
    with pytest.raises(DocumentError, match=message):
        quiet.add([regulation(tmp_path, "甲.txt")], overrides=fields)
    assert quiet.show("ceshi-banfa").document.title == "社区社会组织登记备案办法"


def test_gaps_are_documents_named_as_ground_and_not_held(quiet: Library, tmp_path: Path):
    based = ("根据《社会团体登记管理条例》和《社区社会组织登记备案办法》，制定本办法", *SENTENCES[:9])
    (id_,) = held(quiet.add([regulation(tmp_path, "甲.txt", *based)]))
    assert [(gap.title, gap.named_by) for gap in quiet.gaps()] == [("社会团体登记管理条例", (id_,))]
    assert quiet.show(id_).missing == ("社会团体登记管理条例",)


def test_second_writer_is_refused_and_readers_are_not(settings: Settings, tmp_path: Path):
    with Library.open(settings, purpose="添加文件"):
        with pytest.raises(HomeLockedError, match="添加文件"):
            Library.open(settings)
        with LibraryView.open(settings) as view:
            assert len(view.documents()) == 5
            (checked,) = view.check([regulation(tmp_path, "甲.txt")])
            assert checked.judged[0].outcome is Outcome.ADDED
    with Library.open(settings):
        pass


def test_checking_stores_nothing(settings: Settings, tmp_path: Path):
    before = (settings.home / "catalogue.sqlite3").read_bytes()
    with LibraryView.open(settings) as view:
        first, second = view.check([regulation(tmp_path, "甲.txt"), regulation(tmp_path, "乙.txt", tail=" ")])
    assert [first.judged[0].outcome, second.judged[0].outcome] == [Outcome.ADDED, Outcome.KNOWN]
    assert (settings.home / "catalogue.sqlite3").read_bytes() == before
    assert not (settings.home / "originals").exists()


def test_checking_needs_no_home_but_looking_does(tmp_path: Path):
    (checked,) = check_files([regulation(tmp_path, "甲.txt")], shelf=Shelf((), {}))
    assert checked.judged[0].outcome is Outcome.ADDED
    (refused,) = check_files([tmp_path / "没有.txt"], shelf=Shelf((), {}))
    assert "没有.txt" in refused.refused
    with pytest.raises(CatalogueError, match="ingest sync"):
        LibraryView.open(Settings(home=tmp_path / "nothing"))


# killed half-way


@pytest.mark.slow
def test_batch_killed_anywhere_is_complete_after_adding_again(settings: Settings, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    for number in range(30):
        own = tuple(f"{LETTERS[(number + i) % 20]}{SENTENCES[i]}{number}号文件" for i in range(8))
        regulation(folder, f"{number:02}.txt", *own, title=f"四川省第{number}项备案管理办法", number="")
    chance = random.Random(20261121)
    counts = []
    for _ in range(3):
        child = add_in_child(settings, folder)
        target = chance.randint(1, 25)
        while child.poll() is None and stored(settings.home) < 5 + target:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        counts.append(stored(settings.home) - 5)
    done = add_in_child(settings, folder)
    output, messages = done.communicate(timeout=120)
    assert done.returncode == 0, messages
    report = json.loads(output)
    assert report["counts"]["added"] + report["counts"]["known"] == 30
    assert report["counts"]["known"] >= max(counts) > 0
    with LibraryView.open(settings) as view:
        own = [d for d in view.documents() if not d.builtin]
    assert len({d.title for d in own}) == len(own) == 30
    assert len(list((settings.home / "originals").iterdir())) == 30
    assert any("备案管理办法" in title for title in titles(settings, "备案组织的成员不少于十人"))


def add_in_child(settings: Settings, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ingest", "add", str(folder), "--json", "--home", str(settings.home)]
    environment = clean_environment() | {"ASSISTANT_ENCODER": settings.encoder}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored(home: Path) -> int:
    """Number of documents a catalogue holds, read beside its writer."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"file:{home}/catalogue.sqlite3?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
