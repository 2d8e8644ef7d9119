import random

import pytest

from assistant.cutting import WordCutter
from assistant.text import Segmenter

WORDS = ["社区社会组织", "居家养老", "民政局"]
TEXTS = (
    "社区社会组织是指由社区居民发起成立在城乡社区开展为民服务的社会组织",
    "未达到登记条件的社区社会组织按照不同规模业务范围成员构成和服务对象由街道办事处实施管理",
    "中国人民银行授权全国银行间同业拆借中心公布的一年期贷款市场报价利率",
    "县级人民政府民政部门应当自收到全部有效文件之日起六十日内作出准予或者不予登记的决定",
)


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter.with_words(WORDS)


@pytest.fixture(scope="module")
def cutter(segmenter):
    return WordCutter(segmenter._jieba.FREQ, total=segmenter._jieba.total)


def strange_runs():
    """Runs of characters in no sensible order, rare ones among them."""
    chance = random.Random(5)
    characters = sorted(set("".join(TEXTS))) + [chr(chance.randint(0x4E00, 0x9FD5)) for _ in range(200)]
    return ["".join(chance.choices(characters, k=chance.randint(1, 40))) for _ in range(2000)]


def test_words_are_those_of_jieba(segmenter, cutter):
    for run in (*TEXTS, *strange_runs()):
        assert cutter.cut(run) == list(segmenter._jieba.cut(run, HMM=False))
        assert cutter.cut_for_search(run) == list(segmenter._jieba.cut_for_search(run, HMM=False))


def test_the_most_probable_path_wins_by_hand():
    # 甲乙+丙 has probability 4/10 * 1/10, 甲+乙丙 1/10 * 5/10: the second is larger
    cutter = WordCutter({"甲": 1, "甲乙": 4, "乙丙": 5, "乙": 0, "丙": 0}, total=10)
    assert cutter.cut("甲乙丙") == ["甲", "乙丙"]
    assert cutter.cut("甲乙") == ["甲乙"]
    assert cutter.cut("丁甲") == ["丁", "甲"]
    assert cutter.cut("") == []


def test_longer_words_come_after_the_words_inside_them():
    cutter = WordCutter({"社": 0, "社会": 5, "社会组": 0, "社会组织": 9, "组织": 5, "会组": 0}, total=20)
    assert cutter.cut_for_search("社会组织") == ["社会", "组织", "社会组织"]


@pytest.mark.parametrize("text", ["", "㐀㐁", "T恤衫3件", "abc123", "社区5.2万元"])
def test_runs_outside_the_dictionary_are_cut_by_jieba_itself(segmenter, text):
    by_jieba = segmenter._jieba.cut_for_search
    runs = {"": [], "T恤衫3件": ["t", "恤衫", "3", "件"], "社区5.2万元": ["社区", "5.2", "万元"]}
    expected = [w for run in runs.get(text, [text]) for w in by_jieba(run, HMM=False)]
    assert segmenter.words(text) == expected
