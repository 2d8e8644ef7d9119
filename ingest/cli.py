"""Command line of the catalogue. stdout is data, stderr is messages; exit 0 ok, 2 fault."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import Home, run
from assistant.config import Settings

if TYPE_CHECKING:
    from assistant.index import Progress

app = typer.Typer(
    help="文件库：读入、检查、发布政策文件。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def sync(
    corpus: Annotated[Path | None, typer.Option("--corpus", help="语料文件夹，默认内置文件库")] = None,
    home: Home = None,
) -> None:
    """把语料文件夹同步进文件库并发布索引。"""
    from ingest.home import prepare

    ready = prepare(Settings.from_env(home=home), corpus=corpus, progress=progress_line())
    report = ready.report
    if report.changed:
        print(
            f"文件 {len(report.stored)} 份，移除 {len(report.removed)} 份，因原文已入库停用要点卡 {len(report.retired)} 份。"
        )
    if ready.manifest:
        print(f"索引已发布：{ready.manifest.passages} 段，{ready.manifest.questions} 条问法。")
    if not report.changed and not ready.manifest:
        print("没有变化，索引已是最新。")


def progress_line() -> Progress:
    """A progress bar on stderr that names the stage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=False)
    tasks: dict[str, object] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            bar.start()
            tasks[stage] = bar.add_task(stage, total=max(total, 1))
        bar.update(tasks[stage], completed=done, total=max(total, 1))  # type: ignore[arg-type]
        if stage == "核对索引" and done >= total:
            for task in bar.tasks:
                bar.update(task.id, completed=task.total)
            bar.stop()

    return advance


def main() -> None:
    """Console entry."""
    run(app)


if __name__ == "__main__":
    main()
