"""A line of results.jsonl: how it is written, and the record it is read back as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.domain import Answer
from assistant.presenting import answer_json
from evals.causes import cause_of
from evals.dataset import Question
from evals.fields import parse_fields

Json = dict[str, object]
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What came back for a question; `region` as asked, `hits` as `search --json` gives them.

    `error` is empty unless asking failed.
    """

    region: str | None
    answer: Answer
    hits: Sequence[Json] = ()
    error: str = ""


def row_json(question: Question, asked: Asked, *, scores: Mapping[str, float], with_hits: bool) -> Json:
    """The stable JSON of one line: the answer as `ask --json` gives it, between question and scores."""
    explain = asked.answer.explain
    verdict, topics = explain.get("verdict"), explain.get("topics")
    row: Json = {"id": question.id, "question": question.question, "region": asked.region}
    row |= answer_json(asked.answer)
    row["confidence"] = verdict.get("probability") if isinstance(verdict, dict) else None
    row["topic"] = max(topics, key=topics.__getitem__) if isinstance(topics, dict) and topics else ""
    row["gold"] = _gold_json(question)
    if question.own_columns:
        row["own_columns"] = dict(question.own_columns)
    if with_hits:
        row["hits"] = list(asked.hits)
    row["scores"] = {name: round(value, _DIGITS) for name, value in scores.items()}
    return row | {"cause": cause_of(asked.answer, scores), "error": asked.error}


def _gold_json(question: Question) -> Json:
    gold: Json = {
        "answerable": question.answerable,
        "expected_status": list(question.expected_status),
        "key_facts": [list(fact) for fact in question.key_facts],
        "must_not": list(question.must_not),
        "gold_quotes": list(question.gold_quotes),
        "gold_source": question.gold_source,
        "reference": question.reference,
        "category": question.category,
        "type": question.type,
        "style": question.style,
        "history": [{"role": turn.role, "content": turn.content} for turn in question.history],
    }
    return {name: value for name, value in gold.items() if value not in (None, "", [])}


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of a row, as far as reports show it; `source` is title, number and section."""

    n: int
    document_id: str
    title: str
    doc_number: str
    region: str
    status: str
    section: str
    kind: str
    quote: str
    start: int
    end: int

    @property
    def source(self) -> str:
        """《title》（number）section."""
        number = f"（{self.doc_number}）" if self.doc_number else ""
        title = self.title if self.title.startswith("《") else f"《{self.title}》"
        return f"{title}{number}{self.section}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit of a row."""

    rank: int
    document_id: str
    title: str
    section: str
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One answered question. `question` holds the gold; `scores` only the measures that apply."""

    question: Question
    status: str
    answer: str
    mode: str
    citations: tuple[Cited, ...]
    notices: tuple[str, ...]
    ask_whom: str
    confidence: float | None
    topic: str
    hits: tuple[Ranked, ...]
    scores: Mapping[str, float]
    cause: str
    error: str
    latency_ms: float
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Row:
        """Read a line back; what a line lacks is empty."""
        asked = {name: data.get(name) for name in ("id", "question", "region")}
        gold = parse_fields({**_mapping(data.get("gold")), **asked}).values
        confidence = data.get("confidence")
        return cls(
            question=Question(**gold, own_columns=_texts(data.get("own_columns"))),  # type: ignore[arg-type]
            status=_text(data.get("status")),
            answer=_text(data.get("answer")),
            mode=_text(data.get("mode")),
            citations=tuple(map(_cited, _records(data.get("citations")))),
            notices=tuple(_text(notice.get("text")) for notice in _records(data.get("notices"))),
            ask_whom=_text(data.get("ask_whom")),
            confidence=None if confidence is None else _number(confidence),
            topic=_text(data.get("topic")),
            hits=tuple(map(_ranked, _records(data.get("hits")))),
            scores=_numbers(data.get("scores")),
            cause=_text(data.get("cause")),
            error=_text(data.get("error")),
            latency_ms=_number(data.get("latency_ms")),
            timings_ms=_numbers(data.get("timings_ms")),
        )


def _cited(data: Mapping[str, object]) -> Cited:
    names = ("document_id", "title", "doc_number", "region", "status", "section", "kind", "quote")
    texts = {name: _text(data.get(name)) for name in names}
    offsets = {name: int(_number(data.get(name))) for name in ("n", "start", "end")}
    return Cited(**texts, **offsets)  # type: ignore[arg-type]


def _ranked(data: Mapping[str, object]) -> Ranked:
    texts = {name: _text(data.get(name)) for name in ("document_id", "title", "section", "text")}
    return Ranked(rank=int(_number(data.get("rank"))), score=_number(data.get("score")), **texts)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _numbers(value: object) -> dict[str, float]:
    return {str(name): _number(number) for name, number in _mapping(value).items()}


def _texts(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), _text(text)) for name, text in _mapping(value).items())


def _records(value: object) -> list[Mapping[str, object]]:
    return [_mapping(item) for item in value] if isinstance(value, list) else []
