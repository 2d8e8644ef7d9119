"""Premise check (前提核对): what a question takes for granted and the quoted words contradict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.numerals import Figure, figures
from assistant.slots import without_dates
from assistant.text import CLAUSE
from assistant.thresholds import PERSONS, counting_alike, named, own_number, with_kind
from assistant.understand import Query, says_done

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
    r"|(?:点|数|算)来(?:点|数|算)去[^，,。；;？?\s]{0,2}$|(?:还|只)?[差缺剩]$"
    r"|(?:[队团社会班这那]|里头?|边儿?)就有?$"
)
# 第二次, and what the asker counts: 这两个, 社区和街道两家, 两个问题
_POINTED_AT = re.compile(r"(?:第|[这那哪]|[跟和与、同][^，,。；;？?\s]{1,8})$")
# How long something has lasted or was ago: 15天了还没答复, 等了15天, 15天前交的, 这两天
_LASTED = re.compile(r"了|都?还没|都没|过去|[之以]?前[^，,。；;？?\s]{0,6}[交报办递送请][了的过]")
_WAITED = re.compile(r"[等拖过]了(?:都|快|有)?$|(?:这|那|过去|最近)$")
_ALSO_COUNTED = re.compile(r"问题|疑问|事|情况|说法|意思")
_COUNTS_MEMBERS = re.compile(r"[人会成单发队组社项代工月]")
_FEW = 4
_SHOWN = 4  # figures of the text that a correction names
_BODY = "|".join(pattern for _, pattern in _AUTHORITIES)
_OF_PLACE = r"(?:我们|咱们?|当地|本地|所在|上级|直接|[县区市省镇州])*"
_TURNED_TO = re.compile(
    rf"(?:归|由|找|去|向|(?<![听看接收得达碰遇拿找])到|是)(?:了)?{_OF_PLACE}$"
    rf"|(?:{_BODY})(?:或者?|还是|[和跟与、]){_OF_PLACE}$"
)
_DECIDES = re.compile(r"(?:来|直接|统一)?(?:管|批|发)(?!的(?![吧吗嘛么对是，,。？?]|$))")
# Whose something is, who spoke, what is over: 居委会的队, 归街道管的队, 居委会说, 去街道备案过了
_BESIDE_THE_MATTER = re.compile(
    r"(?:的(?!事|活|[吧吗嘛么]|$)|[这里们]|下面|辖区)|[^，,。？?\s]{1,4}的[^，,。？?\s]{0,4}(?:队|协会|组织|社团(?!证|登记))"
    r"|(?:的人|工作人员|干部|主任|那边)?(?:也|又|都|老|总)?(?:说|讲|喊|叫|让|要求|通知|告诉|回复|问)"
    r"|[^，,。？?\s]{0,6}?(?:备案|登记|报名|[办报交批跑去])(?:过|(?:完|好)?了(?![就才再]))"
)
_OWN_STORY = re.compile(
    r"(?:我们?+|咱们?+|俺们?+)(?![省市区县州国这])|队里|(?:队伍?|协会|会员|人数)(?:都|也)?(?:已经|早就)"
)
_REACHED = re.compile(r"达到|完成|实现|做到|建成|形成")
_NO_MATTER = re.compile(r"达到|完成|实现|做到|建成|形成|已经|早就|最后|实际|现在|到底|目前|是不是|多少")
_WHETHER = re.compile(r"[吗吧嘛么没]$|没有$|是不是|对不对|多少|几|哪[年天个]|什么时候|有没有")


def corrections(query: Query, quotes: Sequence[str]) -> list[str]:
    """Sentences that correct the question's premises, in Chinese, each once; [] when none is contradicted.

    Only questions that assert something are checked, and only against figures of the
    same unit or authorities named in the quotes.
    """
    if not quotes or not (query.confirms or query.says_done):
        return []
    evidence = "\n".join(quotes)
    found = [_figure_line(query, figure, evidence) for figure in query.figures]
    found.append(_authority_line(query, quotes[0]))
    found.append(_target_line(query, evidence))
    return list(dict.fromkeys(line for line in found if line))


def authorities(text: str) -> list[str]:
    """Kinds of body that a text names, in a fixed order and in plain words."""
    return [name for name, pattern in _AUTHORITIES if re.search(pattern, text)]


def _figure_line(query: Query, figure: Figure, evidence: str) -> str:
    if (
        figure.text in _ARTICLES
        or not figure.unit
        or figure.most is not None  # 七八个 is too vague to be wrong
        or (
            figure.unit in ("年", "月", "日", "号", "条", "款", "项")
            and "天" not in figure.text
            and "日" not in figure.text
        )
    ):
        return ""
    if _OWN_COUNT.search(query.text[: figure.start]):
        return ""  # what the asker has, no claim about the rule: 我们凑了26个街坊
    if _is_only_counted(query, figure) or _has_lasted(query, figure):
        return ""
    if own_number(query):
        return ""  # asks whether it is enough, says no rule
    if not query.confirms and not says_done(_clause_at(query.text, figure.start)):
        return ""  # told beside what is claimed: 队伍早就成立了，有30个人
    same = counting_alike(figure, query.text, without_dates(evidence))
    if not same or any(f.value == figure.value for f in same):
        return ""
    actual = "、".join(dict.fromkeys(_as_written(f, evidence, same) for f in same[:_SHOWN]))
    return f"您提到的“{figure.text}”与原文不一致：原文写的是{actual}。"


def _as_written(figure: Figure, evidence: str, same: Sequence[Figure]) -> str:
    """A figure as a correction names it: with what it counts among others, with its bounds where it counts persons."""
    if len({one.value for one in same}) > 1:
        return named(figure, evidence)
    return with_kind(figure, evidence) if figure.unit in PERSONS else figure.text


def _is_only_counted(query: Query, figure: Figure) -> bool:
    """Whether a figure is an ordinal or counts what is talked of: 第二次, 两个问题, both places named."""
    before, after = query.text[: figure.start], query.text[figure.end :]
    if before.endswith("第") or _ALSO_COUNTED.match(after):
        return True
    few = figure.unit == "个" and figure.value <= _FEW and not _COUNTS_MEMBERS.match(after)
    return few and (bool(_POINTED_AT.search(before)) or 1 < figure.value == len(query.named_regions))


def _has_lasted(query: Query, figure: Figure) -> bool:
    """Whether days are told as waited or gone by, no time limit that is claimed."""
    if figure.unit != "日":
        return False
    before, after = query.text[: figure.start], query.text[figure.end :]
    return bool(_LASTED.match(after) or _WAITED.search(before))


def _authority_line(query: Query, quote: str) -> str:
    if not query.confirms:
        return ""
    asked, named = _bodies_claimed(query.text), authorities(quote)
    if len(asked) != 1 or not named or asked[0] in named:
        return ""
    return f"您提到的是{asked[0]}，原文写的是{'、'.join(named)}。"


def _bodies_claimed(text: str) -> list[str]:
    """Kinds of body that a question says one turns to or that decide; not whose the club is or who spoke."""
    return [
        name
        for name, pattern in _AUTHORITIES
        if any(_is_claimed(text, match) for match in re.finditer(rf"(?:{pattern})[会办]?+", text))
    ]


def _is_claimed(text: str, body: re.Match[str]) -> bool:
    before, after = text[: body.start()], text[body.end() :]
    if _BESIDE_THE_MATTER.match(after):
        return False
    return bool(_TURNED_TO.search(before) or _DECIDES.match(after))


def _target_line(query: Query, evidence: str) -> str:
    if not query.says_done or not _TARGET.search(evidence):
        return ""
    claims = [match for match in CLAUSE.finditer(query.text) if says_done(match[0])]
    if any(_claims_aim(query, claim, evidence) for claim in claims if not _OWN_STORY.search(claim[0])):
        return "原文写的是目标或打算，不是已经完成的结果。"
    return ""


def _claims_aim(query: Query, claim: re.Match[str], evidence: str) -> bool:
    """Whether a clause says that the quoted aim is reached: with its figure, or asking so in its words."""
    told = [figure for figure in query.figures if claim.start() <= figure.start < claim.end()]
    if any(one.agrees(other) for one in told for other in figures(evidence)):
        return True
    if not _REACHED.search(claim[0]) or not _WHETHER.search(claim[0]):
        return False
    words = [word for word in query.own_words if word in claim[0] and not _NO_MATTER.search(word)]
    return not words or any(word in evidence for word in words)


def _clause_at(text: str, start: int) -> str:
    """The clause of a text around an offset."""
    return next((match[0] for match in CLAUSE.finditer(text) if match.start() <= start < match.end()), "")
