"""A hand-made assistant for the evaluation's tests: knows three sentences and two rules of thumb."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

from assistant.config import Settings
from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    Document,
    DocumentKind,
    DocumentStatus,
    Hit,
    Passage,
    Point,
)
from assistant.errors import BadQuestionError
from evals.dataset import read_questions
from evals.job import Job, evaluate
from evals.rundir import RunFolder

TEXT = (
    "社区社会组织备案，成员一般不少于十人。\n"
    "备案由街道办事处办理，十五日内答复。\n"
    "登记为社会团体的，个人会员不少于五十名，活动资金不少于三万元。"
)
LINES = TEXT.split("\n")
DOCUMENT = Document(id="d1", title="测试办法", text=TEXT, status=DocumentStatus.IN_FORCE)


def citation(quote: str, *, n: int = 1, text: str = TEXT) -> Citation:
    """A citation of DOCUMENT; `text` other than TEXT makes offsets that do not fit."""
    start = text.index(quote)
    return Citation(
        n=n,
        document_id="d1",
        title="测试办法",
        doc_number=None,
        issuer=None,
        region="全国",
        level="规范性文件",
        issued_on=None,
        status=DocumentStatus.IN_FORCE,
        section="",
        page=None,
        quote=quote,
        start=start,
        end=start + len(quote),
        kind=DocumentKind.ORIGINAL,
    )


def answered(question: str, quote: str, *, region: str | None = None) -> Answer:
    return Answer(
        AnswerStatus.ANSWERED,
        f"{quote}[1]",
        question,
        region,
        points=(Point(quote, (1,)),),
        citations=(citation(quote),),
        timings_ms={"retrieve": 1.0, "total": 2.0},
    )


class FakeAssistant:
    """备案 → line 1 or 2, 登记 → line 3, 坏 raises, anything else is refused."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def ask(self, question, *, region=None, history=(), as_of=None):
        with self._lock:
            self.asked.append(question)
        if "坏" in question:
            raise BadQuestionError("这个问题坏了，请换个问法。")
        if "崩" in question:
            raise RuntimeError("boom")
        for key, line in (("几天", LINES[1]), ("备案", LINES[0]), ("登记", LINES[2])):
            if key in question:
                return answered(question, line, region=region)
        return Answer(AnswerStatus.NO_EVIDENCE, "没有找到依据。", question, region)

    def search(self, question, *, region=None, history=(), top_k=20, as_of=None):
        order = sorted(range(3), key=lambda i: -sum(c in LINES[i] for c in question))
        hits = []
        for i in order[:top_k]:
            start = TEXT.index(LINES[i])
            passage = Passage(f"p{i}", "d1", start, start + len(LINES[i]), LINES[i], "")
            hits.append(Hit(passage, DOCUMENT, score=1.0 / (i + 1)))
        return hits

    def document(self, document_id):
        assert document_id == "d1"
        return DOCUMENT

    def documents(self):
        return [replace(DOCUMENT, text="")]


RECORDS = [
    {"id": "a", "question": "备案要几个人", "key_facts": [["10人"]], "gold_quotes": [LINES[0]], "answerable": True,
     "type": "number", "region": "四川", "must_not": ["五十名"]},
    {"id": "b", "question": "登记要多少钱", "key_facts": [["3万元"], ["验资"]], "gold_quotes": [LINES[2]], "answerable": True},
    {"id": "c", "question": "天气如何", "answerable": False, "expected_status": ["no_evidence", "out_of_scope"]},
    {"id": "d", "question": "这题坏了", "answerable": True},
    {"id": "e", "question": "没有标注的题"},
]  # fmt: skip


def write_questions(path, records=RECORDS):
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def finished_run(folder, *, records=RECORDS, assistant=None) -> RunFolder:
    """A run of `records` in folder/out."""
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(
        questions=write_questions(folder / "q.jsonl", records),
        out=folder / "out",
        home=folder / "home",
        hits=3,
    )
    settings = Settings(home=folder / "home")
    evaluate(job, read_questions(job.questions), assistant or FakeAssistant(), settings=settings)
    return RunFolder(job.out)
