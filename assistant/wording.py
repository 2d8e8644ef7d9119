"""Does a rewritten sentence forbid, oblige and promise what the quotes do, no more and no less?

不得从事 must not come back as 可以从事, 鼓励 not as 应当, a target (力争) not as a result. The
small words are taken out of both texts, remembering where they stood; what follows each
of them is then looked up in the other text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.slots import canonical

_REACH = 12  # characters on each side that tell whether two places say the same
_SCOPES = {"negation": 6, "prefix": 4}  # characters behind 不得 or 非 that it surely covers
_PHRASE, _CLAUSE = re.compile(r"[^的,、(:]*"), re.compile(r"[^的,(方才]*")
_RANK = ("negation", "prefix", "strong", "hedge", "weak")  # which counts when two stand together
_TOLD_TWICE = 0.85  # share of the best that makes another unit as good: 对具备…的；对不具备…的
_STANDS_ALONE = 0.6  # share of a clause found in one quoted unit
_HEDGED = 6  # characters behind 鼓励 that must not come back without it
_PAIR = 2  # fewer characters in common are chance

# Words that look like a negation and are none: 不少于 is a bound (agreement.py), 不断 an adverb.
_NO_NEGATION = (
    r"不[得能]?[少低小多高大]于|不[得能]?超过|[不未]满|不足|不[断仅但同论管等久良过妨]|不可抗力|不动产|不定期|未来|未成年|无论|无偿|无障碍|"
    r"非常|非遗|非物质|除非|免[费税]|差不多|是不是|要不要|能不能|有没有"
)
_NEGATION = (
    r"(?:不|未|无|没有?|禁止|严禁|谢绝|免于|免予?|勿)"
    r"(?:必须|必|需要|可以|应当|能够|允许|得|能|可|予|需|须|用|要|应|会|准|许|宜|再|经|曾|是|属于?)?"
)
_STRONG = r"必须|应当|务必|一律|须|(?<![适相对反响供回呼])应(?![用急对付变])"
_WEAK = r"可以|能够|允许|(?<![许认宁])可(?![见能靠行比谓观持喜视])"
_HEDGE = r"鼓励|提倡|倡导|原则上|有条件的(?:地方|地区|可以|可|要)|力争|争取|拟(?=[规定将在])"
_SMALL_WORDS = re.compile(
    rf"(?P<plain>{_NO_NEGATION})|(?P<prefix>非)|(?P<negation>{_NEGATION})|(?P<hedge>{_HEDGE})|(?P<strong>{_STRONG})|(?P<weak>{_WEAK})"
)
_OBLIGES = re.compile(rf"{_STRONG}|(?<![需主重必])要(?![求素点件闻])|需(?!要|求)|不[得予能]|[禁严]禁?止|只能")
_ALLOWS = re.compile(rf"{_WEAK}|可|能|自愿|鼓励|支持|倡导|提倡")
_SOFTENS = re.compile(rf"{_HEDGE}|探索|目标|拟|计划|{_WEAK}")
_DONE = re.compile(r"已经?(?!知|被|[满到过废失作修])|都(?:达到|完成|实现)了|[达完实][到成现]了")
_BESIDE = re.compile(r"[不未无非没](?=(?P<pair>[\u4e00-\u9fff]{1,2}))")
_ONE_NEGATION = re.compile(rf"{_NEGATION}|非")
_ENDS_NEGATED = re.compile(rf"(?:{_NEGATION}|非)+$")
_ORDER = re.compile(r"先([^,;。]{2,20}?)[,、]?(?:[再后])([^,;。]{2,20})")
_TARGET = re.compile(r"力争|争取|目标|拟(?:于|在|规定)|计划到")


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without its small words; `marks` says which kind stood before which position."""

    text: str
    marks: dict[int, str]

    @property
    def scopes(self) -> list[range]:
        """What each negation surely covers: a few characters, to a 的, a comma or a bracket."""
        ends = [*sorted(self.marks), len(self.text)]
        return [
            range(at, at + _length(_PHRASE, self.text[at : min(following, at + _SCOPES[self.marks[at]])]))
            for at, following in pairwise(ends)
            if self.marks[at] in _SCOPES
        ]

    @property
    def negated(self) -> frozenset[int]:
        """All positions surely under a negation."""
        return frozenset(at for scope in self.scopes for at in scope)

    def governed(self, *kinds: str) -> frozenset[int]:
        """Positions that words of these kinds may cover, each to the next one: 不得危害安全、损害利益 forbids both."""
        ends = [*sorted(self.marks), len(self.text)]
        covered: set[int] = set()
        for at, following in pairwise(ends):
            if self.marks[at] in kinds:
                covered.update(range(at, at + _length(_CLAUSE, self.text[at:following])))
        return frozenset(covered)

    def outside(self, covered: frozenset[int]) -> frozenset[int]:
        """All other positions."""
        return frozenset(range(len(self.text))) - covered


