"""Command line of the batch evaluation: `evals run …`. stdout is data, stderr progress and messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import run

app = typer.Typer(
    help="批量评测：题集进，带依据的成绩出。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended; 1 would say that a gate failed
_PRINTED = (
    "n",
    "verdicts",
    "statuses",
    "causes",
    "measures",
    "latency_ms",
    "speed",
)  # summary.json has all of it


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
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=64, help="同时问几题；接了模型时多开几个才快，单机摘录模式下多开只会让耗时失真"
        ),
    ] = 1,
    sheet: Annotated[str | None, typer.Option(help="工作表名，默认第一张")] = None,
    restart: Annotated[bool, typer.Option(help="丢弃没跑完的结果，从头开始")] = False,
) -> None:
    """跑一个题集，写出 results.jsonl、summary.json、answers.xlsx 和 report.html。中断后原样再跑会接着跑。"""
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
    with _goes_on(out):
        summary = run_job(job, say=lambda text: typer.echo(text, err=True))
    print(json.dumps({key: summary[key] for key in _PRINTED}, ensure_ascii=False, indent=1))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="DIR_A", help="先前的结果目录")],
    after: Annotated[Path, typer.Argument(metavar="DIR_B", help="这一次的结果目录")],
    fail_if_worse: Annotated[
        list[str] | None,
        typer.Option(help="指标:容差，如 exact_correct:0.01；变差超过容差就以 1 退出，可写多次"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="把 compare.html 和 compare.xlsx 写到这里，默认 DIR_B")
    ] = None,
) -> None:
    """比较两次评测：哪些题新对、新错，差别是不是偶然。"""
    from evals.compare import Gate
    from evals.compare import compare as compare_runs
    from evals.compare_report import write_comparison
    from evals.rundir import RunFolder

    gates = [Gate.parse(text) for text in fail_if_worse or []]
    comparison = compare_runs(RunFolder(before), RunFolder(after))
    write_comparison(comparison, out or after)
    print(json.dumps(comparison.figures(), ensure_ascii=False, indent=1))
    failed = comparison.failed(gates)
    for message in [*comparison.notes, *failed]:
        typer.echo(message, err=True)
    if failed and comparison.newly_wrong:
        wrong = "、".join(comparison.newly_wrong)
        typer.echo(f"新错的题：{wrong}；逐题对照见 {out or after}/compare.html。", err=True)
    raise typer.Exit(1 if failed else 0)


@app.command()
def baseline(
    run_folder: Annotated[Path, typer.Argument(metavar="DIR", help="跑完的结果目录")],
    kept: Annotated[Path, typer.Argument(metavar="BASELINE", help="基线目录，如 evals/baselines/dev")],
) -> None:
    """把一次评测存成基线：只留比较要用的，不含耗时，可以随代码提交；以后用 evals compare 与它比。"""
    from evals.baseline import keep_baseline
    from evals.rundir import RunFolder

    keep_baseline(RunFolder(run_folder), kept)
    typer.echo(f"基线已存到 {kept}。", err=True)


@app.command()
def template(path: Annotated[Path, typer.Argument(help="要写的文件，如 questions.xlsx")]) -> None:
    """写一个带说明和下拉框的题集样例。"""
    from evals.template import write_template

    _new_file(path)
    write_template(path)
    typer.echo(f"已写好 {path}。", err=True)


@app.command()
def judge(
    run_folder: Annotated[Path, typer.Argument(metavar="DIR", help="跑完的结果目录")],
    workers: Annotated[int, typer.Option(min=1, max=64, help="同时判几题")] = 4,
) -> None:
    """请配置的大模型另判一遍（可选）：写出 judged.xlsx，并与自动判分、人工判定比较一致性。题目和答复会发给模型。"""
    from evals.judge_job import judge_with_settings
    from evals.rundir import RunFolder

    with _goes_on(run_folder):
        figures = judge_with_settings(RunFolder(run_folder), workers=workers)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


@app.command()
def score(
    reviewed: Annotated[list[Path], typer.Argument(help="填好“人工判定”的 answers.xlsx，一份或两个人各一份")],
) -> None:
    """汇总人工判定：对错比例、两人一致性、与自动判分的出入。"""
    from evals.review import in_words, score_reviews

    if len(reviewed) > 2:
        raise typer.BadParameter("最多两份文件。")
    figures = score_reviews(reviewed)
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    for line in in_words(figures):
        typer.echo(line, err=True)


@app.command()
def draft(
    out: Annotated[Path, typer.Option(help="要写的文件，如 drafts.xlsx")],
    from_catalogue: Annotated[bool, typer.Option("--from-catalogue", help="从文件库里的文件出题")] = False,
    document: Annotated[list[str] | None, typer.Option(help="只给这几份文件出题（编号）")] = None,
    per_document: Annotated[int, typer.Option(min=1, help="每份文件最多几题")] = 20,
    home: Annotated[Path | None, typer.Option(help="数据目录，默认同 assistant")] = None,
) -> None:
    """按文件条款拟题，供人审定；审定时在“采用”列填“是”，未填的不会被跑。"""
    from evals.job import draft_from_catalogue

    if not from_catalogue:
        raise typer.BadParameter("目前只能从文件库出题，请加 --from-catalogue。")
    _new_file(out)
    count = draft_from_catalogue(out, home=home, documents=document or [], per_document=per_document)
    typer.echo(f"拟了 {count} 题，写在 {out}；请逐题审定后再用。", err=True)


@app.command()
def bench(
    name: Annotated[
        str, typer.Argument(help="start、formats、ingest、retrieval、added、answer、load、scale 或 all")
    ] = "all",
    short: Annotated[bool, typer.Option("--short", help="小规模，几分钟跑完")] = False,
    statutes: Annotated[Path | None, typer.Option(help="法规条文目录，另测大规模检索与入库")] = None,
    minutes: Annotated[float, typer.Option(min=0, help="并发测完后再连续问几分钟，看内存是否平稳")] = 0,
    million: Annotated[bool, typer.Option("--million", help="规模一项加测一百万段（约一小时）")] = False,
    added: Annotated[
        Path | None, typer.Option(help="要添加的法规文件夹，测新加的文件答得怎样（added）")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="把结果 JSON 另存到这个文件")] = None,
    markdown: Annotated[Path | None, typer.Option(help="把表格另存到这个文件，可放进 README")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一项超出预算就以 1 退出")] = False,
) -> None:
    """速度、内存和规模，每一项旁边都有同一次运行里的对照。表格在标准错误，JSON 在标准输出。"""
    from evals.bench.options import BenchOptions
    from evals.bench.suite import BENCHES, run_benches

    _choice(name, [*BENCHES, "all"], "NAME")
    names = [one for one in BENCHES if one != "added" or added] if name == "all" else [name]
    options = BenchOptions(
        Path(), short=short, statutes=statutes, minutes=minutes, million=million, added=added
    )
    results = run_benches(names, options, say=lambda text: typer.echo(text, err=True))
    text = json.dumps([result.to_json() for result in results], ensure_ascii=False, indent=1)
    print(text)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if markdown is not None:
        markdown.write_text("\n\n".join(result.table() for result in results) + "\n", encoding="utf-8")
    raise typer.Exit(
        1 if strict and any(f.held is False for result in results for f in result.figures) else 0
    )


@contextmanager
def _goes_on(folder: Path) -> Iterator[None]:
    """Ctrl-C leaves something that the same command goes on from; say so."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"停下了；已做完的在 {folder}，原样再跑一次会接着做。", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _new_file(path: Path) -> None:
    """Nobody's filled-in sheet is ever overwritten."""
    if path.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"文件名应以 .xlsx 结尾，现在是“{path.name}”。")
    if path.exists():
        raise typer.BadParameter(f"{path} 已经存在，不会覆盖；请换个名字或先移走它。")


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
    """Console entry: exit 0 done, 1 a gate failed, 2 fault or bad usage, 130 stopped by Ctrl-C."""
    run(app)


if __name__ == "__main__":
    main()
