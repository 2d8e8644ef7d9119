"""READ FIRST: the story of a question, from what was typed to a checked answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.aspects import Aspect, aspects
from assistant.config import Settings
from assistant.counterpart import with_counterparts
from assistant.docnumber import doc_numbers
from assistant.domain import NATIONAL, Answer, AnswerStatus, Document, Excerpt, Hit, Turn
from assistant.draft import CANDIDATES, Drafter
from assistant.errors import IndexUnusableError
from assistant.evidence import Evidence
from assistant.excerpt import excerpt_of
from assistant.extract import Extractor
from assistant.finding import ALONE, Finding, with_whole
from assistant.generations import Manifest, published
from assistant.judge import Judge, Verdict, within
from assistant.naming import numbers_ended
from assistant.presenting import hit_json
from assistant.ranking import Ranker
from assistant.reading import Reader
from assistant.regions import Gazetteer, Relation, relation
from assistant.retrieve import Retriever
from assistant.source_asked import asks_source, names_no_text, quoted_before
from assistant.stages import Clock, Stage
from assistant.subject import Subjects
from assistant.tools import Tools, open_tools
from assistant.uncharted import UnchartedModel
from assistant.understand import Query, Understanding
from assistant.validity import as_on

if TYPE_CHECKING:
    from assistant.index import Index
    from assistant.llm import Writer

OWN_MATTER = 0.75  # a place's rule below this share of what else applies there is about something else
_REPLIES = 3  # last ones that a question about the last quote may mean: 谢谢 is answered too
_EXPLAINED_HITS = 10


class Assistant:
    """Answers questions from one published generation. Safe to use from several threads."""

    def __init__(self, settings: Settings, index: Index, tools: Tools) -> None:
        """Use `open`; this only wires the stages."""
        regions = {document.region for document in index.documents.values()}
        self.gazetteer = Gazetteer.load(extra_paths=regions)
        self._settings = settings
        self._index = index
        self._understanding = Understanding(tools.lexicon, self.gazetteer, tools.segmenter)
        self._retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load(), UnchartedModel.load())
        self._judge = Judge.load()
        self._subjects = Subjects(tools.encoder)
        self._evidence = Evidence(index, self._judge.harmless, Reader.load(searching=tools.encoder))
        extractor = Extractor(index.lexical, tools.segmenter, tools.encoder)
        self._drafter = Drafter(index, tools.lexicon, extractor)
        self._writer = _writer(settings, self.gazetteer)

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Open the published generation of the settings' home.

        Vectors are read from a private copy, so that another process may serve or publish
        the same home.

        Raises:
            IndexUnusableError: Nothing is published, or it does not fit the settings.
            EncoderError: The encoder cannot be used.
            ConfigError: The lexicon is missing or malformed.
        """
        from assistant.index import Index

        tools = open_tools(settings)
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
        return cls(settings, index, tools)

    def ask(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        on_stage: Stage = lambda _stage: None,
    ) -> Answer:
        """Answer one question; not answering is a status, never an exception.

        Args:
            question: As typed, at most `max_question_chars`.
            region: The asker's place in any form (四川, 四川省, 成都市); None: not chosen.
            history: Earlier turns of the conversation, oldest first.
            as_of: Day the answer is for; None is today.
            on_stage: Called with a short Chinese name as each stage begins.

        Raises:
            BadQuestionError: The question is empty or too long, or the region is unknown.
        """
        clock = Clock(on_stage)
        with clock.stage("understand"):
            query = self._understood(question, region=region, history=history, as_of=as_of)
            quoted = self._quoted_before(query, history)
        if quoted and asks_source(query.text):
            return replace(self._told_source(query, quoted), timings_ms=clock.times())
        with clock.stage("retrieve"):
            if quoted:
                query = query.of_text(quoted.document)
            query, hits = self._found(query, top_k=CANDIDATES)
            apart = [
                (aspect, self._retriever.retrieve(aspect.query, top_k=CANDIDATES))
                for aspect in aspects(query, self._understanding)
            ]
        with clock.stage("judge"):
            verdict = self._verdict(query, *applying(hits))
            findings = [self._finding(aspect, found) for aspect, found in apart]
            findings = with_whole(findings, verdict, applying(hits)[0])
            findings = with_counterparts(findings, self._retriever.encoder)
        with clock.stage("compose"):
            pieces = self._drafter.separate(query, findings, whole=verdict, basis=applying(hits)[0])
            draft = pieces or self._drafted(query, verdict, *applying(hits))
        with clock.stage("verify"):
            answer = replace(self._drafter.verified(draft, query), explain=_explained(query, verdict, hits))
        if self._writer is not None and not answer.refused and pieces is None:
            with clock.stage("write"):
                answer = self._writer.write(query, answer)
        return replace(answer, timings_ms=clock.times())

    def _understood(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
    ) -> Query:
        """The query of a question; who names one text of a place by its number (川民规22年7号) names the place.

        Where a place was chosen only for the text's record: its rules are another place's.

        Raises:
            BadQuestionError: As for `ask`.
        """
        query = self._understanding.query(
            question,
            region=region,
            history=history,
            as_of=as_of,
            max_chars=self._settings.max_question_chars,
        )
        if query.named_regions or (query.chosen and not query.of_record):
            return query
        named = {self._index.documents[id_].region for id_ in self._retriever.numbered_in(query)}
        place = next(iter(named)) if len(named) == 1 else NATIONAL
        return query.at(place) if relation(query.places, place) is Relation.OTHER else query

    def _quoted_before(self, query: Query, history: Sequence[Turn]) -> Hit | None:
        """The clause last quoted in the conversation, where nothing is asked but where it stands or its text's record."""
        replies = [turn.content for turn in history if turn.role == "assistant"]
        of_record = query.standing and not query.titles and names_no_text(query.text)
        if not replies or not (asks_source(query.text) or of_record):
            return None
        passages = self._index.snapshot.neighbours
        found = (quoted_before(one, self._index.documents, passages) for one in reversed(replies[-_REPLIES:]))
        return next((hit for hit in found if hit), None)

    def _told_source(self, query: Query, quoted: Hit) -> Answer:
        """Where the clause last quoted stands; nothing is searched or judged for that."""
        answer = self._drafter.verified(self._drafter.source(query, quoted), query)
        return replace(
            answer, explain=_explained(query, Verdict(AnswerStatus.ANSWERED, 1.0, 0.0, ""), [quoted])
        )

    def _found(self, query: Query, *, top_k: int) -> tuple[Query, list[Hit]]:
        """The question as it is meant, and its hits.

        What was taken for a follow-up may open a subject of its own; and a text asked about by
        its number may be told of by one place's clause alone.
        """
        hits = self._retriever.retrieve(query, top_k=top_k)
        if query.follow_up and not query.titles and self._subjects.perhaps_new(query):
            alone = self._understood(query.question, region=query.chosen, as_of=query.today)
            found = self._retriever.retrieve(alone, top_k=top_k)
            if self._subjects.is_new(alone, applying(found)[0], query, applying(hits)[0]):
                query, hits = alone, found
        told = _told_elsewhere(query, *applying(hits))
        if told:
            query = query.at(told)
            hits = self._retriever.retrieve(query, top_k=top_k)
        return query, hits

    def _verdict(self, query: Query, basis: Sequence[Hit], others: Sequence[Hit]) -> Verdict:
        return self._judge.verdict(query, basis, others, evidence=self._evidence)

    def _drafted(self, query: Query, verdict: Verdict, basis: Sequence[Hit], others: Sequence[Hit]) -> Answer:
        """The message answered as one question, or refused."""
        if verdict.status is AnswerStatus.ANSWERED:
            return self._drafter.answered(query, basis, probability=verdict.probability)
        if verdict.status is AnswerStatus.PARTIAL and verdict.of_basis:
            return self._drafter.answered(
                query,
                basis,
                status=AnswerStatus.PARTIAL,
                probability=verdict.probability,
                lacking=verdict.lacking,
            )
        if verdict.status is AnswerStatus.PARTIAL:
            return self._drafter.answered(
                query, within(others), status=AnswerStatus.PARTIAL, probability=verdict.elsewhere
            )
        return self._drafter.refused(query, verdict, basis, others)

    def _finding(self, aspect: Aspect, hits: Sequence[Hit]) -> Finding:
        """What may be quoted for one aspect: a place's own rules, else the nation's; and whether it answers."""
        basis, others = applying(hits)
        own = [hit for hit in basis if aspect.admits(hit)]
        if aspect.place and own and own[0].score < OWN_MATTER * basis[0].score:
            own = []  # a rule of the place about something else
        verdict = self._verdict(aspect.query, own, others)
        if verdict.status is AnswerStatus.PARTIAL and not verdict.of_basis:
            return Finding(aspect, within(others), verdict)
        if verdict.lacking:
            verdict = replace(verdict, status=AnswerStatus.NO_EVIDENCE, reason=verdict.lacking)
        if aspect.place and verdict.status is not AnswerStatus.ANSWERED and len(own) < len(basis):
            return Finding(aspect, basis, self._verdict(aspect.query, basis, others).unless_below(ALONE))
        elsewhere = verdict.status is AnswerStatus.OTHER_REGION_ONLY
        if elsewhere and not aspect.query.region and verdict.probability >= ALONE:
            # one of several questions, asked from nowhere: the nation's rule goes before other places'
            verdict = replace(verdict, status=AnswerStatus.ANSWERED, reason="")
        if not own or aspect.side:
            return Finding(aspect, own, verdict)
        read = self._evidence.reading(aspect.query, own)
        alone = self._evidence.stated(aspect.query.searched, own)
        return Finding(aspect, own, verdict, read.get("stated_near", 0.0), alone)

    def search(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        top_k: int = 20,
        as_of: date | None = None,
    ) -> list[Hit]:
        """Ranked passages for a question, those of other regions marked by `rejected`.

        Raises:
            BadQuestionError: As for `ask`.
        """
        query = self._understood(question, region=region, history=history, as_of=as_of)
        return self._found(query, top_k=top_k)[1][:top_k]

    def document(self, document_id: str) -> Document:
        """One document with text and clauses, its status that of today.

        Raises:
            NotFoundError: The published generation has no such document.
        """
        return as_on(self._index.snapshot.document(document_id), date.today())

    def documents(self) -> list[Document]:
        """All published documents without their text, by id, their status that of today."""
        today = date.today()
        return [as_on(document, today) for document in self._index.documents.values()]

    def excerpt(self, document_id: str, start: int, end: int) -> Excerpt:
        """A quote in its surroundings.

        Raises:
            NotFoundError: No such document, or the span is not inside its text.
        """
        return excerpt_of(
            self.document(document_id), self._index.snapshot.neighbours(document_id), start, end
        )

    @contextmanager
    def handover(self) -> Iterator[None]:
        """Around a publication, as `FollowingAssistant.handover`; but this one keeps its generation.

        Raises:
            IndexUnusableError: Another generation is published at the end of the block.
        """
        yield
        folder = published(self._settings.home)
        if folder is None or Manifest.read(folder) != self._index.manifest:
            raise IndexUnusableError("新的索引版本已经发布，重新启动后才按它回答。")

    def close(self) -> None:
        """Release the index."""
        self._index.close()