def overreach(sentence: str, quotes: Sequence[str]) -> str:
    """Why a sentence says more or less than the quotes, in Chinese; "" when it does not.

    Args:
        sentence: One statement, as the model wrote it.
        quotes: The cited quotes.
    """
    units = [unit for quote in quotes for unit in _units(quote)]
    if lost := _lost_beside(canonical(sentence), "。".join(units)):
        return f"引文否定了“{lost}”"
    for stated in _units(sentence):
        clauses = [clause for clause in stated.split(",") if clause]
        for number, clause in enumerate(clauses):
            nearest = _nearest_to(clauses, number, units)
            fault = (
                _turned(bare(clause), bare(nearest))
                or _shifted(bare(clause), bare(nearest))
                or _other_strength(clause, nearest, whole=stated)
            )
            if fault:
                return fault
    return ""


def bare(text: str) -> Bare:
    """Canonical text without negations, obligations, permissions and hedges."""
    kept: list[str] = []
    marks: dict[int, str] = {}
    size = at = 0
    for match in _SMALL_WORDS.finditer(text):
        if match["plain"]:
            continue
        kept.append(text[at : match.start()])
        size += match.start() - at
        at = match.end()
        kind = str(match.lastgroup)
        if size not in marks or _RANK.index(kind) < _RANK.index(marks[size]):
            marks[size] = kind
    return Bare("".join([*kept, text[at:]]), marks)


def _lost_beside(stated: str, known: str) -> str:
    """Two characters that stand behind a negation (不良) in the quotes, and otherwise here; "" if none."""
    for match in _BESIDE.finditer(known):
        pair = match["pair"] if len(match["pair"]) == _PAIR else match["pair"] + r"(?![\u4e00-\u9fff])"
        if not _negations_before(pair, stated) <= _negations_before(pair, known):
            return match["pair"]
    return ""


def _negations_before(pair: str, text: str) -> set[int]:
    """For each place of the pair, whether an odd (1) or even (0) number of negations stands right before it."""
    before = (_ENDS_NEGATED.search(text[: m.start()]) for m in re.finditer(pair, text))
    return {len(_ONE_NEGATION.findall(found.group())) % 2 if found else 0 for found in before}


def _turned(stated: Bare, nearest: Bare) -> str:
    """A negation that the nearest clause does not have at this place, or has and the sentence has not."""
    if len(stated.scopes) > len(nearest.scopes):
        return "引文没有这么多否定"
    covered, sure = nearest.governed(*_SCOPES), nearest.negated
    for scope in stated.scopes:
        if not scope and nearest.marks:
            continue  # 摊派一律禁止: what is forbidden stands before
        affirmed = _reach(stated, scope, nearest, nearest.outside(covered))
        known = bool(covered) and affirmed <= _reach(stated, scope, nearest, covered)
        if not (known and _held(stated.text[scope.start : scope.stop], nearest.text)):
            return f"引文没有否定“{stated.text[scope.start : scope.start + 6]}”"
    for scope in nearest.scopes:
        kept = _reach(nearest, scope, stated, stated.negated)
        for at in stated.outside(stated.negated):
            elsewhere = _reach(stated, [at], nearest, nearest.outside(sure))
            if _reach(nearest, scope, stated, [at]) > max(kept, elsewhere):
                return f"引文否定了“{nearest.text[scope.start : scope.start + 6]}”"
    later = [at for at in nearest.governed("negation") - sure if nearest.text[at - 1] in "、或和及"]
    for at in stated.outside(stated.governed(*_SCOPES)):
        if _reach(stated, [at], nearest, later) > _reach(stated, [at], nearest, nearest.outside(covered)):
            return f"引文否定了“{stated.text[at : at + 6]}”"
    return ""


def _held(negated: str, text: str) -> bool:
    """Most of what a sentence negates is spoken of in the quote."""
    pairs = [negated[at : at + 2] for at in range(len(negated) - 1)]
    return 2 * sum(pair in text for pair in pairs) >= len(pairs)


