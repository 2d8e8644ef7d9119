"""How a row is judged and named for a reader: 对/部分/错, what was missing, Chinese names of statuses."""

from __future__ import annotations

from evals.matching import Haystack, without_markup
from evals.metrics import forbidden_found
from evals.rows import Row

STATUS_NAMES = {
    "answered": "已答",
    "partial": "部分回答",
    "no_evidence": "无依据",
    "other_region_only": "只有外地规定",
    "out_of_scope": "超出范围",
    "unclear": "问题不清",
    "error": "出错",
}
# Our own question sets name kinds and wordings in English; a sheet's own words are shown as they are.
KIND_NAMES = {
    "number": "数字", "list": "列举", "yesno": "是非", "who": "由谁", "fact": "事实", "procedure": "步骤",
    "comparison": "比较", "multipart": "几问合一", "followup": "接着问", "wrong_premise": "前提有误",
    "jurisdiction": "地区适用", "validity": "效力", "unanswerable": "文件没写", "out_of_scope": "超出范围",
    "colloquial": "口语", "formal": "书面语", "typo": "错别字", "dialect": "方言",
}  # fmt: skip
RIGHT, PARTLY, WRONG = "对", "部分", "错"
GIVEN = ("answered", "partial")  # statuses that assert something
VERDICTS = (RIGHT, PARTLY, WRONG)  # also what a person may enter in 人工判定


def verdict_of(row: Row) -> str:
    """对, 部分 (some facts, nothing forbidden) or 错; empty when the question is not labelled."""
    correct = row.scores.get("correct")
    if correct is None:
        return ""
    if correct == 1.0:
        return RIGHT
    some = row.scores.get("key_fact_recall", 0.0) > 0 and row.status in GIVEN
    return PARTLY if some and not row.scores.get("forbidden") else WRONG


def missing_facts(row: Row) -> list[tuple[str, ...]]:
    """The key facts of which no variant occurs in answer, quotes or notices."""
    haystack = Haystack.of([without_markup(row.answer), *(c.quote for c in row.citations), *row.notices])
    return [fact for fact in row.question.key_facts if not haystack.contains_any(fact)]


def wrong_words(row: Row) -> list[str]:
    """The forbidden strings that the answer's own words hold."""
    return forbidden_found(row.question.must_not, without_markup(row.answer))
