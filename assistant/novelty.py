"""What a rewritten sentence brings in that the quotes do not say, leaves out that they demand, or joins that they keep apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.slots import canonical, without_counted

_HAN = "\u3400-\u9fff"
_PLAIN = frozenset(  # single characters that join words and say nothing by themselves
    "的了在是和与及或者也还就要应当由对于把被给按照自从到向以为其该这那此有等且用能可得需不没未并而则若如果之时即让使后地来于项条款种份立根据先交已它他她们"
)
_OPPOSED = "大小多少高低长短新旧轻重每"  # characters that change what is said by themselves
_PHRASES = re.compile(  # what a rewriter says about the text itself
    "提出|规定|要求|包括|目标|总体|成立|总数|合计|印发|材料|交齐|时间|其中|具体|同时|另外|此外|以及|方面|情况|进行|方案|文件|办理|分为|属于|就是|也就是"
)
_OFTEN = re.compile("每(?:个?月|周|日|天|季度?|半年|年)")
_TWICE = re.compile(rf"([{_HAN}]{{2,6}})(?:或者?|和|与|、)\1")  # 同意或同意: a 不 was lost
_NUMERALS = re.compile(r"百分之|[零〇一二两三四五六七八九十百千万亿第年月日个内底前后满至起上下届]")
_BRACKETED = re.compile(r"\([^()]{1,6}\)")
_REMARK = re.compile(r"\([^()]*\)")
_UNIT = re.compile(r"[。;!?\n]")
_CONDITION = re.compile(
    r"([^,;。:]{2,24}的),?(?=处|由|应|不得|予以|责令|并处|可|要|经|给予|撤销|取缔|吊销|警告)"
)
_STEP = re.compile(r"(?:须|应|要)?先?(?:经|报|依法|按照?|符合|具备|征得|取得|在[^,]+[前后])")
_KEPT = 0.5  # share of a condition's pairs that a sentence must have
_TOLD = 0.7  # share of a consequence that makes a sentence tell it
_SURE = 0.6  # share of a clause that places it in one quoted unit
_CLEARLY = 0.3  # by which another unit has less of it
_LEAST = 4  # characters of a clause that can be placed


def added(sentence: str, sources: Sequence[str]) -> str:
    """Words of a sentence that stand in none of the sources and do more than join, "" without any.

    Every pair of characters that a source has is covered; what is left must be figures, which
    are compared elsewhere, or plain words.
    """
    text, known = without_counted(canonical(sentence)), canonical("\n".join(sources))
    known += "\n" + _BRACKETED.sub("", known)  # 居(村)委会 is 居委会 too
    for words in (*_OFTEN.findall(text), *(match[0] for match in _TWICE.finditer(text))):
        if words not in known:
            return words
    covered = [False] * len(text)
    for at in range(len(text) - 1):
        if text[at : at + 2] in known:
            covered[at] = covered[at + 1] = True
    left = "".join(char if not seen else "\n" for char, seen in zip(text, covered, strict=True))
    for piece in re.findall(rf"[{_HAN}]+", _PHRASES.sub("\n", left)):
        word = _NUMERALS.sub("", piece).strip("".join(_PLAIN))
        if len(word) > 1 or (word and (word in _OPPOSED or word not in known)):
            return word
    return ""


def lost_condition(sentence: str, quotes: Sequence[str]) -> str:
    """A condition (情节严重的) that the quotes set before what a sentence tells, and the sentence drops; "" if none."""
    told, units = canonical(sentence), [_REMARK.sub("", unit) for unit in _units(quotes)]
    for unit in units:
        for match in _CONDITION.finditer(unit):
            follows = unit[match.end() :].lstrip(",").split(",")[0]
            if (
                _told_once(follows, units)
                and _share(follows, told) >= _TOLD
                and _share(match[1], told) < _KEPT
            ):
                return match[1]
        if skipped := _skipped(unit, told):
            return skipped
    return ""


def _skipped(unit: str, told: str) -> str:
    """A step between two clauses that are told, which is left out (经上级党组织批准); "" if none."""
    clauses = unit.split(",")
    for before, step, after in zip(clauses, clauses[1:], clauses[2:], strict=False):
        around = min(_share(before, told), _share(after, told))
        if _STEP.match(step) and around >= _TOLD and _share(step, told) < _KEPT:
            return step
    return ""


def joined(sentence: str, quotes: Sequence[str]) -> str:
    """Two clauses told as one rule that the quotes have in different ones, as 'A…B'; "" if none."""
    units = _units(quotes)
    for statement in _UNIT.split(canonical(sentence)):
        clauses = [clause for clause in statement.split(",") if len(clause) >= _LEAST]
        for first, second in pairwise(clauses):
            here, there = _placed(first, units), _placed(second, units)
            if here is None or there is None or here == there:
                continue
            if not _ends(first, units[here]) and not _begins(second, units[there]):
                return f"{first[:8]}…{second[:8]}"
    return ""


def _placed(clause: str, units: Sequence[str]) -> int | None:
    """The unit that clearly is what a clause renders, None when several or none may be."""
    shares = [_share(clause, unit) for unit in units]
    best = max(range(len(shares)), key=shares.__getitem__, default=None)
    if best is None or shares[best] < _SURE:
        return None
    others = [share for at, share in enumerate(shares) if at != best]
    return best if all(shares[best] - share >= _CLEARLY for share in others) else None


def _told_once(words: str, units: Sequence[str]) -> bool:
    """Whether only one place of the quotes says so: what follows from two conditions may be told with either."""
    return "".join(units).count(words) == 1 and sum(_share(words, unit) >= _TOLD for unit in units) == 1


def _begins(clause: str, unit: str) -> bool:
    """Whether a clause renders how a unit begins, so that nothing stands before it there."""
    return _share(unit.partition(",")[0], clause) >= _KEPT


def _ends(clause: str, unit: str) -> bool:
    """Whether a clause renders how a unit ends."""
    return _share(unit.rpartition(",")[2], clause) >= _KEPT


def _units(quotes: Sequence[str]) -> list[str]:
    return [unit for quote in quotes for unit in _UNIT.split(canonical(quote)) if unit]


def _share(part: str, whole: str) -> float:
    """Share of a text's pairs of characters that another has, 0 to 1; 0 for less than a pair."""
    pairs = {part[at : at + 2] for at in range(len(part) - 1)}
    return sum(pair in whole for pair in pairs) / len(pairs) if pairs else 0.0
