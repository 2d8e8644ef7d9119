"""Whether a short question after another goes on with it, or opens a subject of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.dialogue import BRIEF
from assistant.domain import Hit
from assistant.understand import Query

if TYPE_CHECKING:
    from assistant.encoder import Encoder

# Logistic regression on 992 short questions after other ones, 465 of them about something new
# (docs/calibration.md).
_BIAS = -1.91
_LIKENESS = -9.14  # cosine of the question and what was said before
_LENGTH, _LONG = 0.179, 30  # each character, up to so many
_POINTS_BACK = -2.86
_ALONE, _TOGETHER = 0.411, -0.367  # the best clause's score, without and with what was said before
_ORGANISATION = 1.04
SURELY = (
    0.7  # a follow-up read alone loses its meaning half of the time; a new subject beside the old, a tenth
)
_FROM_THE_LAST = re.compile("[那这它他她]")


class Subjects:
    """Tells new subjects from follow-ups, with the encoder that questions are read with."""

    def __init__(self, encoder: Encoder) -> None:
        """Only assigns."""
        self._encoder = encoder

    def perhaps_new(self, together: Query) -> bool:
        """Whether a follow-up is worth looking up alone too: not a short one that points back itself (那材料呢)."""
        return len(together.text) > BRIEF or not _FROM_THE_LAST.match(together.text)

    def is_new(
        self, alone: Query, found_alone: Sequence[Hit], together: Query, found_together: Sequence[Hit]
    ) -> bool:
        """Whether a question that was taken for a follow-up is about something new.

        Args:
            alone: The question understood without what was said before.
            found_alone: Hits for it that may carry an answer, best first.
            together: The same question understood as a follow-up.
            found_together: Hits for that.
        """
        points_back = bool(_FROM_THE_LAST.match(alone.text))
        if alone.out_of_scope and not points_back:
            return True
        this, last = self._encoder.encode([alone.text, together.before], query=True)
        z = (
            _BIAS
            + _LIKENESS * float(this @ last)
            + _LENGTH * min(len(alone.text), _LONG)
            + _POINTS_BACK * points_back
            + _ALONE * _best(found_alone)
            + _TOGETHER * _best(found_together)
            + _ORGANISATION * bool(alone.organisations)
        )
        return 1 / (1 + math.exp(-z)) > SURELY


def _best(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else 0.0
