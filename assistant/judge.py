"""Is a question answered by what was found? A calibrated probability, and the status that follows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.asked import Asked, asked_for
from assistant.docnumber import doc_numbers
from assistant.domain import AnswerStatus, Hit
from assistant.evidence import Evidence
from assistant.forms import form_missing, wants_figure
from assistant.levels import is_report
from assistant.naming import in_title, share_of_title
from assistant.periods import later_time
from assistant.regions import bare
from assistant.select import hits_of, meant_document, quoted_hits
from assistant.standing import Standing
from assistant.trees import Trees
from assistant.understand import Query

JUDGE_FILE = Path(__file__).parent / "models" / "judge.json"
SURELY_OURS, PERHAPS_OURS = 0.5, 0.15  # with a foreign cue, without and with a word of this field
SURE_THERE, DOUBTFUL_HERE = 0.7, 0.3  # a clause made for this, of another place, goes before a doubtful one
# The same for one that scores half as much again.
FAR_AHEAD, DOUBTFUL_BESIDE = 1.5, 0.45
SURE_ELSEWHERE = 0.5  # another region's clause must answer more likely than not to be named
_DAY = re.compile(r"(?:19|20)\d\d")
_BEGINS = re.compile(r"\d[^，。；]{0,8}(?:施行|实施|执行|生效|起)")
_NUMBER = re.compile(r"[A-Z]{2,}-\d|〔\d{4}〕\d")
_ENDS = re.compile(r"有效期|期满|实施期|规划期|目标期|方案期|年度|[至到—-]\s*20\d\d")
# The same in a clause, where 有效期 is most often a certificate's.
_ITS_END = re.compile(
    r"(?:本|该)?(?:办法|通知|意见(?!书)|方案|规定|条例|细则|指引|公告)[^，。；]{0,14}(?:有效期|施行至|执行至|废止)"
    r"|自[^。；]{0,30}(?:施行|实施|执行)[^。；]{0,12}有效期|实施期|规划期|方案期|目标期|到20\d\d年"
)
_NO_MATTER = re.compile(
    r"管理|服务|工作|[新老旧]?办法|正式|国家|全国|中央|[一二三四五六七八九十]+(?:年|部门|项)?|部门|地方|实施|双轨|\d+"
)
# What follows a word in the name of a text: 物业|管理条例.
_OF_TEXT = r"(?:的|那个?|这个?|[新老旧]|管理|服务|工作|促进|保护|组织|实施|登记|暂行|试行)*(?:条例|办法|规定|细则|意见|规划|方案|通知|公告|指引|指南|法)"
_NAMES = {
    Standing.NUMBER: "文号",
    Standing.ISSUER: "发文机关",
    Standing.ISSUED: "发布日期",
    Standing.SINCE: "施行日期",
    Standing.UNTIL: "有效期限",
}
_OUR_COUNTY = re.compile(r"(?:我们|咱们?|俺们?)(?:这)?(?:个)?[市区县镇乡街村](?!民政|里头的)")
NO_RULE = "文件库中没有直接规定"
FOLLOW_UP = 0.6  # share of the threshold for a follow-up: some of what it means was said before
STILL = 0.5  # the same where a text's record is asked about too
# Share of a title that a question about a record alone must have, of the nation's text where a place is named. From here
# on 91 % of the texts found are those meant; of the asker's own place 98 % whatever the share.
LEAST_TITLE, ELSEWHERE_TITLE = 0.2, 0.5
CLEARLY = 0.5  # so much more like a known way of asking than like a known gap
SAME_QUESTION = 0.6  # as like an expected question as this, the clause was written down as its answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's decision and what it rests on; `probability` is that of the basis answering."""

    status: AnswerStatus
    probability: float
    elsewhere: float
    reason: str

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
        here = self.probability(evidence(query, basis, rivals)) if basis else 0.0
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
            lacking = _lacking(query, basis)
            if lacking:
                return Verdict(AnswerStatus.NO_EVIDENCE, here, there, lacking)
            return Verdict(AnswerStatus.ANSWERED, here, there, "")
        if nearby >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.PARTIAL, here, there, local[0].document.region)
        if there >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.OTHER_REGION_ONLY, here, there, others[0].document.region)
        if not query.own_words and not query.follow_up:
            return Verdict(AnswerStatus.UNCLEAR, here, there, "没有看出要问的事项")
        return Verdict(AnswerStatus.NO_EVIDENCE, here, there, NO_RULE)

    def _plainly(self, query: Query, basis: Sequence[Hit], here: float, there: float) -> Verdict | None:
        """The verdict where no probability is needed: a text's record is asked for, or the very question is known."""
        unheld = _unheld_number(query, basis)
        if unheld:
            return Verdict(AnswerStatus.NO_EVIDENCE, here, there, f"没有收录{unheld}")
        meant = _meant(query, basis) if query.of_record else []
        if meant and not meant[0].reasons["title_named"] and _names_another(query, meant[0].document.title):
            lacking = "没有收录您问的文件"
        elif meant:
            lacking = unwritten(query.standing, meant)
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


