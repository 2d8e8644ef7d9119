"""Is a text's own record asked about (in force, since when, which number …) and not what it says?

Or whether what it says still holds (那个三成还作数不): then its words are wanted, and its force.
People ask that in too many ways for rules (灵不灵, 是不是老黄历了, 换新的没), so a small
model over the characters of the question tells, trained by `ingest train-standing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from assistant.docnumber import doc_numbers
from assistant.groups import GroupModel
from assistant.naming import names_said

STANDING_FILE = Path(__file__).parent / "models" / "standing.json"
# Log odds from which a record is asked about, or whether words still hold.
ASKED, STILL_ASKED = -1.0, -0.5
SURE = 0.0  # from here on the record is what is asked for, and not asked about beside something else
BESIDE = 0.5  # by which a kind may be behind the likeliest and is asked about too
NOTHING = -4.2  # below this what is said beside a named article asks nothing of a record, only for its words
_TITLE = re.compile(r"《[^《》]*》")
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+[条款项]")


class Standing(StrEnum):
    """What of a text's record is asked about, in the order of the model's things after the first two."""

    FORCE = "force"  # still in force, may be relied on now
    SINCE = "since"  # in force from when
    UNTIL = "until"  # until when
    ISSUED = "issued"  # issued or amended when, which version
    NUMBER = "number"
    ISSUER = "issuer"
    REPLACED = "replaced"  # what replaced it, what it replaced, which of two goes first
    DRAFT = "draft"


KINDS = tuple(Standing)


@dataclass(frozen=True, slots=True)
class RecordAsked:
    """What of a record a question asks about, likeliest first, and whether it asks nothing else."""

    kinds: tuple[Standing, ...] = ()
    alone: bool = False


def standing_asked(text: str, model: GroupModel | None = None) -> RecordAsked:
    """What of a text's record a question asks about; no kinds when it asks what the text says.

    Args:
        text: The question.
        model: None for the shipped one.
    """
    model = model or _shipped()
    record, still, *kinds = model.odds(text)
    if _ARTICLE.search(text) and max(model.odds(_beside_article(text))[:2]) < NOTHING:
        return RecordAsked()
    if record < ASKED:
        return RecordAsked((Standing.FORCE,)) if still >= STILL_ASKED else RecordAsked()
    near = [at for at in range(len(kinds)) if kinds[at] >= max(kinds) - BESIDE]
    ordered = sorted(near, key=lambda at: -kinds[at])
    return RecordAsked(tuple(KINDS[at] for at in ordered), record >= max(SURE, still))


def _beside_article(text: str) -> str:
    """What a question says beside the article that it names: 还有效吗 of 志愿服务条例第十七条还有效吗."""
    for name in [*names_said(text), *(one.written for one in doc_numbers(text))]:
        text = text.replace(name, "")
    return _ARTICLE.sub("", _TITLE.sub("", text))


@lru_cache(maxsize=1)
def _shipped() -> GroupModel:
    return GroupModel.load(STANDING_FILE)
