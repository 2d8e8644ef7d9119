"""Is a text's own record asked about (in force, since when, which number …) and not what it says?

Or whether what it says still holds (那个三成还作数不): then its words are wanted, and its force.
People ask that in too many ways for rules (灵不灵, 是不是老黄历了, 换新的没), so a small
model over the characters of the question tells, trained by `ingest train-standing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from assistant.groups import GroupModel

STANDING_FILE = Path(__file__).parent / "models" / "standing.json"
# Log odds from which a record is asked about, or whether words still hold.
ASKED, STILL_ASKED = -1.0, -0.5
SURE = 0.0  # from here on the record is what is asked for, and not asked about beside something else
BESIDE = 0.5  # by which a kind may be behind the likeliest and is asked about too


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
    record, still, *kinds = (model or _shipped()).odds(text)
    if record < ASKED:
        return RecordAsked((Standing.FORCE,)) if still >= STILL_ASKED else RecordAsked()
    near = [at for at in range(len(kinds)) if kinds[at] >= max(kinds) - BESIDE]
    ordered = sorted(near, key=lambda at: -kinds[at])
    return RecordAsked(tuple(KINDS[at] for at in ordered), record >= max(SURE, still))


@lru_cache(maxsize=1)
def _shipped() -> GroupModel:
    return GroupModel.load(STANDING_FILE)