def applying(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Hits that may carry an answer, and those of other regions, each best first."""
    return [hit for hit in hits if not hit.rejected], [hit for hit in hits if hit.rejected]


def _told_elsewhere(query: Query, basis: Sequence[Hit], others: Sequence[Hit]) -> str:
    """The place whose clause alone tells what became of the text asked about by its 发文字号; "" where none does.

    川民规〔2022〕7号还有效吗, asked from nowhere: 四川's new text repeals it.
    """
    asked = doc_numbers(query.text) if query.of_record and not query.named_regions else []

    def tells(hit: Hit) -> bool:
        told = [*doc_numbers(hit.document.doc_number or ""), *numbers_ended(hit.passage.text)]
        return any(one.same(other) for one in asked for other in told)

    if not asked or any(map(tells, basis)):
        return ""
    return next((hit.document.region for hit in others if tells(hit)), "")


def _writer(settings: Settings, gazetteer: Gazetteer) -> Writer | None:
    """The optional language model; its libraries are imported only when one is configured."""
    if not (settings.llm_base_url or settings.llm_model):
        return None
    from assistant.llm import Writer

    return Writer.from_settings(settings, gazetteer=gazetteer)


def _explained(query: Query, verdict: Verdict, hits: Sequence[Hit]) -> dict[str, object]:
    return {
        "corrections": list(query.corrections),
        "topics": query.topics,
        "asked": [kind.value for kind in query.asked],
        "region": query.region,
        "named_regions": list(query.named_regions),
        "as_of": query.as_of.isoformat(),
        "follow_up": query.follow_up,
        "terms": {term: round(weight, 2) for term, weight in query.terms.items() if not term.startswith("#")},
        "verdict": {
            "status": verdict.status.value,
            "probability": round(verdict.probability, 3),
            "elsewhere": round(verdict.elsewhere, 3),
            "reason": verdict.reason,
        },
        "hits": [hit_json(rank, hit) for rank, hit in enumerate(hits[:_EXPLAINED_HITS], 1)],
    }
