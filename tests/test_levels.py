"""assistant.levels: which levels of documents are no rules."""

import pytest

from assistant.domain import LEVELS
from assistant.levels import is_account, is_no_rule, is_report


@pytest.mark.parametrize(
    ("level", "report", "account", "no_rule"),
    [
        ("规范性文件", False, False, False),
        ("答复函", True, True, True),
        ("实践做法（媒体报道）", True, True, True),
        ("解读", False, True, True),
        ("综述文章", False, True, True),
        ("规范性文件/项目公告", False, False, True),
        ("示范文本", False, False, True),
    ],
)
def test_what_a_level_says_of_its_words(level, report, account, no_rule):
    assert (is_report(level), is_account(level), is_no_rule(level)) == (report, account, no_rule)


def test_of_the_levels_a_person_may_choose_four_are_no_rules():
    assert [level for level in LEVELS if is_no_rule(level)] == ["答复", "解读", "经验材料", "新闻"]
