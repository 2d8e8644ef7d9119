"""A value together with where it was found, so that an administrator can judge it."""

from __future__ import annotations

from dataclasses import dataclass

FILE_NAME = "文件名"
INFO_TABLE = "网页信息表"
GIVEN = "人工填写"
NOT_FOUND = "未找到"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A metadata value and its ground.

    `source` is the verbatim snippet it was read from, or "文件名", "网页信息表",
    "人工填写", "未找到". `confidence` is between 0 and 1; below 0.5 the
    administrator should check it.
    """

    value: str | None
    source: str
    confidence: float


def missing(confidence: float = 0.0) -> Evidence:
    """No value found; the confidence says how sure it is that there is none."""
    return Evidence(None, NOT_FOUND, confidence)