def _outside(query: Query, verdict: Verdict) -> Verdict:
    """The verdict for another field's question; beside a word of ours it is only said that nothing was found."""
    return (
        verdict if query.out_of_scope else replace(verdict, status=AnswerStatus.NO_EVIDENCE, reason=NO_RULE)
    )


def _unheld_number(query: Query, basis: Sequence[Hit]) -> str:
    """The 发文字号 whose validity is asked about and that no text to be quoted bears or mentions, "" without one."""
    asked = doc_numbers(query.text) if query.standing and basis else []
    if not asked or any(hit.reasons["title_named"] for hit in basis):
        return ""
    said = [
        number
        for hit in quoted_hits(query, basis)
        for number in doc_numbers(
            f"{hit.document.doc_number} {hit.document.status_evidence} {hit.passage.text}"
        )
    ]
    return next((one.written for one in asked if not any(map(one.same, said))), "")


def _asked_just_so(hit: Hit) -> bool:
    """Whether somebody wrote down practically this question as one that the clause answers, and no gap like it."""
    reasons = hit.reasons
    likeness = reasons["asked_words"] + reasons["asked_dense"]
    return bool(reasons["asked_so"]) and reasons["gap_words"] + reasons["gap_dense"] <= likeness - CLEARLY


def _meant(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """The hits of the text whose record is asked about; [] when it is hardly one of these.

    A text of a place that is named is not meant by a rule of a wider one, unless that is named too.
    """
    found = hits_of(meant_document(query, basis), basis)
    if not found or found[0].reasons["title_named"]:
        return found
    if found[0].reasons["own_region"]:
        return found
    least = ELSEWHERE_TITLE if query.named_regions else LEAST_TITLE
    return found if share_of_title(query.text, found[0].document.title) >= least else []


def _names_another(query: Query, title: str) -> bool:
    """Whether the question names a text by words that this title has none of: 物业管理条例 is no 备案管理办法."""
    named = [
        word
        for word in query.own_words
        if not _NO_MATTER.fullmatch(word) and re.search(re.escape(word) + _OF_TEXT, query.searched)
    ]
    return bool(named) and not any(in_title(word, title) for word in named)


def unwritten(standing: Sequence[Standing], meant: Sequence[Hit]) -> str:
    """What is asked for of a text's record, when nothing of it is recorded or said in its hits; else "".

    Args:
        standing: What is asked of the record, likeliest first, not empty.
        meant: Hits of the text, best first, not empty.
    """
    document = meant[0].document
    words = " ".join(hit.passage.text for hit in meant)
    recorded = f"{document.status_evidence} {document.title}"
    told = f"{recorded} {words}"
    written = {
        Standing.NUMBER: document.doc_number or _NUMBER.search(document.status_evidence),
        Standing.ISSUER: document.issuer,
        Standing.ISSUED: document.issued_on or _DAY.search(told),
        Standing.SINCE: document.effective_on or _BEGINS.search(told),
        Standing.UNTIL: document.expires_on or _ENDS.search(recorded) or _ITS_END.search(words),
    }
    lacking = all(kind in written and not written[kind] for kind in standing)
    return f"没有写明{_NAMES[standing[0]]}" if lacking else ""


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


def _of_a_wider_place(query: Query, hit: Hit) -> bool:
    """Whether a report of a wider place is asked for the figure of a place inside it, which it does not name."""
    if query.wants_national or not is_report(hit.document.level):
        return False
    inside = [
        path
        for path in query.named_regions
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
