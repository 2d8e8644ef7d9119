"""Options that several commands share: one per metadata field."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

_HELP = {
    "region": "适用地区，如 全国、四川、成都市",
    "title": "标题",
    "doc_number": "发文字号，如 民发〔2017〕191号",
    "issuer": "发文机关",
    "level": "级别，如 规范性文件、地方性法规、解读",
    "issued_on": "成文日期，如 2020-12-07",
    "effective_on": "施行日期",
    "expires_on": "失效日期",
    "status": "效力：现行有效、已修订、已废止、实施期已满、征求意见稿、未知",
    "source_url": "来源网址",
    "provenance": "来源说明",
}


def takes_fields(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option per metadata field; it gets those the user wrote as `fields`."""

    @functools.wraps(command)
    def with_fields(**values: Any) -> None:  # noqa: ANN401 - whatever the command's own options are
        given = {name: values.pop(name) for name in _HELP}
        command(**values, fields={name: value for name, value in given.items() if value is not None})

    own = inspect.signature(command, eval_str=True)
    kept = [p for p in own.parameters.values() if p.name != "fields"]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*kept, *map(_parameter, _HELP))]
    with_fields.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_fields.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": None}
    return with_fields


def _parameter(name: str) -> inspect.Parameter:
    option = typer.Option(f"--{name.replace('_', '-')}", help=_HELP[name])
    annotation = Annotated[str | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
