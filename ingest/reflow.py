"""Give back a text's own line breaks where a page has lost them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ingest.landmarks import begins_division, is_labelled
from ingest.markers import quoted_spans
from ingest.readers.raw import RawLine

_BLOB_MIN_CHARS = 200  # a paragraph with fewer characters may hold blanks for other reasons
_BLOB_MIN_BREAKS = 3
_BLANK = re.compile(r"[ \t\u3000\xa0]+")
_AFTER_LABEL = re.compile(
    r"(?:^|\s)(?:第[\d一二三四五六七八九十百零〇]+[编章节条]|[一二三四五六七八九十]+、|[（(][\d一二三四五六七八九十]+[）)]|\d{1,2}[.、．)）]|附件\s*\d*[:：]?|目)$"
)
_SPACED_NUMBER = re.compile(r"[\u4e00-\u9fff] \d+ [\u4e00-\u9fff]")
_TIGHT_NUMBER = re.compile(r"[\u4e00-\u9fff]\d+[\u4e00-\u9fff]")
_WRAPPED_MIN_LINES = 8
_FULL_SHARE = 0.12  # of all lines: paragraphs of natural length are seldom equally long
_BROKEN_SHARE = 0.6  # of the full lines
_FULL_QUANTILE = 0.95
_RAGGED = 5  # columns: punctuation and Latin words are not broken, so full lines differ a little
_NO_HEADING = 0.75  # of the width: longer than headings are, so an unfinished line goes on
_MIN_COLUMNS = 30
_INDENT = 2  # blanks before the first line of a paragraph
_INDENTED_SHARE = 0.1
_ENDS_SENTENCE = re.compile(r"[。；;：:！？!?][”’」』）)]*$")
_NEVER_STARTS_LINE = "、，。；：！？）》”,;:!?)…"


def restore_breaks(lines: Iterable[RawLine]) -> list[RawLine]:
    """Break a line that holds a whole article at the blanks that once were line ends.

    Only blanks are replaced, never a character. A blank stays where it cannot have
    been a line end: inside brackets and quotes, after a label (第一条 …), before
    closing punctuation, between Latin words, beside a number when the text writes
    numbers with blanks around them.
    """
    restored: list[RawLine] = []
    for line in lines:
        parts = _parts(line.text)
        restored.extend(RawLine(part, line.page) for part in parts)
    return restored


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Join the lines of a text that was broken at a fixed width, in the middle of sentences.

    Texts with ordinary paragraphs come back as they are: the lines are joined only
    when most of them are of about the same length and do not end a sentence.
    """
    filled = sorted(_columns(line.rstrip()) for line in lines if line.strip())
    if len(filled) < _WRAPPED_MIN_LINES:
        return list(lines)
    width = filled[int(len(filled) * _FULL_QUANTILE)]
    full = [line for line in lines if abs(_columns(line.rstrip()) - width) <= _RAGGED]
    broken = [line for line in full if not _ENDS_SENTENCE.search(line.rstrip())]
    fixed = len(full) >= _FULL_SHARE * len(filled) and filled[-1] <= width + _RAGGED
    if width < _MIN_COLUMNS or not fixed or len(broken) < _BROKEN_SHARE * len(full):
        return list(lines)
    indented = sum(_indent(line) >= _INDENT for line in lines) > _INDENTED_SHARE * len(filled)
    joined: list[str] = []
    above = ""
    for line in lines:
        ended = bool(_ENDS_SENTENCE.search(above.rstrip()))
        is_full = _columns(above.rstrip()) >= (width - _RAGGED if ended else width * _NO_HEADING)
        labelled = ended and is_labelled(line.strip())  # inside a sentence it is a reference
        labelled = labelled or begins_division(line.strip())
        starts = not line.strip() or labelled or _indent(line) >= _INDENT or (ended and not indented)
        if joined and is_full and not starts:
            joined[-1] = joined[-1].rstrip() + line.strip()
        else:
            joined.append(line)
        above = line
    return joined


def _columns(line: str) -> int:
    """Width of a line on a terminal, where a Chinese character takes two columns."""
    return 2 * len(line) - len(line.encode("ascii", "ignore"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0


def _parts(text: str) -> list[str]:
    if len(text) < _BLOB_MIN_CHARS:
        return [text]
    cuts = _line_ends(text)
    if len(cuts) < _BLOB_MIN_BREAKS:
        return [text]
    bounds = [0, *cuts, len(text)]
    return [text[start:end].strip() for start, end in pairwise(bounds)]


def _line_ends(text: str) -> list[int]:
    closed = _bracketed(text)
    spaced_numbers = len(_SPACED_NUMBER.findall(text)) > len(_TIGHT_NUMBER.findall(text))
    cuts = []
    for blank in _BLANK.finditer(text):
        before, after = text[max(0, blank.start() - 12) : blank.start()], text[blank.end() : blank.end() + 1]
        if not before or not after or after in _NEVER_STARTS_LINE or closed[blank.start()]:
            continue
        if _AFTER_LABEL.search(before) or (before[-1].isascii() and before[-1].isalnum() and after.isascii()):
            continue
        if spaced_numbers and (before[-1].isdigit() or after.isdigit()):
            continue
        cuts.append(blank.start())
    return cuts


def _bracketed(text: str) -> bytearray:
    """For each character 1 when it lies inside 《》, “” or （）."""
    inside = bytearray(len(text))
    for start, end in [
        *quoted_spans(text),
        *((m.start(), m.end()) for m in re.finditer(r"[（(][^（()）]{0,200}[)）]", text)),
    ]:
        inside[start:end] = b"\x01" * (end - start)
    return inside
