"""Changing a library with a published index: add, correct, take out of use, remove, roll back."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from library_drafts import SENTENCES, digest, regulation, titles

from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import DocumentStatus
from assistant.errors import DocumentError, IndexUnusableError, NotFoundError
from assistant.generations import generations, published
from assistant.tools import Tools
from ingest.library import Library
from ingest.originals import sha256_of
from ingest.pipeline import sync
from ingest.reports import AddReport

NEWER = ("社区社会组织备案由县级民政部门办理", *SENTENCES[1:])


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
