"""Command line of the batch evaluation: `evals run …`. stdout is data, stderr progress and messages."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.errors import AssistantError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="批量评测：题集进，带依据的成绩出。")


@app.callback()
def _root() -> None:
    """批量评测：题集进，带依据的成绩出。"""


@app.command("run")
def run_command(
    questions: Annotated[Path, typer.Option(help="题集：.xlsx、.csv 或 .jsonl，至少有“问题”一列")],
    out: Annotated[Path, typer.Option(help="结果目录，没有就新建")],
    home: Annotated[Path | None, typer.Option(help="数据目录，默认同 assistant")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="只跑前几题")] = None,
    split: Annotated[str, typer.Option(help="dev、heldout 或 all：按编号固定的一半")] = "all",
    region: Annotated[str | None, typer.Option(help="题里没写地区时用的地区")] = None,
    as_of: Annotated[str | None, typer.Option(help="按哪一天判断效力，如 2026-11-21")] = None,
    hits: Annotated[int, typer.Option(min=0, max=200, help="每题另记前几条检索结果")] = 10,
    mode: Annotated[str, typer.Option(help="extractive、llm 或 auto（有模型就用）")] = "auto",
    workers: Annotated[int, typer.Option(min=1, max=64, help="同时问几题")] = 2,
    sheet: Annotated[str | None, typer.Option(help="工作表名，默认第一张")] = None,
    restart: Annotated[bool, typer.Option(help="丢弃没跑完的结果，从头开始")] = False,
) -> None:
    """跑一个题集，写出 results.jsonl 和 summary.json。"""
    from evals.dataset import Split
    from evals.job import Job, run_job

    job = Job(
        questions=questions,
        out=out,
        home=home,
        limit=limit,
        split=_choice(split, [s.value for s in Split], "--split"),
        region=region,
        as_of=_date(as_of),
        hits=hits,
        mode=_choice(mode, ["auto", "extractive", "llm"], "--mode"),
        workers=workers,
        sheet=sheet,
        restart=restart,
    )
    summary = run_job(job, say=lambda text: typer.echo(text, err=True))
    typer.echo(json.dumps(summary, ensure_ascii=False, indent=1))


def _choice(value: str, allowed: list[str], name: str) -> str:
    if value not in allowed:
        raise typer.BadParameter(f"{name} 只能是 {'、'.join(allowed)}，现在是“{value}”。")
    return value


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise typer.BadParameter(f"日期应写成 2026-11-21 的样子，现在是“{text}”。") from exc


def main() -> None:
    """Console entry: exit 0 done, 1 a gate failed, 2 fault or bad usage."""
    try:
        app()
    except AssistantError as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("已中断；原样再运行一次会接着跑。", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
