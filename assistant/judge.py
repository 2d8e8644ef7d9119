"""Is a question answered by what was found? A calibrated probability, and the status that follows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.asked import Asked, asked_for
from assistant.domain import AnswerStatus, Hit
from assistant.evidence import Evidence
from assistant.forms import form_missing, wants_figure
from assistant.levels import is_report
from assistant.periods import later_time, past_period
from assistant.recorded import (
    is_another,
    is_over,
    meant_hits,
    only_mentioned,
    unheld_number,
    unheld_there,
    unsaid,
)
from assistant.regions import bare
from assistant.select import quoted_hits
from assistant.trees import Trees
from assistant.understand import Query

JUDGE_FILE = Path(__file__).parent / "models" / "judge.json"
SURELY_OURS, PERHAPS_OURS = 0.5, 0.15  # with a foreign cue, without and with a word of this field
SURE_THERE, DOUBTFUL_HERE = 0.7, 0.3  # a clause made for this, of another place, goes before a doubtful one
# The same for one that scores half as much again.
FAR_AHEAD, DOUBTFUL_BESIDE = 1.5, 0.45
# Log odds that a clause with the figure asked for states it, and by how much surer than of the best one without. Five of
# the development questions that nothing answers would be answered without them, none with them.
STATED, SURER = 0.0, 2.0
SURE_ELSEWHERE = 0.5  # another region's clause must answer more likely than not to be named
_OUR_COUNTY = re.compile(r"(?:我们|咱们?|俺们?)(?:这)?(?:个)?[市区县镇乡街村](?!民政|里头的)")
_HOW_MANY_THERE_ARE = re.compile(
    r"^(?!.*(?:省|全市|市里|自治区|全区)).*(?<![要得须应需])有多少"
)  # none wider is meant
NO_RULE = "文件库中没有直接规定"
FOLLOW_UP = 0.6  # share of the threshold for a follow-up: some of what it means was said before
STILL = 0.5  # the same where a text's record is asked about too
CLEARLY = 0.5  # so much more like a known way of asking than like a known gap
SAME_QUESTION = 0.6  # as like an expected question as this, the clause was written down as its answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's decision and what it rests on; `probability` is that of the basis answering.

    `of_basis`: a partial answer comes from the basis itself and not from a place within; `lacking`
    is what it leaves unanswered, "" where its words say so.
    """

    status: AnswerStatus
    probability: float
    elsewhere: float
    reason: str
    of_basis: bool = False
    lacking: str = ""

    def unless_below(self, probability: float) -> Verdict:
        """The same, but no answer where the basis is less likely than this to give one."""
        return self if self.probability >= probability else replace(self, status=AnswerStatus.NO_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Judge:
    """Boosted trees over match features, trained by `ingest train-judge`.

    `threshold` is the probability from which an answer is given, `threshold_new` that for
    a text without known ways of asking; docs/calibration.md has the curve they were chosen
    from. `harmless` counts words of everyday speech (`Evidence`).
    """

    trees: Trees
    threshold: float
    threshold_new: float
    harmless: Mapping[str, int]

    @classmethod
    def load(cls, path: Path = JUDGE_FILE) -> Judge:
        """Read the shipped weights."""
        data = json.loads(path.read_text("utf-8"))
        return cls(Trees.of(data["trees"]), data["threshold"], data["threshold_new"], data["harmless"])

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability, 0 to 1, that the hits the features describe answer the question."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.trees.sum(features)))))

    def verdict(
        self, query: Query, basis: Sequence[Hit], others: Sequence[Hit], *, evidence: Evidence
    ) -> Verdict:
        """Decide how the question ends.

        Args:
            query: The understood question.
            basis: Hits that may carry an answer, best first.
            others: Hits of other regions, best first.
            evidence: Computes match features of a list of hits.
        """
        if Asked.CONTACT in query.asked and not query.parts:  # else the part that asks for it is refused
            return Verdict(AnswerStatus.NO_EVIDENCE, 0.0, 0.0, "联系方式")
        if query.never_ours:
            return Verdict(AnswerStatus.OUT_OF_SCOPE, 0.0, 0.0, query.never_ours)
        rivals = () if query.wants_national else others
        here = self._likely(query, basis, rivals, evidence)
        there = self.probability(evidence(query, others)) if others else 0.0
        if query.perhaps_outside and here < self._least_outside(query, basis):
            return _outside(query, Verdict(AnswerStatus.OUT_OF_SCOPE, here, there, query.perhaps_outside))
        plain = self._plainly(query, basis, here, there)
        if plain:
            return plain
        local = within(others)
        nearby = self.probability(evidence(query, local)) if local else 0.0
        if nearby >= SURE_THERE and here < DOUBTFUL_HERE:
            return Verdict(AnswerStatus.PARTIAL, here, there, local[0].document.region)
        if there >= SURE_THERE and _made_elsewhere(query, basis, others, here=here):
            status = AnswerStatus.PARTIAL if others[0].reasons["within"] else AnswerStatus.OTHER_REGION_ONLY
            return Verdict(status, here, there, others[0].document.region)
        threshold = self.threshold_new if basis and basis[0].reasons["unasked"] else self.threshold
        if here >= threshold * _leniency(query):
            return _answering(query, basis, here, there)
        if is_over(query, basis):
            return _in_part(here, there, "")
        if nearby >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.PARTIAL, here, there, local[0].document.region)
        if there >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.OTHER_REGION_ONLY, here, there, others[0].document.region)
        if not query.own_words and not query.follow_up:
            return Verdict(AnswerStatus.UNCLEAR, here, there, "没有看出要问的事项")
        return Verdict(AnswerStatus.NO_EVIDENCE, here, there, NO_RULE)

    def _likely(self, query: Query, basis: Sequence[Hit], rivals: Sequence[Hit], evidence: Evidence) -> float:
        """Probability that the best hit answers, or the one that is quoted instead because it has the figure asked for."""
        if not basis:
            return 0.0
        best = self.probability(evidence(query, basis, rivals))
        shown = quoted_hits(query, basis)[:1] if wants_figure(query) and not query.follow_up else []
        if not shown or shown[0] is basis[0] or not form_missing(query, basis[0].passage.text):
            return best
        read = evidence.stated(query.searched, [basis[0], shown[0]])
        if not read or read[1] < max(STATED, read[0] + SURER):
            return best
        instead = [*shown, *(hit for hit in basis if hit is not shown[0])]
        return max(best, self.probability(evidence(query, instead, rivals)))

    def _plainly(self, query: Query, basis: Sequence[Hit], here: float, there: float) -> Verdict | None:
        """The verdict where no probability is needed: a text's record is asked for, or the very question is known."""
        unheld = unheld_number(query, basis)
        if unheld:
            return Verdict(AnswerStatus.NO_EVIDENCE, here, there, f"没有收录{unheld}")
        meant = meant_hits(query, basis) if query.of_record else []
        if meant and is_another(query, meant):
            lacking = "没有收录您问的文件"
        elif meant:
            lacking = unheld_there(query, meant[0].document) or unsaid(query, meant)
            if lacking or only_mentioned(query, meant[0]):
                return _in_part(here, there, lacking)
            lacking = ""
        elif basis and _asked_just_so(basis[0]):
            here, lacking = max(here, self.threshold), _lacking(query, basis)
        else:
            return None
        return Verdict(AnswerStatus.NO_EVIDENCE if lacking else AnswerStatus.ANSWERED, here, there, lacking)

    def _least_outside(self, query: Query, basis: Sequence[Hit]) -> float:
        """Probability from which a question with a cue of another field is answered; what is added widens the field."""
        if basis and not basis[0].document.builtin:
            return self.threshold_new
        return SURELY_OURS if query.out_of_scope else PERHAPS_OURS


