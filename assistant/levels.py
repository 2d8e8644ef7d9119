"""What a document's level (级别) says of its words: whether they are a rule, or only tell or explain."""

from __future__ import annotations

# Words of a level's name, which may be longer: 答复函, 实践做法（媒体报道）, 规范性文件/项目公告.
_REPORTS = ("答复", "经验", "新闻", "数据", "实践", "媒体")
_ACCOUNTS = (*_REPORTS, "解读", "综述")
_NO_RULES = (*_ACCOUNTS, "公告", "示范文本", "政务问答")


def is_report(level: str) -> bool:
    """Whether it tells how things stood: a reply, practice, news, figures."""
    return any(word in level for word in _REPORTS)


def is_account(level: str) -> bool:
    """Whether it reports or explains, so that nothing in it can be carried out as it stands."""
    return any(word in level for word in _ACCOUNTS)


def is_no_rule(level: str) -> bool:
    """Whether it is an account, or words that bind nobody or only those they are addressed to (公告, 示范文本)."""
    return any(word in level for word in _NO_RULES)
