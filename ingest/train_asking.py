"""Train the recogniser of asking clauses on messages in which they are marked: `corpus/questions/asking`.

One message a line, what asks between ⟦ and ⟧; what stands outside tells. Beside them known
questions of one clause, up to three in a row.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.asked import has_question_word, in_common_speech
from assistant.asking import beside, clauses
from assistant.errors import DocumentError
from assistant.groups import GroupModel, features
from ingest.train_groups import fit, joined

WRITTEN = "questions/asking"  # of a corpus folder
LEAST_SEEN = 3  # clauses a group of characters must be in
SEED = 20261123
IN_A_ROW = 1000  # messages made of known questions
STOPS = (" ", "，", "？", " ")
_MARKED = re.compile("⟦([^⟦⟧]+)⟧")


@dataclass(frozen=True, slots=True)
class Message:
    """A message and where its asking parts begin and end."""

    text: str
    asks: tuple[tuple[int, int], ...]


def read_messages(corpus: Path) -> list[Message]:
    """The marked messages of a corpus folder, in file order.

    Raises:
        DocumentError: Marks do not match.
    """
    return [
        message(line, f"{path.name} 第 {number} 行")
        for path in sorted((corpus / WRITTEN).glob("*.txt"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]


def message(marked: str, where: str = "") -> Message:
    """A message of a line with marks; dialect question words as the assistant reads them.

    Raises:
        DocumentError: Marks do not match.
    """
    line = in_common_speech(marked)
    spans, at, plain = [], 0, ""
    for match in _MARKED.finditer(line):
        plain += line[at : match.start()]
        spans.append((len(plain), len(plain) + len(match[1])))
        plain, at = plain + match[1], match.end()
    plain += line[at:]
    if "⟦" in plain or "⟧" in plain:
        raise DocumentError(f"{where}：⟦ ⟧ 不成对。")
    return Message(plain, tuple(spans))


def in_a_row(known: Sequence[str]) -> list[Message]:
    """Messages that join known questions of one clause with a question word, one to three of them, each once."""
    rng = random.Random(SEED)
    plain = [text for text in known if len(clauses(text)) == 1 and has_question_word(text)]
    made: list[Message] = []
    while plain and len(made) < IN_A_ROW:
        text, spans = "", []
        for _ in range(min(rng.choice((1, 2, 2, 3)), len(plain))):
            text += rng.choice(STOPS) if text else ""
            question = plain.pop().rstrip("?？。")
            spans.append((len(text), len(text) + len(question)))
            text += question
        made.append(Message(text, tuple(spans)))
    return made


def train(messages: Sequence[Message]) -> GroupModel:
    """Fit the recogniser; a clause asks when an asking part ends in it."""
    examples = list(_examples(messages))
    rows, truth = [row for row, _ in examples], [asks for _, asks in examples]
    return joined([fit(rows, truth, weight=1.0, least_seen=LEAST_SEEN)])


def _examples(messages: Sequence[Message]) -> Iterator[tuple[dict[str, float], bool]]:
    for one in messages:
        found = clauses(one.text)
        for at, clause in enumerate(found):
            end = clause.start + len(clause.text)
            asks = any(clause.start < last <= end + 1 for _, last in one.asks)
            yield features(clause.text, beside(found, at)), asks
