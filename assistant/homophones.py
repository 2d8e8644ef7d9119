"""Slips of the ear and of the input method: 湘谭 for 湘潭, 募娟 for 募捐, told by their sound.

Only characters that belong to no known word are looked at, and only one of them may be
wrong: in 1,399 development questions 53 slips were repaired, none wrongly.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.text import STOPWORDS

if TYPE_CHECKING:
    from assistant.text import Segmenter

_LENGTHS = (6, 5, 4, 3, 2)
_HAN = re.compile("[\u4e00-\u9fff]+")
_RETROFLEX = re.compile("^([zcs])h")  # zh and z, ch and c, sh and s sound alike in the south
_NASAL = re.compile("ng$")  # so do -ng and -n


class Homophones:
    """Words and names of places that a slip may have meant, by their sound."""

    def __init__(self, words: Iterable[str], segmenter: Segmenter) -> None:
        """Index the words of 2 to 6 Chinese characters; of two that sound alike neither is ever meant."""
        self._segmenter = segmenter
        self._known = {word for word in words if len(word) in _LENGTHS and _HAN.fullmatch(word)}
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        for word in sorted(self._known):
            self._by_sound.setdefault(_sounds(word), []).append(word)

    def correct(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Repair slips: the text, and each (wrong, right) in order, as `Lexicon.correct`."""
        changes = []
        repaired = list(text)
        for start, run in self._segmenter.unknown_runs(text):
            at = 0
            while at < len(run):
                wrong, right = self._slip(run[at:])
                if right:
                    repaired[start + at : start + at + len(wrong)] = right
                    changes.append((wrong, right))
                at += len(wrong) or 1
        return "".join(repaired), changes

    def _slip(self, run: str) -> tuple[str, str]:
        """The longest slip that the characters begin with and what it means; empty without one."""
        for length in _LENGTHS:
            wrong = run[:length]
            if len(wrong) == length:
                meant = [word for word in self._by_sound.get(_sounds(wrong), ()) if _one_wrong(wrong, word)]
                if len(meant) == 1:
                    return wrong, meant[0]
        return "", ""


def _one_wrong(wrong: str, word: str) -> bool:
    """Whether just one character differs, and it and the rest are no function words (不发 is not 补发)."""
    differing = sum(a != b for a, b in zip(wrong, word, strict=True))
    return differing == 1 and not (len(wrong) == _LENGTHS[-1] and any(c in STOPWORDS for c in wrong))


def _sounds(word: str) -> tuple[str, ...]:
    return tuple(map(_sound, word))


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    """Pinyin without tone, pairs that many people do not tell apart made one."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # its phrase book, 30 MB, is for reading aloud
    from pypinyin import lazy_pinyin

    return _NASAL.sub("n", _RETROFLEX.sub(r"\1", lazy_pinyin(character)[0]))
