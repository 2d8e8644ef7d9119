"""What becomes of held documents when a newer one comes, and of marks when it goes."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.catalogue import Catalogue
from assistant.domain import Document, DocumentKind, DocumentStatus
from ingest.supersession import find_marks, settle_validity, waive

TODAY = date(2026, 11, 21)


def document(id_: str, title: str, **values: object) -> Document:
    base = Document(id_, title, "", region="四川省", level="规范性文件", status=DocumentStatus.IN_FORCE)
    return replace(base, **values)  # type: ignore[arg-type]


OLD = document("old", "四川省备案暂行规定", doc_number="川民发〔2015〕3号", issued_on="2015-06-01")
NEW = document("new", "四川省备案管理办法", doc_number="川民规〔2022〕7号", issued_on="2022-03-01")


def marked(*documents: Document) -> dict[str, tuple[str, DocumentStatus]]:
    return {mark.document_id: (mark.by, mark.status) for mark in find_marks(documents, as_of=TODAY)}


@pytest.mark.parametrize("name", ["四川省备案暂行规定", "川民发[2015]3号"])
def test_repeal_by_title_or_number(name: str):
    assert marked(OLD, replace(NEW, supersedes=(name,))) == {"old": ("new", DocumentStatus.REPEALED)}


def test_newer_version_marks_the_old_as_revised():
    new = document("new", OLD.title, issued_on="2020-01-01", supersedes=("old",))
    assert marked(OLD, new) == {"old": ("new", DocumentStatus.REVISED)}


def test_repeal_says_more_than_revision():
    new = document("new", OLD.title, issued_on="2020-01-01", supersedes=("old", OLD.title))
    assert marked(OLD, new) == {"old": ("new", DocumentStatus.REPEALED)}


def test_latest_of_two_that_repeal_is_named():
    first = replace(NEW, supersedes=(OLD.title,))
    second = document("second", "四川省基层治理规定", issued_on="2024-01-01", supersedes=(OLD.title,))
    assert marked(OLD, first, second)["old"][0] == "second"
    assert marked(OLD, second, first)["old"][0] == "second"


@pytest.mark.parametrize(
    "by",
    [
        replace(NEW, supersedes=(OLD.title,), status=DocumentStatus.DRAFT),
        replace(NEW, supersedes=(OLD.title,), retired=True),
        replace(NEW, supersedes=(OLD.title,), level="解读"),
        replace(NEW, supersedes=(OLD.title,), kind=DocumentKind.FACT_CARD),
        replace(NEW, supersedes=(OLD.title,), effective_on="2027-01-01"),
        replace(NEW, supersedes=(OLD.title,), issued_on="2010-01-01"),
        replace(NEW, supersedes=(OLD.title,), region="吉林省"),
        replace(NEW, supersedes=("川民发〔2015〕3号",), region="四川省成都市"),
        replace(NEW, supersedes=("不存在的规定",)),
    ],
    ids=["draft", "retired", "reading", "card", "later", "earlier", "elsewhere", "below", "unknown"],
)
def test_what_repeals_nothing(by: Document):
    assert marked(OLD, by) == {}


def test_repeal_waits_for_its_day():
    by = replace(NEW, supersedes=(OLD.title,), effective_on="2027-01-01")
    assert [m.document_id for m in find_marks([OLD, by], as_of=date(2027, 1, 1))] == ["old"]


def test_title_named_by_its_own_successor_never_comes_back_on_it():
    old = replace(OLD, supersedes=(OLD.title,), issued_on=None)
    new = document("new", OLD.title, supersedes=("old", OLD.title))
    assert marked(old, new) == {"old": ("new", DocumentStatus.REPEALED)}


def test_cards_of_repealed_and_of_earlier_versions_are_marked():
    card = replace(OLD, id="card", kind=DocumentKind.FACT_CARD)
    assert marked(card, replace(NEW, supersedes=(OLD.title,))) == {"card": ("new", DocumentStatus.REPEALED)}
    new = document("new", OLD.title, doc_number="川民规〔2022〕9号", issued_on="2022-03-01")
    assert marked(card, new) == {"card": ("new", DocumentStatus.REVISED)}
    assert marked(replace(card, issued_on="2022-03-01"), new) == {}


# settling in a catalogue


def store(catalogue: Catalogue, *documents: Document) -> None:
    with catalogue.transaction() as connection:
        for one in documents:
            catalogue.put(connection, one, ())


def status_of(catalogue: Catalogue, id_: str) -> tuple[DocumentStatus, str | None]:
    found = catalogue.document(id_)
    return found.status, found.superseded_by


def test_marks_are_laid_and_lifted_with_the_document_that_makes_them(catalogue: Catalogue):
    store(catalogue, OLD, replace(NEW, supersedes=(OLD.title,)))
    (mark,) = settle_validity(catalogue, as_of=TODAY)
    assert (mark.document_id, mark.by) == ("old", "new")
    assert status_of(catalogue, "old") == (DocumentStatus.REPEALED, "new")
    assert "《四川省备案管理办法》（川民规〔2022〕7号）废止" in catalogue.document("old").status_evidence
    with catalogue.transaction() as connection:
        catalogue.delete(connection, "new")
    assert settle_validity(catalogue, as_of=TODAY) == ()
    assert status_of(catalogue, "old") == (DocumentStatus.IN_FORCE, None)


def test_settling_twice_changes_nothing(catalogue: Catalogue):
    store(catalogue, OLD, replace(NEW, supersedes=(OLD.title,)))
    settle_validity(catalogue, as_of=TODAY)
    before = catalogue.revision
    assert settle_validity(catalogue, as_of=TODAY) == ()
    assert catalogue.revision == before


def test_mark_comes_back_after_the_old_document_is_stored_anew(catalogue: Catalogue):
    store(catalogue, OLD, replace(NEW, supersedes=(OLD.title,)))
    settle_validity(catalogue, as_of=TODAY)
    store(catalogue, replace(OLD, status=DocumentStatus.UNKNOWN))
    settle_validity(catalogue, as_of=TODAY)
    assert status_of(catalogue, "old") == (DocumentStatus.REPEALED, "new")
    with catalogue.transaction() as connection:
        catalogue.delete(connection, "new")
    settle_validity(catalogue, as_of=TODAY)
    assert status_of(catalogue, "old") == (DocumentStatus.UNKNOWN, None)


def test_a_persons_word_lifts_the_mark_for_good(catalogue: Catalogue):
    store(catalogue, OLD, replace(NEW, supersedes=(OLD.title,)))
    settle_validity(catalogue, as_of=TODAY)
    plain = waive(catalogue, catalogue.document("old"))
    assert (plain.status, plain.superseded_by) == (DocumentStatus.IN_FORCE, None)
    with catalogue.transaction() as connection:
        catalogue.update(connection, plain)
    settle_validity(catalogue, as_of=TODAY)
    assert status_of(catalogue, "old") == (DocumentStatus.IN_FORCE, None)


def test_draft_and_repealed_texts_keep_their_status(catalogue: Catalogue):
    store(catalogue, replace(OLD, status=DocumentStatus.DRAFT), replace(NEW, supersedes=(OLD.title,)))
    settle_validity(catalogue, as_of=TODAY)
    assert status_of(catalogue, "old") == (DocumentStatus.DRAFT, "new")


def test_a_version_of_another_place_and_body_is_none():
    by = document("new", OLD.title, region="吉林省", issuer="吉林省民政厅", issued_on="2020-01-01")
    assert marked(OLD, replace(by, supersedes=("old",))) == {}
    same_body = replace(by, issuer="四川省民政厅", supersedes=("old",))
    assert marked(replace(OLD, issuer="四川省民政厅"), same_body) == {"old": ("new", DocumentStatus.REVISED)}
