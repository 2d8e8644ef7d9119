"""Options for metadata: one per field for all files, and a file of corrections for single documents."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.errors import DocumentError

_HELP = {
    "region": "适用地区，如 全国、四川、成都市",
    "title": "标题",
    "doc_number": "发文字号，如 民发〔2017〕191号",
    "issuer": "发文机关",
    "level": "级别，如 规范性文件、地方性法规、解读",
    "issued_on": "成文日期，如 2020-12-07",
    "effective_on": "施行日期",
    "expires_on": "失效日期",
    "status": "效力：现行有效、尚未施行、已修订、已废止、实施期已满、征求意见稿、未知",
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


def read_corrections(path: Path | None) -> dict[str, dict[str, str]]:
    """The fields to correct by document id; {} without a file.

    Raises:
        DocumentError: The file cannot be read or does not hold such a table.
    """
    if path is None:
        return {}
    try:
        read = json.loads(path.read_text("utf-8"))
        return {str(id_): {str(k): str(v) for k, v in fields.items()} for id_, fields in read.items()}
    except (OSError, ValueError, AttributeError) as exc:
        raise DocumentError(
            f'更正文件 {path} 无法读取：应为 {{"文件编号": {{"字段": "值"}}}} 的 JSON。'
        ) from exc


def _parameter(name: str) -> inspect.Parameter:
    option = typer.Option(f"--{name.replace('_', '-')}", help=_HELP[name])
    annotation = Annotated[str | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
