"""Command line of the catalogue. stdout is data, stderr is messages; exit 0 ok, 1 a file was refused, 2 fault."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import AsJson, Home, run
from assistant.config import Settings
from ingest.options import read_corrections, takes_fields
from ingest.terminal import asks, confirm, must_ask, progress_bar, tell
from ingest.training_cli import app as training_app

if TYPE_CHECKING:
    from assistant.stages import Progress
    from ingest.library import Library
    from ingest.reports import Change

app = typer.Typer(
    help="文件库：检查、添加、更正、停用、删除、发布、备份政策文件。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(training_app)
Files = Annotated[
    list[str],
    typer.Argument(help="文件、文件夹、ZIP 压缩包或网址（http、https），可以多个", show_default=False),
]
Id = Annotated[str, typer.Argument(help="文件编号，见 ingest list", show_default=False)]
Ids = Annotated[list[str], typer.Argument(help="文件编号，见 ingest list，可以多个", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问")]
Corrections = Annotated[
    Path | None,
    typer.Option("--corrections", help="逐篇更正的 JSON：{文件编号: {字段: 值}}，编号见 ingest check --json"),
]


@app.command()
def sync(
    corpus: Annotated[Path | None, typer.Option("--corpus", help="语料文件夹，默认内置文件库")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """把语料文件夹同步进文件库并发布索引。"""
    from ingest.home import prepare
    from ingest.printing import synced_lines

    with progress_bar() as progress:
        ready = prepare(Settings.from_env(home=home), corpus=corpus, progress=progress)
    tell(asdict(ready), synced_lines(ready), as_json=as_json)


@app.command()
@takes_fields
def check(files: Files, fields: dict[str, str], as_json: AsJson = False, home: Home = None) -> None:
    """试读文件：列出文件信息及依据、目录、段落、提醒、与已有文件的关系，不存入。"""
    from ingest.fetching import gathered
    from ingest.printing import checked_json, checked_lines
    from ingest.view import check_in

    settings = Settings.from_env(home=home)
    with gathered(files, settings=settings) as sources, progress_bar() as progress:
        checked = list(check_in(settings, sources, overrides=fields, progress=progress))
    lines = (line for one in checked for line in (*checked_lines(one), ""))
    tell([checked_json(one) for one in checked], lines, as_json=as_json)
    raise typer.Exit(1 if any(one.is_refused for one in checked) else 0)


@app.command()
@takes_fields
def add(
    files: Files,
    fields: dict[str, str],
    keep_similar: Annotated[bool, typer.Option("--keep-similar", help="与已有文件几乎相同的也添加")] = False,
    corrections: Corrections = None,
    yes: Yes = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """添加文件并发布；已有的不会重复添加，读不了的说明原因。在终端里会先给看读到的内容再询问。"""
    from ingest.fetching import gathered
    from ingest.library import Library
    from ingest.printing import added_json, added_lines, checked_lines
    from ingest.view import check_in

    settings = Settings.from_env(home=home)
    with gathered(files, settings=settings) as sources:
        if asks(yes=yes, as_json=as_json):
            with progress_bar() as progress:
                checked = list(check_in(settings, sources, overrides=fields, progress=progress))
            for one in checked:
                print("\n".join(checked_lines(one)), file=sys.stderr)
            confirm("以上内容添加到文件库吗？")
        with Library.open(settings, purpose="添加文件") as library, progress_bar() as progress:
            report = library.add(
                sources,
                overrides=fields,
                corrections=read_corrections(corrections),
                keep_similar=keep_similar,
                progress=progress,
            )
    tell(added_json(report), added_lines(report), as_json=as_json)
    raise typer.Exit(1 if any(file.refused for file in report.files) else 0)


@app.command("list")
def list_(
    region: Annotated[str | None, typer.Option("--region", help="只列这个地区的，如 四川省")] = None,
    level: Annotated[str | None, typer.Option("--level", help="只列这个级别的")] = None,
    status: Annotated[str | None, typer.Option("--status", help="只列这种效力的")] = None,
    originals: Annotated[bool, typer.Option("--originals", help="不列要点卡")] = False,
    gaps: Annotated[bool, typer.Option("--gaps", help="改列被引为依据、但还没有入库的文件")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """列出文件库里的文件。"""
    from assistant.domain import DocumentKind
    from ingest.printing import document_json, document_line, gap_line
    from ingest.view import LibraryView

    with LibraryView.open(Settings.from_env(home=home)) as library:
        if gaps:
            found = library.gaps()
            tell([asdict(gap) for gap in found], map(gap_line, found), as_json=as_json)
            return
        documents = [
            d
            for d in library.documents()
            if (not region or d.region.startswith(region))
            and (not level or d.level == level)
            and (not status or d.status.value == status)
            and (not originals or d.kind is DocumentKind.ORIGINAL)
        ]
    tell([document_json(d) for d in documents], map(document_line, documents), as_json=as_json)


@app.command()
def show(document_id: Id, as_json: AsJson = False, home: Home = None) -> None:
    """显示一份文件：信息及依据、目录、段落、与其他文件的关系。"""
    from ingest.printing import shown_json, shown_lines
    from ingest.view import LibraryView

    with LibraryView.open(Settings.from_env(home=home)) as library:
        shown = library.show(document_id)
    tell(shown_json(shown), shown_lines(shown), as_json=as_json)


@app.command()
@takes_fields
def edit(document_id: Id, fields: dict[str, str], as_json: AsJson = False, home: Home = None) -> None:
    """更正文件信息并发布；写空值（如 --doc-number ""）表示没有。"""
    if not fields:
        raise typer.BadParameter("请写明要更正的内容，如 --status 现行有效。")
    _change(
        "已更正",
        home,
        as_json,
        lambda library, progress: library.edit(document_id, fields, progress=progress),
    )


@app.command()
def retire(
    document_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="停用原因")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """停用一份文件：仍保存，但不再据以回答。"""
    _change(
        "已停用",
        home,
        as_json,
        lambda library, progress: library.retire(document_id, reason, progress=progress),
    )


@app.command()
def unretire(document_id: Id, as_json: AsJson = False, home: Home = None) -> None:
    """恢复使用一份停用的文件。"""
    _change(
        "已恢复", home, as_json, lambda library, progress: library.unretire(document_id, progress=progress)
    )


@app.command()
def remove(document_ids: Ids, yes: Yes = False, as_json: AsJson = False, home: Home = None) -> None:
    """彻底删除文件：文件库、索引、旧版本、原件和磁盘空页中都不再有，不能撤销。"""
    from ingest.library import Library
    from ingest.printing import change_json, change_lines

    if must_ask(yes=yes):
        confirm(f"彻底删除 {'、'.join(document_ids)}，不能撤销。继续吗？")
    settings = Settings.from_env(home=home)
    with Library.open(settings, purpose="更改文件库") as library, progress_bar() as progress:
        changes = library.remove_all(document_ids, progress=progress)
    data = [change_json(change) for change in changes]
    lines = (line for change in changes for line in change_lines("已删除", change))
    tell(data if len(data) > 1 else data[0], lines, as_json=as_json)


@app.command()
def publish(
    force: Annotated[bool, typer.Option("--force", help="即使没有变化也从头重建索引")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """按文件库现在的内容发布索引。"""
    from ingest.library import Library
    from ingest.printing import publication_lines

    with (
        Library.open(Settings.from_env(home=home), purpose="发布索引") as library,
        progress_bar() as progress,
    ):
        publication = library.publish(force=force, progress=progress)
    tell(asdict(publication), publication_lines(publication), as_json=as_json)


@app.command()
def rollback(as_json: AsJson = False, home: Home = None) -> None:
    """退回上一个索引版本；文件库不变，下次发布会回到最新状态。"""
    from ingest.library import Library

    with Library.open(Settings.from_env(home=home), purpose="回退索引") as library:
        done = library.rollback()
    lines = [
        f"已从 {done.before} 退回 {done.generation}（{done.created_at} 建立，{done.documents} 份文件，{done.passages} 段）。",
        "文件库没有改动：下次发布（包括添加、更正，以及启动时的同步）会回到最新状态。"
        "要永久撤销，请先用 ingest retire 或 ingest remove 处理有问题的文件。",
    ]
    tell(asdict(done), lines, as_json=as_json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份文件，如 backup.zip", show_default=False)],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """把文件库、对话记录和原件备份成一个文件；网页服务运行时也可以。"""
    from ingest.backup import back_up

    made = back_up(Settings.from_env(home=home).home, file)
    size = sum(entry.size for entry in made.entries)
    line = f"已备份到 {file}：{made.documents} 份文件，{len(made.entries)} 个数据文件，共 {size / 2**20:.1f} MB。"
    tell(asdict(made) | {"file": str(file)}, [line], as_json=as_json)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="备份文件", show_default=False)],
    yes: Yes = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """用备份替换数据文件夹里的文件库、对话记录和原件，并重建索引；先核对备份，有问题就不动现有数据。"""
    from ingest.printing import publication_lines
    from ingest.restore import restore as restore_backup

    settings = Settings.from_env(home=home)
    if settings.home.exists() and any(settings.home.iterdir()) and must_ask(yes=yes):
        confirm(f"{settings.home} 里现有的文件和对话记录会被备份内容替换。继续吗？")
    with progress_bar() as progress:
        publication = restore_backup(settings, file, progress=progress)
    tell(asdict(publication), ["已恢复备份。", *publication_lines(publication)], as_json=as_json)


def _change(
    done: str, home: Path | None, as_json: bool, action: Callable[[Library, Progress], Change]
) -> None:
    from ingest.library import Library
    from ingest.printing import change_json, change_lines

    with (
        Library.open(Settings.from_env(home=home), purpose="更改文件库") as library,
        progress_bar() as progress,
    ):
        change = action(library, progress)
    tell(change_json(change), change_lines(done, change), as_json=as_json)


def main() -> None:
    """Console entry."""
    run(app)


if __name__ == "__main__":
    main()
