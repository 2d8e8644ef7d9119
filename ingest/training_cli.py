"""Commands that train what is shipped: the encoder, and the ranking for libraries without known ways of asking."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import AsJson
from ingest.terminal import progress_bar, tell

app = typer.Typer()
Statutes = Annotated[Path, typer.Option("--statutes", help="法规文件夹：articles.jsonl.gz、questions.jsonl")]
Synonyms = Annotated[Path | None, typer.Option("--synonyms", help="同义词文件，可不用")]


@app.command("train-encoder")
def train_encoder(
    statutes: Statutes,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹")],
    synonyms: Synonyms = None,
    development_out: Annotated[
        Path | None,
        typer.Option("--development-out", help="另存一份没学过留出问法的模型，供 train-ranker 用"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """重新训练内置的向量模型。"""
    from assistant.config import corpus_folder
    from ingest.train import train_encoder as train

    with progress_bar() as progress:
        report = train(
            out,
            statutes=statutes,
            corpus=corpus_folder(),
            synonyms=synonyms,
            development_out=development_out,
            progress=progress,
        )
    tell(asdict(report), [f"已训练，写到 {out}。"], as_json=as_json)


@app.command("train-uncharted")
def train_uncharted(
    statutes: Statutes,
    halves: Annotated[
        Path, typer.Option("--halves", help="存放两个半数模型的文件夹；没有时先训练，每个约十分钟")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件，默认内置的那一个")] = None,
    synonyms: Synonyms = None,
    as_json: AsJson = False,
) -> None:
    """重新训练没有现成问法时的排序（哪些条文常被问到，各种线索各算多少）。"""
    from assistant.config import Settings, corpus_folder
    from assistant.tools import open_tools
    from assistant.uncharted import UNCHARTED_FILE
    from ingest.train_uncharted import HALVES, save_uncharted, train_halves
    from ingest.train_uncharted import train_uncharted as train

    target = out or UNCHARTED_FILE
    with progress_bar() as progress:
        if not all((halves / f"half-{half}").is_dir() for half in HALVES):
            train_halves(
                halves, statutes=statutes, corpus=corpus_folder(), synonyms=synonyms, progress=progress
            )
        model = train(statutes, halves, tools=open_tools(Settings.from_env()), progress=progress)
    save_uncharted(model, target)
    line = (
        f"已训练，写到 {target}：{len(model.everyday.words)} 个词的权重，{len(model.weights)} 项线索的权重。"
    )
    tell(dict(model.weights), [line], as_json=as_json)
