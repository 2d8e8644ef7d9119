"""Do the figures of a rewritten sentence say what they say in the quotes (invariant I3)?

A figure being somewhere in the quotes is not enough: 个人会员五十名、单位会员三十个 must not
come back the other way round, nor 不少于 as 不超过. The words around each value must be more
like those around the same value in a quote than like those around any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt

from assistant.slots import DAY, DOC_NUMBER, NUMERALS, Slot, canonical, qualities_of, slots, without_counted

# Chosen on 166 rewritten sentences, half of them wrong (docs/model.md).
_TAIL_WEIGHT = 1.0
_AFTER_WEIGHT = 0.8
_WHOLE_WEIGHT = 0.4
_CROSSED_WEIGHT = 0.5  # 五十名会员 for 会员五十名
_QUALITY_WEIGHT = 1.0
_YEARS = (DAY, "年")  # 从2021年开始，为期三年
_SIGN = 3  # characters of an issuer's sign (民办发) that tell it from others
_FAR = 99.0  # no other value to be confused with

_TITLE = re.compile(r"《[^《》]*》")
_COMPARED = {
    "<=": re.compile(r"不[得能]?(?:超过|[高多大]于)"),
    ">=": re.compile(r"不[得能]?[低少小]于"),
    ">": re.compile(r"(?<!不)(?<!不[得能])(?:超过|[高多大]于)"),
    "<": re.compile(r"(?<!不)(?<!不[得能])[低少小]于|不足|[不未]满(?!意)"),
}
_SAME_SENSE = {
    "<=": re.compile(r"[至最]多|以下|以内|[日月年天时]内"),
    ">=": re.compile(r"[至最]少|起码|以上"),
    ">": re.compile(r"[^不未]满|[以之]?后"),
    "<": re.compile(r"以下|未超过|以内|[日月年天时]内|[未没]有?[达到]"),
}
# Numerals in words that count nothing; any other numeral must stand in the quotes with its neighbour.
_UNCOUNTED = re.compile(
    r"[这那哪]一(?!年|月|日)|一[些般定样起并旦律致同概经时直切边体贯再]|[统唯同单专逐另万]一|之一|进一步|一步步|第一(?=[,:])|十分(?!之)|百姓|千方百计|双方"
)
_LOOSE = re.compile(rf"[{NUMERALS}壹贰叁肆伍陆柒捌玖拾佰仟萬億廿卅半俩仨双几]+|数(?=[十百千万])")


def foreign_number(sentence: str, sources: Sequence[str]) -> str:
    """The first 发文字号 of a sentence that no source names, "" when all are named."""
    held = [m for source in sources for m in DOC_NUMBER.finditer(canonical(source))]
    for match in DOC_NUMBER.finditer(canonical(sentence)):
        if not any(_same_number(match, other) for other in held):
            return match.group()
    return ""


def _same_number(stated: re.Match[str], known: re.Match[str]) -> bool:
    """Year and number agree, and the issuer's sign does: 按民办发 ends as 民办发 does, 国发 does not."""
    if (stated[2], int(stated[3])) != (known[2], int(known[3])):
        return False
    return stated[1].endswith(known[1]) or stated[1][-_SIGN:] == known[1][-_SIGN:]


def disagreement(sentence: str, sources: Sequence[str]) -> str:
    """Why a sentence's figures, dates and opposites are not the sources', in Chinese; "" when they are.

    Args:
        sentence: One statement, as the model wrote it.
        sources: The cited quotes and what is known of their documents (title, date).
    """
    # Titles are compared as a whole (gates.py): the years in them are no dates of the sentence.
    stated = _TITLE.sub("《》", canonical(sentence))
    known = [canonical(source) for source in sources]
    held = [slot for source in known for slot in slots(source)]
    for slot in slots(stated):
        rivals = _YEARS if slot.kind in _YEARS else (slot.kind,)
        fault = _misplaced(slot, [h for h in held if h.kind in rivals])
        if fault:
            return fault
    everything = "\n".join(known)
    return (
        _loose_numeral(stated, everything)
        or _loose_bound(stated, everything)
        or _comparison(stated, everything)
        or _opposite(stated, everything)
    )


