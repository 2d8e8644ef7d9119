"""How people ask about well-known laws, kept ready for when somebody adds one (现成问法随法而来).

`corpus/questions/statutes` holds questions about articles in our own words. An article
is recognised by a mark of its first words, not by its law's title or its number: the
civil code is added whole or by parts, and numbers change with every revision.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from assistant.domain import Document, ExpectedQuestion, Passage
from assistant.errors import DocumentError
from assistant.text import normalise

STATUTES = "questions/statutes"  # of a corpus folder
_LABEL = re.compile(r"^\s*第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十])?")
_MARKED, _FEWEST = 60, 12  # word characters that make a mark; shorter articles have none


def article_mark(text: str) -> str:
    """A mark of an article's first words, its number left out; "" for one too short to be told from others."""
    words = re.sub(r"\W", "", normalise(_LABEL.sub("", text)))
    if len(words) < _FEWEST:
        return ""
    return hashlib.sha256(words[:_MARKED].encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class KnownWays:
    """Questions by the mark of the article that answers them."""

    by_mark: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, corpus: Path) -> KnownWays:
        """Those of a corpus folder; a folder without any has none.

        Raises:
            DocumentError: A line is not valid; names the file.
        """
        found: dict[str, list[str]] = {}
        for path in sorted((corpus / STATUTES).glob("*.jsonl")):
            try:
                for line in path.read_text("utf-8").splitlines():
                    row = json.loads(line)
                    for mark in row["marks"]:
                        found.setdefault(mark, []).extend(row["questions"])
            except (ValueError, KeyError, TypeError) as exc:
                raise DocumentError(
                    f"{path.name} 不是可用的问法文件（{exc!r}），请恢复安装包里的那一份。"
                ) from exc
        return cls({mark: tuple(asked) for mark, asked in found.items()})

    def of(self, document: Document, passages: Sequence[Passage]) -> list[ExpectedQuestion]:
        """The questions that articles of a document answer, each pointing at its whole article.

        Args:
            document: With its text.
            passages: Of the document, in order.
        """
        asked = []
        for start, end in _articles(passages):
            for question in self.by_mark.get(article_mark(document.text[start:end]), ()):
                asked.append(ExpectedQuestion(document.id, start, end, question))
        return asked


@cache
def known_ways(corpus: Path) -> KnownWays:
    """`KnownWays.read`, once for each folder."""
    return KnownWays.read(corpus)


def _articles(passages: Sequence[Passage]) -> Iterator[tuple[int, int]]:
    """Start and end of every article: passages side by side with one label."""
    for label, parts in groupby(passages, key=lambda passage: (passage.section, passage.article)):
        if label[1]:
            whole = list(parts)
            yield whole[0].start, whole[-1].end
