"""How a new document stands to those already held: the same, nearly the same, newer, older, or new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.domain import Document
from ingest.fingerprints import share
from ingest.works import NARRATIVE, later, number_key, same_authority, work_key

if TYPE_CHECKING:
    from assistant.intake import Fingerprint
    from ingest.drafts import Draft
    from ingest.shelf import Shelf

NEARLY_ALL = 0.9  # share of sentences from which two texts are taken for copies of one
SURE = 0.5  # confidence from which a title or region found may decide (see Evidence)
_UNRELATED = 0.1  # sharing less than this, two texts of one number are different parts of it


class Kinship(StrEnum):
    """What a new document is to a held one."""

    NEW = "new"  # no relative
    SAME = "same"  # the same words
    COPY = "copy"  # nearly all of its sentences are held
    FULLER = "fuller"  # the same document, of which the held copy lacks parts
    NEWER = "newer"  # a later version
    OLDER = "older"  # an earlier version


@dataclass(frozen=True, slots=True)
class Kin:
    """The held relative that decides what becomes of a document; None when it is new.

    `note` is Chinese, for the administrator; "" when there is nothing to say.
    """

    kinship: Kinship
    held: Document | None = None
    note: str = ""


def find_kin(draft: Draft, print_: Fingerprint, shelf: Shelf) -> Kin:
    """Compare a draft with everything held.

    Words decide first, then number or title with region and date (a later date with
    other words is a later version), then sentences: a text of which 90 % is held is a
    copy, unless its own number or region shows that it is another document.
    """
    document = draft.document
    if same := shelf.same_words(print_):
        return Kin(Kinship.SAME, same, f"与《{same.title}》（{same.id}）文字相同")
    version = _version(draft, print_, shelf)
    if version is not None:
        return _compared(document, version, print_, shelf.fingerprint(version.id))
    foreign = _foreign_number(document, shelf)
    near = shelf.nearest(print_)
    if near is None or near.share < NEARLY_ALL:
        return Kin(Kinship.NEW, note=foreign)
    held, percent = near.document, int(near.share * 100)
    if difference := _official_difference(draft, held):
        return Kin(
            Kinship.NEW, note=f"{percent}% 的句子与《{held.title}》（{held.id}）相同，但{difference}，请核对"
        )
    return Kin(Kinship.COPY, held, f"{percent}% 的句子《{held.title}》（{held.id}）里已有")


def missing_basis(document: Document, shelf: Shelf) -> tuple[str, ...]:
    """Documents that this one names as its ground (依据) and that are not held."""
    if document.level in NARRATIVE:
        return ()
    return tuple(name for name in document.basis if not shelf.holds_work(name))


def _version(draft: Draft, print_: Fingerprint, shelf: Shelf) -> Document | None:
    """The latest held version of the same document, None when none is held."""
    document = draft.document
    if document.level in NARRATIVE:
        return None
    by_title = draft.evidence["title"].confidence >= SURE
    candidates = [
        held
        for held in shelf.versions(document, by_title=by_title)
        if held.level not in NARRATIVE
        and same_authority(document, held)
        and not _is_other_part(document, held, print_, shelf)
    ]
    return _of_same_day(document, candidates) or (candidates[-1] if candidates else None)


def _foreign_number(document: Document, shelf: Shelf) -> str:
    """That another body's document of another place has the same number, "" when none has."""
    others = [held for held in shelf.versions(document, by_title=False) if not same_authority(document, held)]
    if not others:
        return ""
    held = others[-1]
    return f"发文字号与{held.region}的《{held.title}》（{held.id}）相同，发文机关和地区却不同，没有当作它的新版本，请核对字号"


def _of_same_day(document: Document, candidates: Sequence[Document]) -> Document | None:
    return next((held for held in reversed(candidates) if later(document, held) == 0), None)


def _is_other_part(document: Document, held: Document, print_: Fingerprint, shelf: Shelf) -> bool:
    """Whether two texts of one number are its notice and its attachment: other title, other words."""
    if number_key(document.doc_number) != number_key(held.doc_number):
        return False
    if work_key(document.title) == work_key(held.title):
        return False
    other = shelf.fingerprint(held.id)
    return max(share(print_, other), share(other, print_)) < _UNRELATED


def _compared(document: Document, held: Document, print_: Fingerprint, other: Fingerprint) -> Kin:
    order = later(document, held)
    named = f"《{held.title}》（{held.id}）"
    if order < 0:
        return Kin(Kinship.OLDER, held, f"文件库中已有较新的版本{named}")
    if order == 0 and share(print_, other) >= NEARLY_ALL:
        return Kin(Kinship.COPY, held, f"与{named}是同一文件，文字只有细小出入")
    if order == 0 and share(other, print_) >= NEARLY_ALL:
        return Kin(Kinship.FULLER, held, f"与{named}是同一文件，且更完整")
    return Kin(Kinship.NEWER, held, f"是{named}的新版本")


def _official_difference(draft: Draft, held: Document) -> str:
    """Why a text much like a held one is another document all the same; "" when nothing says so."""
    document = draft.document
    numbers = number_key(document.doc_number), number_key(held.doc_number)
    if all(numbers) and numbers[0] != numbers[1]:
        return "发文字号不同"
    if document.region != held.region and draft.evidence["region"].confidence >= SURE:
        return f"适用地区不同（{document.region}、{held.region}）"
    return ""
