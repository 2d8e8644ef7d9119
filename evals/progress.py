"""A bar on stderr with rate and remaining time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, *, done: int = 0, title: str = "评测") -> Iterator[Callable[[object], None]]:
    """Show a bar of `total` questions, `done` of them earlier; yields what to call after each one."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task, started = bar.add_task(title, total=total, completed=done, rate=""), time.perf_counter()
        count = 0

        def advance(_: object) -> None:
            nonlocal count
            count += 1
            bar.update(task, advance=1, rate=f"{count / (time.perf_counter() - started):.1f} 题/秒")

        yield advance
