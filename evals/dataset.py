"""Question sets (题集): read from .jsonl, .xlsx or .csv, bad rows reported, good rows kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.domain import Turn
from assistant.errors import AssistantError
from evals.fields import FieldError, as_text, is_yes, parse_fields
from evals.tables import RawRow, TableError, columns_of, csv_rows, decode, row_of, xlsx_rows

MAX_QUESTIONS = 100_000


class QuestionFileError(AssistantError):
    """A question file cannot be read at all, or holds no usable question."""


class Split(StrEnum):
    """Which half of a set to use: dev is looked at while improving, heldout only to judge."""

    DEV = "dev"
    HELDOUT = "heldout"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what a right answer must hold; all but `id` and `question` may be empty.

    `key_facts`: facts, each a tuple of accepted variants. `answerable` None: not
    labelled. `expected_status`: accepted values of `AnswerStatus`. `reference`: a
    person's answer, shown beside ours and not scored. `own_columns`: heading and text of
    each filled cell of the file's own columns (社区, 提问人), carried along to the answers.
    """

    id: str
    question: str
    region: str | None = None
    history: tuple[Turn, ...] = ()
    key_facts: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    gold_quotes: tuple[str, ...] = ()
    gold_source: str = ""
    answerable: bool | None = None
    expected_status: tuple[str, ...] = ()
    category: str = ""
    type: str = ""
    style: str = ""
    reference: str = ""
    own_columns: tuple[tuple[str, str], ...] = ()

    @property
    def labelled(self) -> bool:
        """True when there is anything to score the answer against."""
        return bool(self.key_facts or self.gold_quotes or self.expected_status) or self.answerable is not None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row: `row` is 1-based as the file's program shows it; `skipped`: not run."""

    row: int
    reason: str
    skipped: bool = True


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file in its order, and every problem met; `sha256` of the file's bytes."""

    path: Path
    sha256: str
    questions: tuple[Question, ...]
    problems: tuple[RowProblem, ...]

    @property
    def own_columns(self) -> list[str]:
        """Headings of the file's own columns, in the order in which they are first filled."""
        return list(dict.fromkeys(heading for q in self.questions for heading, _ in q.own_columns))

    def part(self, split: Split, *, limit: int | None = None) -> tuple[Question, ...]:
        """The questions of one half, the first `limit` of them; halves never change with the set's order."""
        chosen = [q for q in self.questions if split is Split.ALL or split_of(q.id) is split]
        return tuple(chosen[:limit])


def split_of(question_id: str) -> Split:
    """The half a question belongs to, fixed by its id alone: even sha256 is dev, odd is held out."""
    return Split.HELDOUT if hashlib.sha256(question_id.encode()).digest()[-1] & 1 else Split.DEV


def read_questions(path: Path, *, sheet: str | None = None) -> QuestionSet:
    """Read a question file by its suffix; `sheet` names the worksheet of an .xlsx (default: the first).

    Only the question itself is required. A missing id becomes q0001, q0002, … by
    place; the second use of an id is a problem. In a sheet with a column 采用 only rows
    marked 是 count.

    Raises:
        QuestionFileError: The file is missing, of another format, damaged, without a
            question column, or without a single usable row.
    """
    digest = _digest(path)
    questions: dict[str, Question] = {}
    problems: list[RowProblem] = []
    for place, raw in enumerate(_rows(path, sheet=sheet), start=1):
        if len(questions) >= MAX_QUESTIONS:
            problems.append(
                RowProblem(raw.number, f"超过 {MAX_QUESTIONS} 题，从这一行起没有读；请分成几个文件。")
            )
            break
        question, found = _question(raw, place)
        if question and question.id in questions:
            found = [*found, RowProblem(raw.number, f"编号“{question.id}”重复，请改成不同的编号。")]
            question = None
        if question:
            questions[question.id] = question
        problems += found
    if not questions:
        first = (
            f"第 {problems[0].row} 行：{problems[0].reason}"
            if problems
            else "文件里没有问题，或“采用”列都没有填“是”。"
        )
        raise QuestionFileError(f"{path.name} 没有可用的问题。{first}")
    return QuestionSet(path, digest, tuple(questions.values()), tuple(problems))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise QuestionFileError(f"读不到题集 {path}（{exc.strerror}），请检查路径。") from exc


def _question(raw: RawRow, place: int) -> tuple[Question | None, list[RowProblem]]:
    if "accepted" in raw.values and not is_yes(raw.values["accepted"]):
        return None, []  # a drafted question that nobody has approved yet
    if raw.problem:
        return None, [RowProblem(raw.number, raw.problem)]
    try:
        parsed = parse_fields(raw.values)
    except FieldError as exc:
        return None, [RowProblem(raw.number, str(exc))]
    problems = [RowProblem(raw.number, note, skipped=False) for note in parsed.notes]
    if not parsed.values.get("question"):
        return None, [RowProblem(raw.number, "问题是空的。")]
    values = {"id": f"q{place:04d}"} | {
        key: value for key, value in parsed.values.items() if value is not None
    }
    own = tuple((heading, as_text(value)) for heading, value in raw.own.items())
    return Question(**values, own_columns=own), problems  # type: ignore[arg-type]


def _rows(path: Path, *, sheet: str | None) -> Iterator[RawRow]:
    suffix = path.suffix.lower()
    try:
        if suffix in (".jsonl", ".json"):
            yield from _json_rows(path)
        elif suffix in (".xlsx", ".xlsm"):
            yield from xlsx_rows(path, sheet=sheet)
        elif suffix in (".csv", ".tsv", ".txt"):
            yield from csv_rows(path)
        else:
            raise QuestionFileError(f"不支持 {suffix or '没有后缀的'} 文件，题集请用 .xlsx、.csv 或 .jsonl。")
    except TableError as exc:
        raise QuestionFileError(f"{path.name}：{exc}") from exc


def _json_rows(path: Path) -> Iterator[RawRow]:
    for number, line in enumerate(decode(path.read_bytes()).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as exc:
            yield RawRow(number, {}, f"不是一行完整的 JSON（{exc}）。")
            continue
        if isinstance(record, dict):
            yield row_of(number, columns_of(list(record)), list(record.values()))
        else:
            yield RawRow(number, {}, "这一行应是 {…} 形式的 JSON 对象。")
