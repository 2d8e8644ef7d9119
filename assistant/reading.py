"""Does a passage state what a question asks? A small model that lays the two side by side, word by word.

Decomposable attention (Parikh et al., 2016) over the bundled encoder's token vectors: every
word looks for its like on the other side, what it finds is compared with it, and the
comparisons of both sides are weighed. `ingest train-judge` trains it; here numpy reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.config import BUNDLED_ENCODER
from assistant.encoder import StaticEncoder
from assistant.errors import EncoderError
from assistant.hanzi import simplified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.domain import Passage
    from assistant.encoder import Encoder

    Floats = NDArray[np.float32]

READER_FILE = Path(__file__).parent / "models" / "reader.npz"
LONGEST = 176  # tokens of a text that are read
BANDS = np.linspace(-0.1, 1.0, 11, dtype=np.float32)  # of similarity, for how well words are met
BAND_WIDTH = 0.02
REMEMBERED = 1024  # texts, 70 KB each at the most; the built-in 600 take 15 MB
QUESTION_LENGTH = 20.0  # tokens; a question's length is given in these


@dataclass(frozen=True, slots=True)
class Reader:
    """A trained reading model over the token vectors it was trained with.

    `encoder` must be the one of the training: `made_with` is its fingerprint.
    """

    encoder: StaticEncoder
    weights: Mapping[str, Floats]
    made_with: str
    _remembered: dict[str, tuple[NDArray[np.int64], Floats]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def load(cls, path: Path = READER_FILE, *, searching: Encoder | None = None) -> Reader:
        """Read a trained model with the bundled encoder, whichever one searches.

        Args:
            path: Of the trained model.
            searching: The encoder that searches; not read again when it is the bundled one.

        Raises:
            EncoderError: The bundled encoder is damaged, or not the one of the training.
        """
        with np.load(path, allow_pickle=False) as file:
            weights = {name: file[name].astype(np.float32) for name in file.files if name != "made_with"}
            made_with = str(file["made_with"])
        encoder = searching if isinstance(searching, StaticEncoder) else None
        if encoder is None or encoder.fingerprint != made_with:
            encoder = StaticEncoder.open(BUNDLED_ENCODER)
        if encoder.fingerprint != made_with:
            raise EncoderError(
                "判断条文有没有写到所问内容的模型，是用另一个内置向量模型训练的。"
                "请安装完整的发布包；重新训练过向量模型的，再运行 ingest train-judge。"
            )
        return cls(encoder, weights, made_with)

    def save(self, path: Path) -> None:
        """Write the weights in half precision, about 0.3 MB."""
        half = {name: values.astype(np.float16) for name, values in self.weights.items()}
        arrays: dict[str, Any] = {"made_with": np.asarray(self.made_with), **half}
        np.savez(path, **arrays)

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How surely each text states what is asked, as log odds, shape (n,); 0 for a text or question without a known word."""
        ids = self.tokens(question)
        asked = self._unit(ids), self._seen(ids)
        return np.asarray([self._score(*asked, *self._text(text)) for text in texts], dtype=np.float32)

    def tokens(self, text: str) -> NDArray[np.int64]:
        """Token ids of the part of a text that is read."""
        ids = self.encoder.tokenizer.encode(simplified(text), add_special_tokens=False).ids
        return np.asarray(ids[:LONGEST], dtype=np.int64)

    def _text(self, text: str) -> tuple[Floats, Floats]:
        """A text's unit vectors and how its words are seen; the latter, most of the work, is remembered."""
        known = self._remembered.get(text)
        if known is None:
            ids = self.tokens(text)
            known = ids, self._seen(ids)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = known
        return self._unit(known[0]), known[1]

    def _score(self, question_unit: Floats, question: Floats, text_unit: Floats, text: Floats) -> float:
        if not len(question) or not len(text):
            return 0.0
        weights = self.weights
        cosine = np.asarray(question_unit @ text_unit.T, dtype=np.float32)
        likeness = (question @ weights["attend.weight"].T) @ text.T / np.float32(np.sqrt(text.shape[1]))
        likeness += weights["sharpness"] * cosine
        to_text, to_question = _softmax(likeness), _softmax(likeness.T)
        compared = np.concatenate(
            [
                self._compared(question, to_text @ text, cosine.max(axis=1), (to_text * cosine).sum(axis=1)),
                self._compared(
                    text, to_question @ question, cosine.max(axis=0), (to_question * cosine.T).sum(axis=1)
                ),
                self._met(question, cosine.max(axis=1)),
                np.asarray([len(question) / QUESTION_LENGTH], dtype=np.float32),
            ]
        )
        hidden = np.maximum(weights["weigh.weight"] @ compared + weights["weigh.bias"], 0)
        return float((weights["decide.weight"] @ hidden + weights["decide.bias"])[0])

    def _unit(self, ids: NDArray[np.int64]) -> Floats:
        vectors = self.encoder.vectors[ids]
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

    def _seen(self, ids: NDArray[np.int64]) -> Floats:
        """A text's words as the model sees them among their neighbours, shape (words, width)."""
        vectors = self.encoder.vectors[ids]
        seen = vectors @ self.weights["project.weight"].T + self.weights["project.bias"]
        before, after = np.zeros_like(seen), np.zeros_like(seen)
        before[1:], after[:-1] = seen[:-1], seen[1:]
        kernel = self.weights["context.weight"]
        among = before @ kernel[:, :, 0].T + seen @ kernel[:, :, 1].T + after @ kernel[:, :, 2].T
        return seen + _gelu(among + self.weights["context.bias"])

    def _compared(self, own: Floats, found: Floats, best: Floats, mean: Floats) -> Floats:
        """One side's words beside what they found on the other: weighed mean and largest of each value."""
        beside = np.concatenate(
            [own, found, own * found, np.abs(own - found), best[:, None], mean[:, None]], axis=1
        )
        values = np.maximum(beside @ self.weights["compare.weight"].T + self.weights["compare.bias"], 0)
        importance = _softmax((values @ self.weights["matter.weight"].T + self.weights["matter.bias"]).T)[0]
        return np.concatenate([importance @ values, values.max(axis=0)])

    def _met(self, question: Floats, best: Floats) -> Floats:
        """Which part of the question is met how well: a soft histogram over `BANDS`."""
        weight = _softmax((question @ self.weights["ask.weight"].T + self.weights["ask.bias"]).T)[0]
        return np.asarray(weight @ np.exp(-((best[:, None] - BANDS) ** 2) / BAND_WIDTH), dtype=np.float32)


def read_text(passage: Passage) -> str:
    """What is read of a passage: its own heading and its words."""
    heading = passage.section.rpartition(" > ")[2]
    return f"{heading}。{passage.text}" if heading else passage.text


def _softmax(values: NDArray[np.floating[Any]]) -> Floats:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def _gelu(values: NDArray[np.floating[Any]]) -> Floats:
    inner = np.float32(np.sqrt(2 / np.pi)) * (values + np.float32(0.044715) * values**3)
    return np.asarray(0.5 * values * (1 + np.tanh(inner)), dtype=np.float32)
