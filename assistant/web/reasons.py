"""Why a clause stands where it stands (命中理由), in words an administrator knows and by how much each counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.ranking import MATCHING, Ranker

WORTH_NAMING = 0.05  # effects below this change no order
_GUESS = "uncharted"  # stands for all of `MATCHING` where no known way of asking is like the question
_REST = "其他因素"
# feature of the ranking: what it is called, and what it means
WORDS: dict[str, tuple[str, str]] = {
    "bm25": ("用词相同", "问题里的词在这一条里出现；越少见的词越算数。"),
    "coverage": ("问到的都提到", "问题里的词，有多大一部分写在这一条里。"),
    "implied": (
        "说法不同、意思相同",
        "把口语换成文件用语（如“办证”换成“登记”）以后，有多大一部分写在这一条里。",
    ),
    "dense": ("整句意思相近", "不看用词，只看整句话的意思像不像。"),
    "asked_words": ("与现成问法用词相近", "这一条记有别人常用的问法，和问题的用词像不像。"),
    "asked_dense": ("与现成问法意思相近", "这一条记有别人常用的问法，和问题的意思像不像。"),
    "asked_both": ("与现成问法几乎一样", "用词和意思都像现成的问法。"),
    "asked_so": ("就是现成的问法", "几乎一字不差就是某条现成的问法。"),
    "unasked": ("没有现成问法", "新加的文件，这一条没有人写过问法，另算一份。"),
    "unasked_coverage": ("没有现成问法，问到的都提到", "没有人写过问法的条款，问到的词提到多少更要紧。"),
    "unasked_dense": ("没有现成问法，整句意思相近", "没有人写过问法的条款，整句话的意思更要紧。"),
    _GUESS: (
        "新加的文件，按内容估计",
        "内置文件里没有人这样问过：按用词、意思、随法而来的问法和这类条款平时有没有人问来估计。",
    ),
    "topic": ("要点的主题相同", "要点卡的主题就是问题的主题。"),
    "topic_in_section": ("标题说的就是这个主题", "这一条所在的标题里有问题的主题。"),
    "kind_named": ("是点名的文种", "问题点了“条例”“办法”“解读”这类文种，这份文件正是。"),
    "year_named": ("是点名的年份", "问题里的年份写在这一条或文件标题、日期里。"),
    "article_named": ("是点名的那一条", "问题点了第几条，正是这一条。"),
    "title_named": ("是点名的文件", "问题点了文件名或文号，正是这份文件。"),
    "own_region": ("本地文件", "是所选地区自己的文件。"),
    "own_match": ("本地文件，内容也对得上", "所选地区自己的文件，而且和问题对得上。"),
    "region_named": ("是点名地区的文件", "问题点了一个地区，是那里的文件。"),
    "named_match": ("点名地区的文件，内容也对得上", "问题点了一个地区，是那里的文件，而且和问题对得上。"),
    "other_region": ("外地文件", "别的地区的文件，不能作为依据。"),
    "within": ("下级地区的文件", "只适用于所选地区里的一个地方。"),
    "stale": ("已修订、废止，或还没有生效", "这份文件现在不能照着办，排后一些。"),
    "expired": ("实施期已满", "方案或规划的期限已过，排后一些。"),
    "not_a_rule": ("不是规定", "答复、解读、经验材料、新闻一类，排后一些。"),
    "fact_card": ("要点整理，非原文", "有原文时原文优先。"),
    "has_figure": ("问数字，这一条有数字", "问多少、多久，这一条里写了数字。"),
    "has_money": ("问钱，这一条有金额", "问多少钱，这一条里写了金额。"),
    "same_organisation": ("说的是同一类组织", "如问的和写的都是社会团体。"),
    "other_organisation": ("说的是另一类组织", "如问社区社会组织，写的是基金会。"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved a clause up (`effect` above 0) or down; the effects of a clause add up to its score."""

    label: str
    meaning: str
    effect: float


def reasons(features: Mapping[str, float], *, score: float, ranker: Ranker) -> list[Reason]:
    """What moved a clause, most first; small effects are left out, features without words summed as others.

    Args:
        features: Values by feature name, as a hit's `reasons`.
        score: The clause's score.
        ranker: What the score was made with.
    """
    if _GUESS in features:
        return _sorted(_guessed(features, score=score, ranker=ranker))
    found = [_reason(name, ranker.score({name: value})) for name, value in features.items() if name in WORDS]
    rest = ranker.score({name: value for name, value in features.items() if name not in WORDS})
    return _sorted([*found, Reason(_REST, "", rest)])


def glossary(shown: Iterable[Reason]) -> dict[str, str]:
    """The meaning of each label, once, in order of appearance."""
    return {reason.label: reason.meaning for reason in shown if reason.meaning}


def _guessed(features: Mapping[str, float], *, score: float, ranker: Ranker) -> list[Reason]:
    """As above where the match itself was estimated: the estimate is what the other features leave of the score."""
    others = [
        _reason(name, ranker.score({name: value}))
        for name, value in features.items()
        if name in WORDS and name not in MATCHING and name != _GUESS
    ]
    return [*others, _reason(_GUESS, score - sum(reason.effect for reason in others))]


def _reason(name: str, effect: float) -> Reason:
    return Reason(*WORDS[name], effect)


def _sorted(found: Iterable[Reason]) -> list[Reason]:
    named = [reason for reason in found if abs(reason.effect) >= WORTH_NAMING]
    return sorted(named, key=lambda reason: -abs(reason.effect))