def _shifted(stated: Bare, nearest: Bare) -> str:
    """What the quote leaves free told as a duty, or what it demands or forbids told as allowed."""
    free, bound = nearest.governed("weak", "hedge"), nearest.governed("strong", *_SCOPES)
    for at, kind in stated.marks.items():
        if kind not in ("strong", "weak"):
            continue
        told, other = (bound, free) if kind == "strong" else (nearest.outside(bound), bound)
        if _reach(stated, [at], nearest, other) > _reach(stated, [at], nearest, told):
            return f"引文对“{stated.text[at : at + 6]}”不是这样要求的"
    return ""


def _other_strength(stated: str, nearest: str, *, whole: str) -> str:
    """Obligation for permission and the reverse; a target or an encouragement told as a fact."""
    nearest_bare = bare(nearest)
    kinds = {str(m.lastgroup) for m in _SMALL_WORDS.finditer(stated)}
    if "strong" in kinds and not _OBLIGES.search(nearest):
        return "引文没有说“应当”“必须”"
    binding = {"strong", "negation"} & set(nearest_bare.marks.values())
    if "weak" in kinds and binding and not _ALLOWS.search(nearest):
        return "引文没有说可以"
    if _DONE.search(stated) and not _DONE.search(nearest):
        return "引文没有说已经做到"
    if _reversed_order(stated, nearest):
        return "先后次序与引文相反"
    hedged = [nearest_bare.text[at:] for at, kind in nearest_bare.marks.items() if kind == "hedge"]
    plain = bare(stated).text
    if not _SOFTENS.search(stated) and any(words[:_HEDGED] in plain for words in hedged):
        return "引文说的是鼓励或争取，不是规定"
    if _SOFTENS.search(whole):
        return ""
    if _TARGET.search(nearest):
        return "引文说的是目标，不是结果"
    if any(words[:_PAIR] in plain for words in hedged):
        return "引文说的是鼓励或争取，不是规定"
    return ""


def _reversed_order(stated: str, nearest: str) -> bool:
    """先有预算、后购买服务, told the other way round."""
    told, known = _ORDER.search(stated), _ORDER.search(nearest)
    if not told or not known:
        return False
    straight = _shared(told[1], known[1]) + _shared(told[2], known[2])
    return _shared(told[1], known[2]) + _shared(told[2], known[1]) > straight


def _units(text: str) -> list[str]:
    return [unit for unit in re.split(r"[。;!?\n]", canonical(text)) if unit]


def _nearest_to(clauses: Sequence[str], number: int, units: Sequence[str]) -> str:
    """The quoted unit that a clause renders, "" when there is none.

    A condition (…的) and what follows from it are read together, and so is what is too
    far from any unit to stand alone.
    """
    clause = clauses[number]
    if not any(part.endswith("的") for part in clauses[max(0, number - 1) : number + 1]):
        shares = sorted((_shared(clause, unit) for unit in units), reverse=True)
        told_once = len(shares) < 2 or shares[1] < _TOLD_TWICE * shares[0]
        if shares and shares[0] >= _STANDS_ALONE * (len(clause) - 1) and told_once:
            return max(units, key=lambda unit: _shared(clause, unit))
    first = max(0, min(number, len(clauses) - 2))
    pair = ",".join(clauses[first : first + 2])
    return max(units, key=lambda unit: _shared(pair, unit), default="")


def _shared(stated: str, unit: str) -> int:
    """How many different pairs of characters two texts share."""
    return sum(pair in unit for pair in {stated[at : at + 2] for at in range(len(stated) - 1)})


def _reach(a: Bare, here: Iterable[int], b: Bare, there: Collection[int]) -> int:
    """The longest match of any of these places with any of those."""
    return max((_match(a, at, b, place) for at in here for place in there), default=0)


def _match(a: Bare, at: int, b: Bare, place: int) -> int:
    """How many characters around both places are equal; 0 unless at least two follow."""
    right = _run(a.text[at : at + _REACH], b.text[place : place + _REACH])
    if right < _PAIR:
        return 0
    return right + _run(a.text[max(0, at - _REACH) : at][::-1], b.text[max(0, place - _REACH) : place][::-1])


def _length(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _run(a: str, b: str) -> int:
    size = 0
    for mine, other in zip(a, b, strict=False):
        if mine != other or not mine.isalnum():
            break
        size += 1
    return size
