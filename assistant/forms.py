"""The form an answer must have: an amount of money, a time limit, an age, a share, a document's number."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.asked import Asked, asked_for
from assistant.numerals import Figure, figures
from assistant.understand import Query

_MONEY = {"元", "%", "倍"}
_TIME = {"日", "月", "个月", "年", "工作日", "小时"}
FREE = ("不收费", "免费", "无偿", "不得收取", "不收取")
_FREE_OF_CHARGE = re.compile(rf"{'|'.join(FREE)}|不(?:得|准|能)[^，。；]{{0,8}}收费")
# Words that state an amount without a figure: the one asked for is left open, or set elsewhere.
_OPEN_AMOUNT = re.compile(
    r"(?:没有|未|不作|无)(?:统一|另行|具体|明确)?的?(?:规定|设定|限定)?[^，。；]{0,6}(?:资金|金额|数额|限额)"
    r"|(?:资金|金额|数额)[^，。；]{0,8}不(?:得|能)?低于[^，。；\d]{0,14}(?:下限|限额|标准)"
)
_BEFORE_LABEL = re.compile(r"(?:^|[\n。；;])\s*[(（]?$")
_AFTER_LABEL = re.compile(r"[.．、)）](?!\d)")
_REGULARLY = ("每月", "每季", "每年", "半年", "当日", "当天", "立即", "随时", "及时", "当场")
# What the question names, and how a text that states it looks.
_PARTICULAR = (
    (r"百分之几|几成|百分比|占比|几个点|打几折", r"%|％|百分之|\d成|[一二三四五六七八九]成|分之"),
    (r"几点(?!要求|原则|建议|意见|措施|内容)", r"\d{1,2}[:：时点]|[一二三四五六七八九十]时"),
    (r"岁数|年龄|年纪|几岁|多少岁|多大(?:才|能|可以|算)", r"岁|年龄"),
    (r"(?:多少|几)分(?!钟|之)|分数线?", r"\d分(?!钟|之)|分以上|分值|得分"),
    (r"分贝", r"分贝"),
    (r"平方|多少平|几平|面积", r"平方|面积|㎡"),
    (r"学时|课时", r"学时|课时"),
    (r"哪个?网|网站|网址|[aA][pP][pP]|小程序|公众号|网上哪", r"网|平台|系统|小程序|公众号|[aA][pP][pP]"),
    (r"表号|(?:什么|哪张|哪个|啥|几号)表|表叫", r"表"),
    (r"(?:什么|哪些|啥|几样)证件|证件(?:有|要)?(?:哪些|什么|啥)", r"证"),
    (r"工资|薪水|月薪|待遇多少|开多少钱一?个?月", r"工资|薪|报酬|待遇|补贴|津贴|误工"),
    (r"尺寸|多大(?:的)?章|直径", r"尺寸|厘米|毫米|直径"),
    (r"几号文|文号|发文字号", r"[〔\[（(]\d{4}[〕\]）)]|\d+号"),
    (
        r"几(?:次|回|趟)|多少次|(?:多久|几年|几个月|多长时间).{0,3}一[次回趟]",
        r"次|每[年月季周]|\d年|[一二两三四五六]年|定期",
    ),
)
_COMPILED = tuple((re.compile(question), re.compile(text)) for question, text in _PARTICULAR)


def form_missing(query: Query, text: str) -> bool:
    """The question wants an amount, a time limit, a number or another form, and the text has none such."""
    if any(not states.search(text) for states in _particular(query.asking)):
        return True
    units = _units(text)
    asked = asked_for(query.asking)
    if Asked.AMOUNT in asked:
        return not (units & _MONEY or _FREE_OF_CHARGE.search(text) or _OPEN_AMOUNT.search(text))
    if Asked.TIME_LIMIT in asked:
        return not units & _TIME and not any(word in text for word in _REGULARLY)
    return Asked.NUMBER in asked and not units


@lru_cache(maxsize=1024)  # asked again for every hit a question is compared with
def _particular(asking: str) -> tuple[re.Pattern[str], ...]:
    """How a text looks that states each of the particular forms a question names."""
    return tuple(states for asks, states in _COMPILED if asks.search(asking))


@lru_cache(maxsize=2048)
def _units(text: str) -> frozenset[str]:
    return frozenset(figure.unit for figure in figures(text) if not _is_label(figure, text))


def _is_label(figure: Figure, text: str) -> bool:
    """Whether a figure only numbers an item: 2.完善分类管理, (3)资金."""
    return not figure.unit and bool(
        _BEFORE_LABEL.search(text[: figure.start]) and _AFTER_LABEL.match(text[figure.end :])
    )


def wants_figure(query: Query) -> bool:
    """Whether a figure is asked for."""
    return any(kind in query.asked for kind in (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT))
