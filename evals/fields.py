"""Cells and JSON values of a question row → typed fields, with a Chinese reason when that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from assistant.domain import AnswerStatus, Turn

_TRUE = frozenset({"是", "可", "可答", "能", "对", "有", "true", "yes", "y", "t", "1", "√", "✓", "✔"})
_FALSE = frozenset(
    {"否", "不", "不可答", "不能", "错", "无", "没有", "false", "no", "n", "f", "0", "×", "✗", "✘", "x"}
)
_STATUS_NAMES = {
    "已答": "answered", "可答": "answered", "部分": "partial", "部分回答": "partial", "无依据": "no_evidence",
    "没有依据": "no_evidence", "只有外地": "other_region_only", "仅外地有": "other_region_only",
    "超出范围": "out_of_scope", "问题不清": "unclear", "不清楚": "unclear",
}  # fmt: skip
_LINES = re.compile(r"\r?\n")
_ITEMS = re.compile(r"[\r\n;；]+")
_VARIANTS = re.compile(r"[|｜]")
# Excel keeps 15 digits of a number: a longer id typed as a number has lost its end.
_EXCEL_DIGITS = 15


class FieldError(ValueError):
    """A value cannot be understood; the message says which and why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Fields of a question by name, and notes on what was odd but usable."""

    values: dict[str, object]
    notes: tuple[str, ...] = ()


def parse_fields(raw: Mapping[str, object]) -> Parsed:
    """Convert a row's values; empty ones are left out, unknown names ignored.

    Raises:
        FieldError: A value has the wrong form.
    """
    values: dict[str, object] = {}
    for name, convert in _CONVERTERS.items():
        value = raw.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        values[name] = convert(value)
    notes = []
    if isinstance(raw.get("id"), int) and len(str(raw["id"])) > _EXCEL_DIGITS:
        notes.append(
            f"编号“{raw['id']}”超过 15 位而存成了数字，末几位可能已被表格软件改掉；请把该列设为文本。"
        )
    return Parsed(values, tuple(notes))


def is_yes(value: object) -> bool:
    """True for 是, √, true, 1 and the like."""
    return as_text(value).lower() in _TRUE if value is not None else False


def as_text(value: object) -> str:
    """A cell as text: 12.0 is 12, a day has no 00:00, a list is joined by ；, blanks at the ends are cut."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, list):
        return "；".join(map(as_text, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    # A lone surrogate, as JSON can spell, cannot be written to any file.
    return str(value).encode("utf-8", "replace").decode().strip()


def _region(value: object) -> str | None:
    text = as_text(value)
    return None if text in ("", "-", "无", "未选", "不限") else text


def _json_list(value: object) -> list[object] | None:
    """The list that a value is, or that a cell's text spells as JSON; None when it is plain text."""
    if isinstance(value, list):
        return value
    text = as_text(value)
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _strings(value: object, *, name: str, split: re.Pattern[str]) -> tuple[str, ...]:
    items = _json_list(value)
    if items is None:
        items = list(split.split(as_text(value)))
    if not all(isinstance(item, str | int | float) for item in items):
        raise FieldError(f"{name} 应是一组文字。")
    return tuple(text for text in map(as_text, items) if text)


def _key_facts(value: object) -> tuple[tuple[str, ...], ...]:
    items = _json_list(value)
    if items is None:
        items = [list(_VARIANTS.split(item)) for item in _ITEMS.split(as_text(value))]
    facts = [_strings(item, name="标准要点", split=_VARIANTS) for item in items]
    return tuple(fact for fact in facts if fact)


def _must_not(value: object) -> tuple[str, ...]:
    return _strings(value, name="不得出现", split=_ITEMS)


def _gold_quotes(value: object) -> tuple[str, ...]:
    return _strings(value, name="依据原文", split=_LINES)


def _answerable(value: object) -> bool:
    text = as_text(value).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise FieldError(f"是否可答 应填“是”或“否”，现在是“{text[:20]}”。")


def _expected_status(value: object) -> tuple[str, ...]:
    known = {status.value for status in AnswerStatus}
    found = []
    for text in _strings(value, name="应有状态", split=re.compile(r"[\s,，、;；|]+")):
        status = _STATUS_NAMES.get(text, text.lower())
        if status not in known:
            raise FieldError(f"应有状态“{text[:20]}”不认识，可用：{'、'.join(sorted(known))}。")
        found.append(status)
    return tuple(found)


def _history(value: object) -> tuple[Turn, ...]:
    turns = _json_list(value)
    if turns is None:
        raise FieldError('对话历史 应是 [{"role": "user", "content": "…"}, …] 形式的 JSON。')
    found = []
    for turn in turns:
        if not isinstance(turn, dict) or turn.get("role") not in ("user", "assistant"):
            raise FieldError("对话历史 每一条要有 role（user 或 assistant）和 content。")
        if not isinstance(turn.get("content"), str):
            raise FieldError("对话历史 的 content 应是文字。")
        found.append(Turn(turn["role"], turn["content"]))
    return tuple(found)


_CONVERTERS: dict[str, Callable[[object], object]] = {
    "id": as_text,
    "question": as_text,
    "region": _region,
    "history": _history,
    "key_facts": _key_facts,
    "must_not": _must_not,
    "gold_quotes": _gold_quotes,
    "gold_source": as_text,
    "answerable": _answerable,
    "expected_status": _expected_status,
    "category": as_text,
    "type": as_text,
    "style": as_text,
    "reference": as_text,
}
