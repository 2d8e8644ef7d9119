"""The 配置 sheet of answers.xlsx: what the figures were made from, each line named and explained in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evals.book import Column, Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook

_COLUMNS = (
    Column("项目", 24),
    Column("内容", 62),
    Column("说明", 56),
    Column("在 summary.json 里的名字", 30),
)
_PARTS = ("run", "data", "method", "speed")
_UNSET = "未设"
EXPLAINED = {  # by its dotted name in summary.json: what it is called, and what it says
    "run.questions_sha256": ("题集指纹", "由题集文件的内容算出，相同才是同一份题"),
    "run.sheet": ("工作表", "读了题集的哪一张工作表；未设为第一张"),
    "run.split": ("用哪一半题", "dev 开发用的一半，heldout 留出的一半，all 全部"),
    "run.limit": ("只跑前几题", "未设为全部"),
    "run.region": ("默认地区", "题里没写地区时用的地区"),
    "run.as_of": ("效力日期", "按哪一天判断文件是否有效"),
    "run.hits": ("记录检索结果", "每题另记前几条检索结果，用来算命中和召回"),
    "run.mode": ("成文方式", "extractive 摘录原文，llm 大模型成文"),
    "run.settings.encoder": ("向量模型", "把文字变成向量的模型所在的文件夹"),
    "run.settings.allow_hub": ("允许联网取模型", "否：只用本机的模型"),
    "run.settings.max_question_chars": ("问题最多几个字", "更长的问题不接受"),
    "run.settings.llm_base_url": ("大模型地址", "未设为没有用大模型"),
    "run.settings.llm_model": ("大模型", "未设为没有用大模型"),
    "run.settings.llm_timeout_s": ("等大模型几秒", "超过就改用摘录的原文"),
    "run.settings.questions_per_minute": ("每分钟最多几问", "只限制网页，评测不受限"),
    "run.settings.public_url": ("对外网址", "用户打开网页用的网址；与评测结果无关"),
    "run.settings.fetch_hosts": ("内网网址", "按网址添加文件时，允许的内网主机；与评测结果无关"),
    "run.settings.login": ("谁要登录", "网页的设置；与评测结果无关"),
    "run.settings.keep_days": ("保留几天", "网页问答记录保留的天数；与评测结果无关"),
    "run.settings.log_level": ("日志级别", "运行日志记到多细；与评测结果无关"),
    "run.generation.name": ("索引版本", "答题用的是哪一次发布的索引"),
    "run.generation.sha256": ("索引指纹", "由索引的清单算出，相同才是同一份索引"),
    "run.generation.format": ("索引格式", "索引文件的格式号，程序升级时可能改变"),
    "run.generation.encoder": ("索引的向量模型", "建索引时用的向量模型及其指纹"),
    "run.generation.segmenter": ("分词指纹", "建索引时的分词方法和词表；改了要重建索引"),
    "run.generation.catalogue_revision": ("文件库修订号", "文件库每改一次加一"),
    "run.generation.documents": ("文件数", "索引里有几份文件"),
    "run.generation.passages": ("段落数", "索引里有几段"),
    "run.generation.questions": ("已知问法数", "索引里有几条人们常用的问法"),
    "run.generation.created_at": ("索引建成时间", "世界时（北京时间减八小时）"),
    "run.version": ("程序版本", "答题的程序是哪一版"),
    "run.commit": ("代码版本", "末尾有 + 表示另有没提交的改动；未设为不是从代码库运行"),
    "data.file": ("题集文件", "题集的文件名"),
    "data.sha256": ("题集文件指纹", "由题集文件的内容算出"),
    "data.questions": ("可用的题", "题集里能用的题数"),
    "data.chosen": ("这次跑的题", "这次评测的题数"),
    "data.labelled": ("有标注的题", "其中有标注、能自动判分的题数；其余只给答复"),
    "data.problems": ("有问题的行", "题集里跳过或要注意的行"),
    "data.unknown_quotes": ("对不上的依据原文", "不在文件库里，多半是标注有误"),
    "method.interval": ("区间的算法", "percentile bootstrap 是自助法：反复重抽这些题，看平均数怎么变"),
    "method.level": ("区间的把握", "0.95 即 95% 区间"),
    "method.resamples": ("重抽次数", "自助法重抽几次"),
    "method.seed": ("随机种子", "固定不变，同样的得分总得出同样的区间"),
    "speed.asked": ("这一次问了几题", "中断后接着跑的，只算这一次"),
    "speed.seconds": ("用时（秒）", "这一次问完这些题用了几秒"),
    "speed.per_second": ("每秒几题", "问题数除以用时"),
    "speed.peak_memory_mb": ("内存峰值（MB）", "整个过程占用内存最多的时候；未设为系统不提供"),
    "speed.finished_at": ("完成时间", "世界时（北京时间减八小时）"),
    "speed.machine": ("机器", "处理器架构和 Python 版本"),
}
_RECORD_NAMES = {"row": "行", "reason": "原因", "skipped": "跳过", "id": "编号", "quote": "原文"}


def write_settings(book: Workbook, summary: Mapping[str, Any]) -> None:
    """Add 配置: what the figures were made from, row problems and gold quotes no document holds."""
    sheet = Sheet(book, "配置", _COLUMNS, freeze="A2")
    for key, value in _flat("", {part: summary[part] for part in _PARTS}):
        name, _, number = key.partition("[")
        title, meaning = EXPLAINED.get(name, (name, ""))
        shown = _UNSET if value is None or value == "" else value
        sheet.add([f"{title} {number.rstrip(']')}".strip(), shown, meaning, key])
    sheet.filter()


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    """Leaves of nested settings as dotted names; a list of records gives one line each."""
    if isinstance(value, Mapping):
        return [
            leaf
            for key, inner in value.items()
            for leaf in _flat(f"{prefix}.{key}" if prefix else key, inner)
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(f"{prefix}[{number}]", _line(inner)) for number, inner in enumerate(value, 1)]
    return [(prefix, value)]


def _line(value: object) -> str:
    if isinstance(value, Mapping):
        return "；".join(f"{_RECORD_NAMES.get(key, key)}：{_word(inner)}" for key, inner in value.items())
    return str(value)


def _word(value: object) -> object:
    return ("是" if value else "否") if isinstance(value, bool) else value
