"""Answers in several pieces: a table for a comparison, a heading for each question of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.compose import leads, quoted_lines, source_line
from assistant.domain import NATIONAL, Citation
from assistant.levels import is_account
from assistant.understand import Query

_NO_MARKUP = str.maketrans("[]<>*_`#!\\", "［］＜＞＊＿｀＃！＼")
NOT_FOUND = "文件库中没有找到这方面的规定"


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found for one aspect of a question.

    `own` are the citations quoted for it first, `shared` the numbers of citations quoted
    for an earlier aspect that answer this one too; `missing` says that nothing was found;
    `place` that it stands for a place, whose rule may be the nation's.
    """

    label: str
    own: tuple[Citation, ...]
    shared: tuple[int, ...] = ()
    missing: bool = False
    place: bool = False


def table_text(query: Query, pieces: Sequence[Piece], premises: Sequence[str], *, ask_whom: str = "") -> str:
    """Markdown of a comparison: what must be read first, then one row for each side, whom to ask where one is empty."""
    rows = ["| 对比 | 规定 |", "|---|---|"]
    for piece in pieces:
        words = "；".join(f"{_nations(piece, c)}{_cell(c.quote)}[{c.n}]{row_source(c)}" for c in piece.own)
        words = words or _again(piece) or NOT_FOUND
        rows.append(f"| {_asked(piece.label)} | {words} |")
    cited = [c for piece in pieces for c in piece.own]
    return "\n\n".join([*premises, *leads(query, cited), "\n".join(rows), *([ask_whom] if ask_whom else [])])


def row_source(cited: Citation) -> str:
    """The source behind a quote in a table."""
    return f"（{_cell(source_line(cited))}）"


def _nations(piece: Piece, cited: Citation) -> str:
    """Says of a place's row that the rule in it is everybody's, or that it is no rule."""
    if not piece.place or cited.region != NATIONAL or piece.label == NATIONAL:
        return ""
    return f"（{cited.level}，不是规定）" if is_account(cited.level) else "（全国规定）"


def parts_text(query: Query, pieces: Sequence[Piece], premises: Sequence[str], *, ask_whom: str) -> str:
    """Markdown of several questions: each with its quotes, or named as not answered."""
    cited = [c for piece in pieces for c in piece.own]
    blocks = [*premises, *leads(query, cited)]
    for piece in pieces:
        blocks.append(f"**{_asked(piece.label)}**")
        blocks += [f"{source_line(c)}：\n{_lines(c.quote)}[{c.n}]" for c in piece.own]
        if piece.missing:
            blocks.append(f"{NOT_FOUND}，不能凭空回答。")
        elif piece.shared:
            blocks.append(f"{_again(piece)}。")
    if any(piece.missing for piece in pieces):
        blocks.append(ask_whom)
    return "\n\n".join(blocks)


def as_lines(markdown: str) -> str:
    """An answer's Markdown without tables and emphasis: a row becomes “对比项：原文”."""
    kept = []
    for line in markdown.replace("**", "").split("\n"):
        if line.startswith(("| 对比", "|---")):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        kept.append("：".join(cells) if line.startswith("| ") else line)
    return "\n".join(kept)


def _again(piece: Piece) -> str:
    """Points at citations quoted before, in words that make sense without their numbers too; "" for none."""
    return "见前面引用的规定" + "".join(f"[{n}]" for n in piece.shared) if piece.shared else ""


def _asked(words: str) -> str:
    """The asker's words as they may stand in Markdown: no link, image, emphasis or HTML comes of them."""
    return _cell(words).translate(_NO_MARKUP)


def _lines(quote: str) -> str:
    """A quote line by line that no Markdown table or emphasis is broken by."""
    return "\n".join(map(_cell, quoted_lines(quote).split("\n")))


def _cell(text: str) -> str:
    """Words as one line that no Markdown table or emphasis is broken by."""
    return " ".join(text.split()).replace("|", "｜").replace("**", "")