def _answering(query: Query, basis: Sequence[Hit], here: float, there: float) -> Verdict:
    """The verdict on hits that are likely enough: an answer, one in part, or none where they lack what is asked."""
    lacking = _lacking(query, basis)
    if lacking:
        return Verdict(AnswerStatus.NO_EVIDENCE, here, there, lacking)
    past = past_period(query, quoted_hits(query, basis))
    if past:
        return _in_part(here, there, f"没有写到{past}的情况")
    return Verdict(AnswerStatus.ANSWERED, here, there, "")


def _in_part(here: float, there: float, lacking: str) -> Verdict:
    """The verdict that the basis answers but in part."""
    return Verdict(AnswerStatus.PARTIAL, here, there, "", of_basis=True, lacking=lacking)


def _outside(query: Query, verdict: Verdict) -> Verdict:
    """The verdict for another field's question; beside a word of ours it is only said that nothing was found."""
    return (
        verdict if query.out_of_scope else replace(verdict, status=AnswerStatus.NO_EVIDENCE, reason=NO_RULE)
    )


def _asked_just_so(hit: Hit) -> bool:
    """Whether somebody wrote down practically this question as one that the clause answers, and no gap like it."""
    reasons = hit.reasons
    likeness = reasons["asked_words"] + reasons["asked_dense"]
    return bool(reasons["asked_so"]) and reasons["gap_words"] + reasons["gap_dense"] <= likeness - CLEARLY


