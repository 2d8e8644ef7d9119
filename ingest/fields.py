"""Metadata that a person gives for a document, checked before it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.domain import FIELD_NAMES, LEVELS, NATIONAL, DocumentStatus
from assistant.errors import DocumentError
from assistant.validity import parse_day
from ingest.doc_numbers import find_doc_number
from ingest.drafts import OVERRIDABLE
from ingest.regions import find_region

_OF_ONE_DOCUMENT = ("title", "doc_number")
_NEVER_EMPTY = ("title", "region", "level", "status")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_URL = re.compile(r"https?://[^\s<>\"']+")


def checked_fields(given: Mapping[str, str]) -> dict[str, str]:
    """Fields in the form the catalogue keeps them; an empty value means that there is none.

    Raises:
        DocumentError: A name is unknown or a value is not possible; says what would be.
    """
    unknown = sorted(set(given) - set(OVERRIDABLE))
    if unknown:
        raise DocumentError(f"不认识的字段“{'、'.join(unknown)}”，可填写的有：{'、'.join(OVERRIDABLE)}。")
    return {name: _checked(name, value.strip()) for name, value in given.items()}


def for_one_document(given: Mapping[str, str]) -> list[str]:
    """Chinese names of the given fields that can hold for a single document only."""
    return [FIELD_NAMES[name] for name in _OF_ONE_DOCUMENT if given.get(name)]


def _checked(name: str, value: str) -> str:
    if not value:
        if name in _NEVER_EMPTY:
            raise DocumentError(f"{FIELD_NAMES[name]}不能为空。")
        return ""
    if name == "region":
        return _region(value)
    if name == "status":
        return _one_of(name, value, [status.value for status in DocumentStatus])
    if name == "level":
        return _one_of(name, value, LEVELS)
    if name.endswith("_on"):
        return _day(name, value)
    if name == "source_url" and not _URL.fullmatch(value):
        raise DocumentError(f"来源网址“{value}”无效，应以 http:// 或 https:// 开头。")
    if name == "doc_number":
        return find_doc_number(value) or value
    return value


def _region(value: str) -> str:
    region = NATIONAL if value in (NATIONAL, "国家") else find_region(value)
    if region is None:
        raise DocumentError(f"不认识的地区“{value}”，请写全称，如“四川省”“广东省深圳市”。")
    return region


def _day(name: str, value: str) -> str:
    if not _DAY.fullmatch(value) or parse_day(value) is None:
        raise DocumentError(f"{FIELD_NAMES[name]}“{value}”无效，请写成 2022-06-01、2022-06 或 2022 的形式。")
    return value


def _one_of(name: str, value: str, allowed: tuple[str, ...] | list[str]) -> str:
    if value not in allowed:
        raise DocumentError(f"{FIELD_NAMES[name]}“{value}”无效，请从这些里选：{'、'.join(allowed)}。")
    return value
