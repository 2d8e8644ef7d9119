"""Command line of the assistant. stdout is data, stderr is messages; exit 0 answered, 1 not, 2 fault."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.config import Settings, compute_on_one_core
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.domain import Turn

app = typer.Typer(
    help="社区社会组织政策助手：按政策文件原文回答，注明出处、地区和效力。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Home = Annotated[Path | None, typer.Option("--home", help="数据文件夹，默认 var/ 或 ASSISTANT_HOME")]
Region = Annotated[str | None, typer.Option("--region", help="提问人所在地区，如 四川、成都市")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="要问的问题")],
    region: Region = None,
    history: Annotated[Path | None, typer.Option("--history", help="之前对话的 JSON 文件")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="按哪一天的效力回答，如 2022-06-01")] = None,
    as_json: AsJson = False,
    explain: Annotated[bool, typer.Option("--explain", help="连同每一步的判断一起输出")] = False,
    home: Home = None,
) -> None:
    """回答一个问题。"""
    from assistant.answer import Assistant
    from assistant.presenting import answer_json, terminal_text

    turns, day = _turns(history), _day(as_of)
    assistant = Assistant.open(Settings.from_env(home=home))
    try:
        answer = assistant.ask(question, region=region, history=turns, as_of=day)
    finally:
        assistant.close()
    if as_json or explain:
        print(json.dumps(answer_json(answer, explain=explain), ensure_ascii=False, indent=1))
    else:
        print(terminal_text(answer))
    raise typer.Exit(1 if answer.refused else 0)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="要查的内容")],
    top_k: Annotated[int, typer.Option("--top-k", min=1, max=200, help="最多列出多少条")] = 20,
    region: Region = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """列出最相关的条款、得分和理由。"""
    from assistant.answer import Assistant
    from assistant.presenting import hit_json

    assistant = Assistant.open(Settings.from_env(home=home))
    try:
        hits = assistant.search(question, region=region, top_k=top_k)
    finally:
        assistant.close()
    rows = [hit_json(rank, hit) for rank, hit in enumerate(hits, 1)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            note = f"〔{row['rejected']}〕" if row["rejected"] else ""
            print(
                f"{row['rank']:>2}. {row['score']:.3f} 《{row['title']}》{row['section']}{note}\n    {row['text']}"
            )
    raise typer.Exit(0 if rows else 1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址；默认只有本机能访问")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 7860,
    home: Home = None,
) -> None:
    """打开网页服务：对话在 /，接口在 /api/ask。"""
    from assistant.web.app import serve as serve_pages

    serve_pages(Settings.from_env(home=home), host=host, port=port)


@app.command()
def password(home: Home = None) -> None:
    """设置管理员的密码（第一次对外开放之前，或忘了密码时）；需在安装本系统的电脑上运行。"""
    from assistant.accounts import ADMIN, Accounts

    new = typer.prompt("新密码（至少 10 个字符）", hide_input=True, confirmation_prompt="再输一次", err=True)
    accounts = Accounts.open(Settings.from_env(home=home).home)
    try:
        accounts.first_password()
        accounts.set_password(ADMIN, new)
    finally:
        accounts.close()
    print("已设置。用户名是 admin。", file=sys.stderr)


@app.command()
def doctor(home: Home = None) -> None:
    """检查环境、数据文件夹、索引、向量模型，并说明每个问题怎么处理。"""
    from assistant.doctor import examine

    findings = examine(Settings.from_env(home=home))
    for finding in findings:
        print(f"{'正常' if finding.sound else '问题'}  {finding.what}：{finding.detail}")
    raise typer.Exit(0 if all(f.sound for f in findings) else 2)


def _turns(path: Path | None) -> list[Turn]:
    from assistant.domain import Turn
    from assistant.errors import BadQuestionError

    if path is None:
        return []
    try:
        turns = json.loads(path.read_text("utf-8"))
        if not isinstance(turns, list):
            raise TypeError("not a list")
        return [Turn(str(turn["role"]), str(turn["content"])) for turn in turns]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BadQuestionError(
            f'对话文件 {path} 无法读取：应为 [{{"role":…,"content":…}}] 的 JSON。'
        ) from exc


def _day(value: str | None) -> date | None:
    from assistant.errors import BadQuestionError

    try:
        return date.fromisoformat(value) if value else None
    except ValueError as exc:
        raise BadQuestionError(f"日期“{value}”无效，请写成 2022-06-01 的形式。") from exc


def main(arguments: Sequence[str] | None = None) -> None:
    """Console entry: faults become one Chinese line on stderr and exit code 2."""
    run(app, arguments)


def run(application: typer.Typer, arguments: Sequence[str] | None = None) -> None:
    """Run a command-line application with the project's exit codes; arguments are the process's own by default."""
    compute_on_one_core()
    try:
        application(arguments)
    except AssistantError as exc:
        print(f"出错了：{exc}", file=sys.stderr)
        sys.exit(2)
    except Exception:  # Python's own exit code for it, 1, means "not answered" here
        traceback.print_exc()
        print("程序内部出错，请把以上内容反馈给维护人员。", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
