"""Premise check (前提核对): what a question takes for granted and the quoted words contradict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.numerals import Figure, figures
from assistant.understand import Query

_TARGET = re.compile(r"力争|目标|到\s*20\d\d\s*年|末实现|达到.{0,12}以上|逐步")
_AUTHORITIES = (
    ("民政部门", r"民政(?:部门|局|厅|所)"),
    ("街道办事处（乡镇政府）", r"街道(?:办事处|办)?|乡镇(?:人民)?政府|街道[（(〔]乡镇"),
    ("村（居）民委员会", r"居委会|居民委员会|村委会|村[（(]居[）)]民委员会|社区居委"),
    ("公安机关", r"公安|派出所"),
    ("市场监管部门", r"市场监管|工商局|工商部门"),
    ("税务部门", r"税务"),
    ("业务主管单位", r"业务主管"),
)
_ARTICLES = (
    "一个",
    "一家",
    "一名",
    "一位",
    "一次",
    "一类",
    "一种",
    "一支",
    "一项",
    "一件",
)  # "a", not a claim
_OWN_COUNT = re.compile(
    r"(?:我们|咱们?|俺们?|我这|这边|队里|手上|一共|总共|拢共|现在|目前|只)[^，,。；;？?\s得要须满够定写说]{0,8}$"
    r"|(?:凑|拉|找|攒|招|召集|叫上?|喊)(?:了|齐|到|上|来)?(?:了|个)?$"
)
_CHECKS_AUTHORITY = re.compile(r"归|由|找|到|去|向|得|是")


def corrections(query: Query, quotes: Sequence[str]) -> list[str]:
    """Sentences that correct the question's premises, in Chinese; [] when none is contradicted.

    Only questions that assert something are checked, and only against figures of the
    same unit or authorities named in the quotes.
    """
    if not quotes or not (query.confirms or query.says_done):
        return []
    evidence = "\n".join(quotes)
    found = [_figure_line(query, figure, evidence) for figure in query.figures]
    found.append(_authority_line(query, quotes[0]))
    found.append(_target_line(query, evidence))
    return [line for line in found if line]


def authorities(text: str) -> list[str]:
    """Kinds of body that a text names, in a fixed order and in plain words."""
    return [name for name, pattern in _AUTHORITIES if re.search(pattern, text)]


def _figure_line(query: Query, figure: Figure, evidence: str) -> str:
    if (
        figure.text in _ARTICLES
        or not figure.unit
        or (
            figure.unit in ("年", "月", "日", "号", "条", "款", "项")
            and "天" not in figure.text
            and "日" not in figure.text
        )
    ):
        return ""
    if _OWN_COUNT.search(query.text[: figure.start]):
        return ""  # what the asker has, no claim about the rule: 我们凑了26个街坊
    same = [f for f in figures(evidence) if f.unit == figure.unit]
    if not same or any(f.value == figure.value for f in same):
        return ""
    actual = "、".join(dict.fromkeys(f.text for f in same[:4]))
    return f"您提到的“{figure.text}”与原文不一致：原文写的是{actual}。"


def _authority_line(query: Query, quote: str) -> str:
    if not query.confirms or not _CHECKS_AUTHORITY.search(query.text):
        return ""
    asked, named = authorities(query.text), authorities(quote)
    if len(asked) != 1 or not named or asked[0] in named:
        return ""
    return f"您提到的是{asked[0]}，原文写的是{'、'.join(named)}。"


def _target_line(query: Query, evidence: str) -> str:
    if query.says_done and _TARGET.search(evidence):
        return "原文写的是目标或打算，不是已经完成的结果。"
    return ""
