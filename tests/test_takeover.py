"""What an original takes over from the fact cards it replaces."""

from dataclasses import replace

import pytest

from assistant.domain import Document, DocumentKind, DocumentStatus
from ingest.takeover import with_validity_of

CARD = Document(
    "card-a",
    "甲市志愿服务条例",
    "",
    kind=DocumentKind.FACT_CARD,
    region="四川省",
    issued_on="2007-09-14",
    effective_on="2021-03-01",
    expires_on="2031-02-28",
    status=DocumentStatus.IN_FORCE,
    status_evidence="收录修订文本",
)
ORIGINAL = Document(
    "doc-1", CARD.title, "", region="四川省", issued_on="2020-12-25", effective_on="2021-03-01"
)


def taken(original: Document = ORIGINAL, *cards: Document) -> tuple[DocumentStatus, str]:
    found = with_validity_of(original, cards or (CARD,))
    return found.status, found.status_evidence


def test_unknown_status_and_days_come_from_the_card():
    assert taken() == (DocumentStatus.IN_FORCE, "据要点卡：收录修订文本")
    assert with_validity_of(ORIGINAL, (CARD,)).expires_on == "2031-02-28"
    again = with_validity_of(with_validity_of(ORIGINAL, (CARD,)), (CARD,))
    assert again == with_validity_of(ORIGINAL, (CARD,))


def test_a_card_that_learns_more_is_followed():
    later = replace(CARD, status=DocumentStatus.REPEALED, status_evidence="已废止")
    assert taken(with_validity_of(ORIGINAL, (CARD,)), later) == (DocumentStatus.REPEALED, "据要点卡：已废止")


@pytest.mark.parametrize(
    "original",
    [
        replace(ORIGINAL, status=DocumentStatus.EXPIRED, status_evidence="文中写明"),
        replace(ORIGINAL, status_evidence="人工填写"),
        replace(ORIGINAL, effective_on="2008-01-01"),
        replace(ORIGINAL, effective_on=None, issued_on="2024-05-01"),
        replace(ORIGINAL, effective_on=None, issued_on=None),
    ],
    ids=["own", "a person's", "earlier version", "later version", "undated"],
)
def test_what_is_known_or_of_another_version_stays(original: Document):
    assert taken(original) == (original.status, original.status_evidence)


def test_cards_that_disagree_or_are_superseded_say_nothing():
    assert taken(ORIGINAL, CARD, replace(CARD, status=DocumentStatus.PENDING))[0] is DocumentStatus.UNKNOWN
    assert taken(ORIGINAL, replace(CARD, superseded_by="doc-2"))[0] is DocumentStatus.UNKNOWN


def test_the_same_number_needs_no_days():
    undated = replace(ORIGINAL, effective_on=None, issued_on=None, doc_number="川民规〔2022〕7号")
    assert taken(undated, replace(CARD, doc_number="川民规[2022]7号"))[0] is DocumentStatus.IN_FORCE
