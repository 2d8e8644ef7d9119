"""Commands that make what is shipped: the encoder, the rankings, the judge and the built-in documents."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import AsJson, Home
from assistant.config import Settings
from assistant.stages import Progress
from ingest.terminal import progress_bar, tell

app = typer.Typer()
Statutes = Annotated[Path, typer.Option("--statutes", help="法规文件夹：articles.jsonl.gz、questions.jsonl")]
Encoders = Annotated[
    Path, typer.Option("--encoders", help="存放两个对照向量模型的文件夹；没有时先训练，约十分钟")
]
Synonyms = Annotated[Path | None, typer.Option("--synonyms", help="同义词文件，可不用")]


@app.command("train-encoder")
def train_encoder(
    statutes: Annotated[
        Path | None, typer.Option("--statutes", help="法规文件夹：articles.jsonl.gz、questions.jsonl")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹")] = None,
    *,
    synonyms: Synonyms = None,
    from_catalogue: Annotated[
        bool, typer.Option("--from-catalogue", help="不重新训练，按自己文件库里的文件调整内置模型")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """重新训练内置的向量模型；或者加 --from-catalogue，让它适应自己的文件库，不需要标注。"""
    if from_catalogue:
        _adapt(Settings.from_env(home=home), as_json=as_json)
    elif statutes is None or out is None:
        raise typer.BadParameter("请同时给出 --statutes 和 --out；或者只加 --from-catalogue。")
    else:
        _train(statutes, out, synonyms, as_json=as_json)


def _train(statutes: Path, out: Path, synonyms: Path | None, *, as_json: bool) -> None:
    from assistant.config import corpus_folder
    from ingest.train import train_encoder as train

    with progress_bar() as progress:
        report = train(
            out,
            statutes=statutes,
            corpus=corpus_folder(),
            synonyms=synonyms,
            progress=progress,
        )
    tell(asdict(report), [f"已训练，写到 {out}。"], as_json=as_json)


def _adapt(settings: Settings, *, as_json: bool) -> None:
    """Tune the bundled encoder to the home's documents, and publish when the tuned one is kept."""
    from assistant.catalogue import Catalogue
    from assistant.config import BUNDLED_ENCODER
    from assistant.errors import EncoderError
    from assistant.lock import writing
    from assistant.tools import open_tools
    from ingest.publishing import bring_up_to_date
    from ingest.train_adapted import adapt_encoder

    if settings.encoder != str(BUNDLED_ENCODER):
        raise EncoderError(
            "现在用的是 ASSISTANT_ENCODER 指定的模型；只有内置模型可以这样调整，请先取消这项设置。"
        )
    with (
        writing(settings.home, purpose="调整向量模型"),
        closing(Catalogue.open(settings.home)) as catalogue,
        progress_bar() as progress,
    ):
        report = adapt_encoder(settings.home, catalogue, BUNDLED_ENCODER, progress=progress)
        if report.kept:
            bring_up_to_date(settings.home, catalogue, open_tools(settings), progress=progress)
    figures = (
        f"用没有学过的 {report.self_made} 个自拟问题检验，MRR {report.before:.3f} → {report.after:.3f}"
        f"（变化 {report.change}）"
    )
    known = f"；已有问法的变化 {report.known}" if report.known else ""
    outcome = (
        "已换上调整后的模型并重新发布。" if report.kept else "没有明显变好，继续用原来的模型，索引没有改动。"
    )
    tell(asdict(report), [f"{figures}{known}。", outcome], as_json=as_json)


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
    from assistant.config import corpus_folder
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
        model = train(
            statutes,
            halves,
            written=corpus_folder(),
            tools=open_tools(Settings.from_env()),
            progress=progress,
        )
    save_uncharted(model, target)
    line = (
        f"已训练，写到 {target}：{len(model.everyday.words)} 个词的权重，{len(model.weights)} 项线索的权重。"
    )
    tell(dict(model.weights), [line], as_json=as_json)


