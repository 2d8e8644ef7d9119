"""Places, departments and bodies of a rewritten sentence: those of the quotes, doing what they do there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text import normalise

_HAN = "\u3400-\u9fff"
_BODY = re.compile(
    rf"([{_HAN}]{{2}})(?:部门|机关|[局厅]|委员会|法院|检察院|银行|公司|政府|办事处|派出所|联合会|基金会|服务中心)"
)
_ANY_BODY = frozenset(("有关", "相关", "各级", "当地", "主管", "所在", "本级", "同级", "上级"))
_FAMILIES = tuple(
    re.compile(pattern)
    for pattern in (
        "民政",
        "公安|派出所",
        "税务",
        "财政(?=[局厅部]|部门)",
        "市场监管|市场监督|工商",
        "司法",
        "法院",
        "检察",
        "街道",
        "乡镇|乡政府|镇政府|乡[(/]?镇|[(/]乡",
        r"居委|居民委员|[居村][(/][村居]\)?民?委",
        r"村委|村民委员|[居村][(/][村居]\)?民?委",
        "业委会|业主委员会",
        "物业",
        r"党组织|党支部|党委|党\(?工\)?委",
    )
)
# 天河区 is a place even when the list of regions does not hold it; 社区 and 各区 are none.
_DISTRICT = re.compile(
    rf"[{_HAN}](?:[{_HAN}](?<![社地辖园小片城山市郊校景各全本该某在跨老新特县])区(?![域别间分级])"
    rf"|[{_HAN}](?<![各全本该某在区市省跨])县(?![级域市区])"
    rf"|[{_HAN}](?<![城各全本该某在省超都门上跨])市(?![级场民域政区内外县辖]))"
)
_DOES = 8  # characters behind a body that say what it does
_SAME_DEED = 3


def stranger(sentence: str, sources: Sequence[str], quotes: Sequence[str]) -> str:
    """Why the bodies and districts of a sentence are not the quotes', in Chinese; "" when they are.

    Args:
        sentence: One statement, as the model wrote it.
        sources: The cited quotes, titles and issuers.
        quotes: The quotes alone: who does what is read there.
    """
    plain, known = _plain(sentence), _plain("\n".join(sources))
    for match in _DISTRICT.finditer(plain):
        if match.group() not in known:
            return f"“{match.group()}”不在引文中"
    for match in _BODY.finditer(plain):
        if match[1] not in _ANY_BODY and match[1] not in known:
            return f"“{match.group()}”不在引文中"
    for family in _FAMILIES:
        found = list(family.finditer(plain))
        if found and not family.search(known):
            return f"“{found[0].group()}”不在引文中"
        if any(_does_another(plain[match.end() :], family, _plain("\n".join(quotes))) for match in found):
            return f"引文中做这件事的不是“{found[0].group()}”"
    return ""


def _does_another(behind: str, family: re.Pattern[str], quotes: str) -> bool:
    """True when the quotes tell the same deed, always of somebody else: 由决策机构成立清算组."""
    deed = re.split(r"[,，。;；、]", re.sub(r"^(?:部门|机关|办事处|政府|委?员?会|[局厅所])", "", behind))[0][
        :_DOES
    ]
    if len(deed) < _SAME_DEED:
        return False
    places = [m.start() for m in re.finditer(re.escape(deed[:_SAME_DEED]), quotes)]
    clauses = [re.split(r"[,，。;；\n]", quotes[:at])[-1] for at in places]
    agents = [clause for clause in clauses if "由" in clause or any(f.search(clause) for f in _FAMILIES)]
    return (
        bool(agents) and len(agents) == len(clauses) and not any(family.search(clause) for clause in clauses)
    )


def _plain(text: str) -> str:
    """Normal form in which 人民政府 does not read as 民政."""
    return normalise(text).replace("人民政府", "政府")
