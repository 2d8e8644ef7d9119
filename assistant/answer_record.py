"""Answers as JSON that comes back as the same record, for keeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    DocumentKind,
    DocumentStatus,
    Notice,
    NoticeKind,
    Point,
)


def answer_record(answer: Answer) -> str:
    """An answer as JSON, without `explain`."""
    return json.dumps(asdict(replace(answer, explain={})), ensure_ascii=False)


def answer_from_record(record: str) -> Answer:
    """The answer that `answer_record` wrote."""
    values: dict[str, Any] = json.loads(record)
    values["status"] = AnswerStatus(values["status"])
    values["points"] = tuple(Point(p["text"], tuple(p["citations"])) for p in values["points"])
    values["citations"] = tuple(map(_citation, values["citations"]))
    values["related"] = tuple(map(_citation, values["related"]))
    values["notices"] = tuple(Notice(NoticeKind(n["kind"]), n["text"]) for n in values["notices"])
    return Answer(**values)


def _citation(values: Mapping[str, Any]) -> Citation:
    kinds = {"status": DocumentStatus(values["status"]), "kind": DocumentKind(values["kind"])}
    return Citation(**{**values, **kinds})
