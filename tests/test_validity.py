from dataclasses import replace
from datetime import date

import pytest

from assistant.domain import Document, DocumentStatus
from assistant.validity import as_on, parse_day, status_on


def document(status, expires_on=None):
    return Document("d", "某方案", "", status=status, expires_on=expires_on)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2023, 12, 30), DocumentStatus.IN_FORCE),
        (date(2023, 12, 31), DocumentStatus.IN_FORCE),
        (date(2024, 1, 1), DocumentStatus.EXPIRED),
    ],
)
@pytest.mark.parametrize("recorded", [DocumentStatus.EXPIRED, DocumentStatus.IN_FORCE])
def test_a_plan_is_over_after_its_last_day_and_was_in_force_before(recorded, day, expected):
    assert status_on(document(recorded, "2023-12-31"), day) is expected


def test_a_plan_of_whole_years_ends_with_its_last_year():
    plan = document(DocumentStatus.IN_FORCE, "2023")
    assert status_on(plan, date(2023, 12, 31)) is DocumentStatus.IN_FORCE
    assert status_on(plan, date(2024, 1, 1)) is DocumentStatus.EXPIRED


def test_nobody_claims_force_for_a_document_of_unknown_status():
    unknown = document(DocumentStatus.UNKNOWN, "2023-12-31")
    assert status_on(unknown, date(2022, 1, 1)) is DocumentStatus.UNKNOWN
    assert status_on(unknown, date(2024, 1, 1)) is DocumentStatus.EXPIRED


@pytest.mark.parametrize("recorded", [DocumentStatus.REPEALED, DocumentStatus.REVISED, DocumentStatus.DRAFT])
def test_repealed_revised_and_draft_texts_stay_what_they_are(recorded):
    assert status_on(document(recorded, "2023-12-31"), date(2022, 1, 1)) is recorded
    assert status_on(document(recorded, "2023-12-31"), date(2030, 1, 1)) is recorded


def test_without_an_end_the_record_decides():
    assert status_on(document(DocumentStatus.IN_FORCE), date(2099, 1, 1)) is DocumentStatus.IN_FORCE
    assert status_on(document(DocumentStatus.EXPIRED), date(2021, 1, 1)) is DocumentStatus.EXPIRED


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2020-12-07", date(2020, 12, 7), date(2020, 12, 7)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_missing_parts_of_a_day_are_the_first_or_the_last(value, first, last):
    assert parse_day(value) == first
    assert parse_day(value, last=True) == last


@pytest.mark.parametrize("value", [None, "", "去年", "2020-13-01", "2021-02-29"])
def test_an_unreadable_day_is_none(value):
    assert parse_day(value) is None


@pytest.mark.parametrize(
    "recorded", [DocumentStatus.IN_FORCE, DocumentStatus.UNKNOWN, DocumentStatus.PENDING]
)
def test_before_its_day_of_effect_a_document_is_not_in_force_yet(recorded):
    coming = Document("d", "某办法", "", status=recorded, effective_on="2027-01-01")
    assert status_on(coming, date(2026, 12, 31)) is DocumentStatus.PENDING
    assert status_on(coming, date(2027, 1, 1)) is not DocumentStatus.PENDING


def test_once_begun_a_document_claims_force_only_within_a_stated_term():
    coming = Document("d", "某办法", "", status=DocumentStatus.PENDING, effective_on="2027-01-01")
    assert status_on(coming, date(2027, 1, 1)) is DocumentStatus.UNKNOWN
    within = replace(coming, expires_on="2031-12-31")
    assert status_on(within, date(2027, 1, 1)) is DocumentStatus.IN_FORCE
    assert status_on(within, date(2032, 1, 1)) is DocumentStatus.EXPIRED


@pytest.mark.parametrize("recorded", [DocumentStatus.REPEALED, DocumentStatus.REVISED, DocumentStatus.DRAFT])
def test_what_never_takes_effect_is_not_awaited(recorded):
    assert (
        status_on(Document("d", "某办法", "", status=recorded, effective_on="2099"), date(2026, 1, 1))
        is recorded
    )


def test_a_person_may_say_that_a_document_is_not_in_force_yet_without_naming_its_day():
    assert status_on(document(DocumentStatus.PENDING), date(2026, 1, 1)) is DocumentStatus.PENDING


def test_a_document_as_on_a_day_says_why_it_is_not_in_force():
    coming = Document("d", "某办法", "", status=DocumentStatus.UNKNOWN, effective_on="2027-01-01")
    shown = as_on(coming, date(2026, 11, 22))
    assert (shown.status, shown.status_evidence) == (DocumentStatus.PENDING, "自2027-01-01起施行")
    assert as_on(coming, date(2027, 11, 22)) is coming


def test_what_was_noted_of_another_day_does_not_stand_beside_a_changed_status():
    term = Document(
        "d",
        "某办法",
        "",
        status=DocumentStatus.IN_FORCE,
        status_evidence="注明“有效”",
        expires_on="2027-12-31",
    )
    over = as_on(term, date(2028, 1, 1))
    assert (over.status, over.status_evidence) == (DocumentStatus.EXPIRED, "有效期至2027-12-31")
    plan = replace(term, status=DocumentStatus.EXPIRED, status_evidence="实施期已满")
    then = as_on(plan, date(2027, 1, 1))
    assert (then.status, then.status_evidence) == (DocumentStatus.IN_FORCE, "有效期至2027-12-31")
    assert as_on(term, date(2027, 1, 1)) is term
