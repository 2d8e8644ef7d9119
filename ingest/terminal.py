"""How commands talk: data on stdout, questions and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from assistant.errors import DocumentError

if TYPE_CHECKING:
    from assistant.stages import Progress


def asks(*, yes: bool, as_json: bool) -> bool:
    """Whether to ask before going on: only at a terminal, and not when told otherwise."""
    return not yes and not as_json and sys.stdin.isatty()


def must_ask(*, yes: bool) -> bool:
    """Whether to ask before what cannot be undone; without a terminal only -y is a yes.

    Raises:
        DocumentError: Nobody can be asked.
    """
    if not yes and not sys.stdin.isatty():
        raise DocumentError("这一步不能撤销，现在又没有终端可以询问，没有改动。确定要做，请加 -y 再运行。")
    return not yes


def confirm(question: str) -> None:
    """Ask; anything but yes ends the command with exit code 1."""
    if not typer.confirm(question, err=True):
        typer.echo("没有改动。", err=True)
        raise typer.Exit(1)


def tell(data: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Write a command's data to stdout: as JSON, or as lines."""
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        for line in lines:
            typer.echo(line)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar on stderr that names the stage; nothing is shown until something is reported.

    Where stderr is no terminal (a log, the administrator's page) each change is a line: 读入文件 3/10.
    """
    if not sys.stderr.isatty():
        yield _progress_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr))
    tasks: dict[str, TaskID] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if not tasks:
            bar.start()
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=max(total, 1))
        bar.update(tasks[stage], completed=done if total else 1, total=max(total, 1))

    try:
        yield advance
    finally:
        if tasks:
            bar.stop()


def _progress_lines() -> Progress:
    last: tuple[str, int] = ("", 0)

    def advance(stage: str, done: int, total: int) -> None:
        nonlocal last
        tenth = 10 * done // max(total, 1)
        if (stage, tenth) != last:
            last = (stage, tenth)
            typer.echo(f"{stage} {done}/{total}", err=True)

    return advance
