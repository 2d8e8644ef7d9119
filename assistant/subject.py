"""Whether a short question after another goes on with it, or opens a subject of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.domain import Hit
from assistant.understand import Query

if TYPE_CHECKING:
    from assistant.encoder import Encoder

# Logistic regression on 941 short questions after another one, of which 476 had nothing to do
# with it (docs/calibration.md).
_BIAS = -0.49
_LIKENESS = -2.50  # cosine of the two questions
_LENGTH, _LONG = 0.13, 30  # each character, up to so many
_POINTS_BACK = -1.98
_ALONE, _TOGETHER = 0.59, -0.67  # the best clause's score, without and with the question before
_ORGANISATION, _OUTSIDE = 0.60, 1.38
SURELY = 0.7  # half of the follow-ups lose their meaning alone; a new subject, a tenth of them beside the old
_FROM_THE_LAST = re.compile("[那这它他她]")


class Subjects:
    """Tells new subjects from follow-ups, with the encoder that questions are read with."""

    def __init__(self, encoder: Encoder) -> None:
        """Only assigns."""
        self._encoder = encoder

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
        this, last = self._encoder.encode([alone.text, together.before], query=True)
        z = (
            _BIAS
            + _LIKENESS * float(this @ last)
            + _LENGTH * min(len(alone.text), _LONG)
            + _POINTS_BACK * bool(_FROM_THE_LAST.match(alone.text))
            + _ALONE * _best(found_alone)
            + _TOGETHER * _best(found_together)
            + _ORGANISATION * bool(alone.organisations)
            + _OUTSIDE * (alone.out_of_scope is not None)
        )
        return 1 / (1 + math.exp(-z)) > SURELY


def _best(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else 0.0
