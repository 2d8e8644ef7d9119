"""Reading a model's reply: JSON sentences with quote numbers, however they are wrapped."""

from __future__ import annotations

import json
import re

from assistant.domain import Point
from assistant.errors import ModelError

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)  # reasoning models think aloud before the JSON
_BEGINNING = re.compile(r'\{\s*"sentences"')
_BEGINNINGS = 3  # a reply may repeat the object once or twice; more is noise
_MARKS = re.compile(r"\s*(?:\[\d{1,2}\]|【\d{1,2}】|〔\d{1,2}〕)+(?=[。；！？]?$)|\*\*")
_BULLET = re.compile(r"^\s*(?:[-•·*]\s+|[①-⑳]\s*|\(?\d{1,2}[.、)）](?!\d)\s*)")


def read(reply: str) -> list[Point]:
    """Sentences of a reply in order, tidied: no bullets, no [n] marks, one line each.

    Args:
        reply: What the model said: the JSON object alone, in a code fence, behind a
            preface or behind its thoughts.

    Returns:
        Points whose citations are the numbers the model gave, in its order; [] when it
        says that the quotes do not answer.

    Raises:
        ModelError: No such object is in the reply.
    """
    text = _THOUGHTS.sub("", reply)
    for match in list(_BEGINNING.finditer(text))[:_BEGINNINGS]:
        try:
            found, _ = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        return _points(found["sentences"])
    raise ModelError("答复不是约定的格式")


def _points(sentences: object) -> list[Point]:
    if not isinstance(sentences, list):
        raise ModelError("答复不是约定的格式")
    points = [_point(item) for item in sentences]
    seen: dict[str, Point] = {}
    for point in points:
        seen.setdefault(point.text, point)
    return list(seen.values())


def _point(item: object) -> Point:
    text = item.get("text") if isinstance(item, dict) else None
    quotes = item.get("quotes") if isinstance(item, dict) else None
    if not isinstance(text, str) or not isinstance(quotes, list) or any(type(n) is not int for n in quotes):
        raise ModelError("答复不是约定的格式")
    return Point(_tidy(text), tuple(dict.fromkeys(quotes)))


def _tidy(text: str) -> str:
    plain = _BULLET.sub("", _MARKS.sub("", text.strip()))
    plain = re.sub(r"[ \t\r\n]+", " ", plain).strip()
    return plain if plain.endswith(("。", "！", "？", "；")) or not plain else plain + "。"