@app.command("train-ranker")
def train_ranker(
    statutes: Statutes, encoders: Encoders, synonyms: Synonyms = None, as_json: AsJson = False
) -> None:
    """重新训练有现成问法时的排序，写入 assistant/models/；每个问法都由没学过它的向量模型去找。"""
    from ingest.train_ranker import save, train

    with progress_bar() as progress:
        _train_folds(encoders, statutes, synonyms, progress)
        ranker = train(Settings.from_env(), encoders=encoders, progress=progress)
    save(ranker)
    tell(dict(ranker.weights), [f"排序 {len(ranker.weights)} 项权重。"], as_json=as_json)


@app.command("train-judge")
def train_judge(
    statutes: Statutes,
    encoders: Encoders,
    readers: Annotated[
        Path, typer.Option("--readers", help="存放各份“条文写没写到”模型的文件夹；没有时先训练，约一小时")
    ],
    synonyms: Synonyms = None,
    as_json: AsJson = False,
) -> None:
    """重新训练“够不够回答”的判断，写入 assistant/models/；法规文件夹里的提问作为别的领域的问题。"""
    from assistant.judge import JUDGE_FILE
    from assistant.reading import READER_FILE
    from ingest.train_judge import train
    from ingest.train_ranker import write_weights
    from ingest.train_reader import whole_reader

    with progress_bar() as progress:
        _train_folds(encoders, statutes, synonyms, progress)
        judge = train(
            Settings.from_env(), encoders=encoders, statutes=statutes, readers=readers, progress=progress
        )
    whole_reader(readers).save(READER_FILE)
    write_weights(JUDGE_FILE, judge)
    tell(judge, [f"用了 {judge['n']} 个例子，门槛 {judge['threshold']}。"], as_json=as_json)


def _train_folds(encoders: Path, statutes: Path, synonyms: Path | None, progress: Progress) -> None:
    """Train the encoders without a fold, unless their folder is there."""
    from assistant.config import corpus_folder
    from ingest.train import train_folds

    if not encoders.is_dir():
        train_folds(encoders, statutes=statutes, corpus=corpus_folder(), synonyms=synonyms, progress=progress)


@app.command("train-standing")
def train_standing(as_json: AsJson = False) -> None:
    """重新训练“问的是不是文件本身”（效力、施行日期、文号……）的识别，写入 assistant/models/。"""
    from assistant.config import corpus_folder
    from assistant.standing import STANDING_FILE
    from ingest.train_standing import known_questions, read_written, train

    written = read_written(corpus_folder())
    model = train(written, known_questions(corpus_folder()))
    model.save(STANDING_FILE)
    tell({"n": len(written)}, [f"学了 {len(written)} 个问题，{len(model.weights)} 组字。"], as_json=as_json)


@app.command("train-asking")
def train_asking(as_json: AsJson = False) -> None:
    """重新训练“哪几句是在问”的识别，写入 assistant/models/。"""
    from assistant.asking import ASKING_FILE
    from assistant.config import corpus_folder
    from ingest.train_asking import in_a_row, read_messages, train
    from ingest.train_standing import known_questions

    messages = read_messages(corpus_folder())
    model = train([*messages, *in_a_row(known_questions(corpus_folder()))])
    model.save(ASKING_FILE)
    tell({"n": len(messages)}, [f"学了 {len(messages)} 条消息，{len(model.weights)} 组字。"], as_json=as_json)


@app.command("build-corpus")
def build_corpus(
    raw: Annotated[Path, typer.Argument(help="原始网页文件夹", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪里，默认内置文件库的 documents")] = None,
    as_json: AsJson = False,
) -> None:
    """由原始网页重新生成内置文件（按 sources.yaml）。"""
    from assistant.config import corpus_folder
    from ingest.build_corpus import build

    written = build(raw, out or corpus_folder() / "documents")
    tell([str(path) for path in written], map(str, written), as_json=as_json)
