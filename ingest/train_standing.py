"""Train the recogniser of questions about a text's own record, on questions written for it.

Positive and hard negative ones: `corpus/questions/standing`, each with what it asks of the
record (`kinds`, none for a question about what a text says), whether it asks about something
that the text says (`says`: 那个三成还作数不) and, where it has one text in mind, its name
(`about`). Beside them as negatives a sample of all known questions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import DocumentError
from assistant.groups import GroupModel, features
from assistant.standing import KINDS, Standing
from ingest.train_groups import Fit, fit, joined

SEED = 20261122
WRITTEN = "questions/standing"  # of a corpus folder
KNOWN = ("questions", "questions/heard", "questions/gaps")
SAMPLE = 12000  # known questions taken as negatives
SLIP = 0.0  # known questions above it ask for a record themselves and are left out of the second fit


@dataclass(frozen=True, slots=True)
class Written:
    """A question, what it asks of a record, the text it means, if it means one, whether it names what that says."""

    question: str
    kinds: frozenset[Standing]
    about: str | None
    says: bool = False


def read_written(corpus: Path) -> list[Written]:
    """The questions written for the recogniser, in file order.

    Raises:
        DocumentError: A line is not valid.
    """
    made = []
    for path in sorted((corpus / WRITTEN).glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                kinds = frozenset(Standing(kind) for kind in row["kinds"])
                made.append(Written(row["question"], kinds, row["about"], bool(row.get("says"))))
            except (ValueError, KeyError, TypeError) as exc:
                raise DocumentError(f"{path.name} 第 {number} 行不可用：{exc}") from exc
    return made


def known_questions(corpus: Path) -> list[str]:
    """A fixed sample of the known questions, ways of asking and gaps."""
    found = [
        question
        for folder in KNOWN
        for path in sorted((corpus / folder).glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        for question in json.loads(line)["questions"]
    ]
    return random.Random(SEED).sample(found, min(SAMPLE, len(found)))


def train(written: Sequence[Written], known: Sequence[str]) -> GroupModel:
    """Fit the recogniser: whether a record is asked about, whether words still hold, and what of the record.

    Args:
        written: Questions of all three sorts: of a record, whether its words still hold, neither.
        known: Other questions, taken for neither unless a first fit finds that they are not.
    """
    record = [bool(one.kinds) and not one.says for one in written]
    still = [one.says for one in written]
    texts = [one.question for one in written]
    fits = [_told_apart(texts, truth, known) for truth in (record, still)]
    asking = [one for one, whether in zip(written, record, strict=True) if whether]
    rows = [features(one.question) for one in asking]
    return joined([*fits, *(fit(rows, [kind in one.kinds for one in asking]) for kind in KINDS)])


def _told_apart(texts: Sequence[str], truth: Sequence[bool], known: Sequence[str]) -> Fit:
    """Weights for one sort of question; known questions of that sort do not unteach it."""
    rows = [features(text) for text in texts]
    first = joined([fit([*rows, *map(features, known)], [*truth, *(False for _ in known)])])
    clean = [features(text) for text in known if first.odds(text)[0] <= SLIP]
    return fit([*rows, *clean], [*truth, *(False for _ in clean)])