def _misplaced(slot: Slot, held: Sequence[Slot]) -> str:
    same = [h for h in held if _agree(slot, h)]
    if not same:
        return f"“{slot.shown}”不在引文中"
    best = max(_fit(slot, h) for h in same)
    other = max((_fit(slot, h) for h in held if not _agree(slot, h)), default=-_FAR)
    if slot.kind == DAY and not slot.value.startswith("-"):
        # A whole date is what it is; a year is shared by all that a sentence lists.
        misplaced = slot.value.endswith("-") and other > best
    else:
        misplaced = other >= best
    if misplaced:
        return f"“{slot.shown}”在引文中说的不是这件事"
    if slot.bound not in {h.bound for h in same if _fit(slot, h) == best}:
        return f"“{slot.shown}”的上下限与引文不同"
    return ""


def _loose_bound(stated: str, known: str) -> str:
    """以上 or 以下 behind something that is no figure (县级以上) must stand in the sources just so."""
    text = without_counted(stated)
    for match in re.finditer("以[上下内外]", text):
        before = text[match.start() - 1 : match.start()]
        if before.isalnum() and before + match.group() not in known:
            return f"“{before}{match.group()}”不在引文中"
    return ""


def _comparison(stated: str, known: str) -> str:
    """不得超过 must not come back as 超过, nor 少于 as 多于."""
    for sign, pattern in _COMPARED.items():
        found = pattern.search(stated)
        if found and not pattern.search(known) and not _SAME_SENSE[sign].search(known):
            return f"“{found.group()}”不在引文中"
    return ""


def _opposite(stated: str, known: str) -> str:
    """A word that the sources know only by its opposite: 城市 for 农村."""
    held = qualities_of(known)
    for number, words in qualities_of(stated).items():
        foreign = [word for word in words if word not in held.get(number, words)]
        if foreign:
            return f"“{foreign[0]}”不在引文中"
    return ""


def _agree(slot: Slot, other: Slot) -> bool:
    """Equal values; a date agrees with a fuller one (2020年 with 2020年12月7日)."""
    if slot.kind != DAY or other.kind != DAY:
        return (slot.kind, slot.value) == (other.kind, other.value)
    pairs = zip(slot.value.split("-"), other.value.split("-"), strict=True)
    return all(mine in ("", theirs) for mine, theirs in pairs)


def _fit(slot: Slot, other: Slot) -> float:
    """How alike the surroundings of two values are; 0.0 for not at all."""
    return (
        _alike(slot.near, other.near)
        + _TAIL_WEIGHT * _alike(slot.tail, other.tail)
        + _AFTER_WEIGHT * _alike(slot.after, other.after)
        + _WHOLE_WEIGHT * _alike(slot.whole, other.whole)
        + _QUALITY_WEIGHT * _matching(slot.qualities, other.qualities)
        + _CROSSED_WEIGHT * (_alike(slot.near, other.after) + _alike(slot.after, other.near))
    )


def _matching(a: dict[int, str], b: dict[int, str]) -> int:
    """Qualities in common, less those that contradict each other."""
    return sum(1 if a[number] == b[number] else -1 for number in a.keys() & b.keys())


def _alike(a: frozenset[str], b: frozenset[str]) -> float:
    """Cosine of two sets, 0.0 when one is empty."""
    return len(a & b) / sqrt(len(a) * len(b)) if a and b else 0.0


def _loose_numeral(stated: str, known: str) -> str:
    """A numeral that no figure covers (三社联动, 半数) and that the sources do not hold as it stands."""
    text = _UNCOUNTED.sub(lambda m: " " * len(m.group()), without_counted(stated))
    for match in _LOOSE.finditer(text):
        after, before = (
            stated[match.start() : match.end() + 1],
            stated[max(0, match.start() - 1) : match.end()],
        )
        if after not in known and before not in known:
            return f"“{after}”不在引文中"
    return ""
