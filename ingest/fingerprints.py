"""What texts are compared by: the same words, or nearly the same sentences."""

from __future__ import annotations

import hashlib
import re

import numpy as np

from assistant.intake import Fingerprint
from assistant.tables import text_hash
from assistant.text import normalise, squash

_SENTENCE_END = re.compile(r"[。！!?？;；\n]+")
_NOT_A_WORD = re.compile(r"[\W_]+")
_MIN_CHARS = 6  # 第三章 总则, 附件1: shorter lines stand in every document


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text; blanks and line breaks do not matter to it.

    `words` tells every other difference; `sentences` ignores punctuation, width and
    headings too short to tell documents apart. A text without a sentence has none.
    """
    parts = (_NOT_A_WORD.sub("", part) for part in _SENTENCE_END.split(normalise(text)))
    hashes = {_hash(part) for part in parts if len(part) >= _MIN_CHARS}
    return Fingerprint(words_hash(text), np.array(sorted(hashes), dtype=np.uint64))


def words_hash(text: str) -> str:
    """SHA-256 of a text without its blanks and line breaks."""
    return text_hash(squash(text))


def share(one: Fingerprint, other: Fingerprint) -> float:
    """The part of one's sentences that the other has too, from 0 to 1; 0 when it has none."""
    if not len(one.sentences):
        return 0.0
    common = np.intersect1d(one.sentences, other.sentences, assume_unique=True)
    return len(common) / len(one.sentences)


def _hash(sentence: str) -> int:
    return int.from_bytes(hashlib.blake2b(sentence.encode(), digest_size=8).digest(), "big")
