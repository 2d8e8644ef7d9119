"""assistant.homophones: slips told by their sound, and what only sounds like one."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.domain import Turn
from assistant.homophones import Homophones
from assistant.regions import Gazetteer
from assistant.tools import Tools
from assistant.understand import Understanding

WORDS = ("湘潭", "洛阳", "募捐", "登记", "备案", "发起人", "补发", "公告", "公报", "志愿服务")


@pytest.fixture
def slips(tools: Tools) -> Homophones:
    return Homophones(WORDS, tools.segmenter)


@pytest.mark.parametrize(
    ("text", "repaired", "changes"),
    [
        ("湘谭备案找谁", "湘潭备案找谁", [("湘谭", "湘潭")]),
        ("洛洋能不能公开募娟", "洛阳能不能公开募捐", [("洛洋", "洛阳"), ("募娟", "募捐")]),
        ("要几个发启人", "要几个发起人", [("发启人", "发起人")]),
        ("去哪里灯记", "去哪里登记", [("灯记", "登记")]),
        ("去哪里等记", "去哪里等记", []),  # 等 is a function word: with so short a word, left alone
        ("去哪登记", "去哪登记", []),
        ("补贴不发怎么办", "补贴不发怎么办", []),  # 不 is a word of its own, no slip for 补
        ("想谭怎么走", "想谭怎么走", []),  # two characters are wrong: too little to tell
        ("湘湘潭", "湘湘潭", []),
        ("", "", []),
        ("abc 123 。", "abc 123 。", []),
    ],
)
def test_a_slip_is_repaired_where_one_character_of_a_known_word_is_wrong(slips, text, repaired, changes):
    assert slips.correct(text) == (repaired, changes)


def test_of_two_words_that_sound_alike_neither_is_meant(tools: Tools):
    assert Homophones(("募捐", "募娟"), tools.segmenter).correct("公开募涓") == ("公开募涓", [])
    assert Homophones(("募捐",), tools.segmenter).correct("公开募涓") == ("公开募捐", [("募涓", "募捐")])


def test_words_of_one_character_or_of_other_writing_are_left_out(tools: Tools):
    assert Homophones(("案", "PPP项目", "a" * 3), tools.segmenter).correct("安安") == ("安安", [])


def test_a_mistyped_place_is_the_place_and_so_is_one_in_the_question_before(tools: Tools):
    places = Gazetteer.load(extra_paths={"湖南省湘潭市", "四川省成都市都江堰市"})
    there = Understanding(tools.lexicon, places, tools.segmenter)
    query = there.query("湘谭备案找谁", as_of=date(2026, 1, 1))
    assert query.region == "湖南省湘潭市" and ("湘谭", "湘潭") in query.corrections
    after = there.query("那要几天", history=[Turn("user", "都江宴备案找谁")], as_of=date(2026, 1, 1))
    assert after.region == "四川省成都市都江堰市"


def test_only_places_with_rules_are_heard(tools: Tools):
    there = Understanding(tools.lexicon, Gazetteer.load(), tools.segmenter)
    assert there.query("湘谭备案找谁", as_of=date(2026, 1, 1)).region is None