def _leniency(query: Query) -> float:
    """Share of the threshold that is enough for a question whose own words say little of what is looked for."""
    if query.follow_up:
        return FOLLOW_UP
    return STILL if query.standing else 1.0


def within(others: Sequence[Hit]) -> list[Hit]:
    """Hits of places inside the asker's region (the city's rule when a province was chosen)."""
    return [hit for hit in others if hit.reasons["within"]]


def _made_elsewhere(query: Query, basis: Sequence[Hit], others: Sequence[Hit], *, here: float) -> bool:
    """Whether another place's clause goes before those from here, which answer with probability `here`."""
    if query.wants_national or not basis:
        return False
    lead = others[0].score / max(basis[0].score, 1e-9)
    return lead > 1 and here < (DOUBTFUL_HERE if lead < FAR_AHEAD else DOUBTFUL_BESIDE)


def _places_counted(query: Query) -> Sequence[str]:
    """The places whose own figure is asked for: those named, else the chosen one where it is asked how many there are."""
    if query.named_regions or not (query.chosen and _HOW_MANY_THERE_ARE.search(query.text)):
        return query.named_regions
    return (query.chosen,)


def _of_a_wider_place(query: Query, hit: Hit) -> bool:
    """Whether a report of a wider place is asked for the figure of a place inside it, which it does not name."""
    if query.wants_national or not is_report(hit.document.level):
        return False
    inside = [
        path
        for path in _places_counted(query)
        if path.startswith(hit.document.region) and path != hit.document.region
    ]
    leaves = [bare(path.removeprefix(hit.document.region)) for path in inside]
    local = bool(_OUR_COUNTY.search(query.text)) and hit.document.region != query.chosen
    return local or (bool(leaves) and not any(leaf and leaf in hit.passage.text for leaf in leaves))


def _lacking(query: Query, basis: Sequence[Hit]) -> str:
    """What the question asks for and no clause to be quoted states, in Chinese; "" when nothing is."""
    shown = quoted_hits(query, basis)
    later = later_time(query, shown)
    if later:
        return f"没有写到{later}的情况"
    if wants_figure(query) and all(_of_a_wider_place(query, hit) for hit in shown):
        return "没有写到这个地方的数字"
    if (
        not all(form_missing(query, hit.passage.text) for hit in shown)
        or basis[0].reasons["asked_words"] >= SAME_QUESTION
    ):
        return ""
    asked = asked_for(query.asking)
    if Asked.AMOUNT in asked:
        return "没有写明具体金额"
    if Asked.TIME_LIMIT in asked:
        return "没有写明具体期限"
    return "没有写明具体数量" if Asked.NUMBER in asked else "没有写明所问的细节"
