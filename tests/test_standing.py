"""assistant.standing: whether a text's own record is asked about, and what of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.groups import LONGEST, GroupModel, groups
from assistant.standing import KINDS, Standing, standing_asked

REST = (0.0,) * (len(KINDS) - 2)
MODEL = GroupModel(
    (-1.5, -5.0, 0.0, 0.0, *REST),
    {
        "废": (4.0, 0.0, 6.0, 0.0, *REST),
        "起": (8.0, 0.0, 0.0, 9.0, *REST),
        "三": (-9.0, 30.0, 0.0, 0.0, *REST),
    },
)
NEAR = GroupModel((5.0, -5.0, 3.0, 3.2, *REST), {})


def test_what_is_asked_of_a_record_is_told_likeliest_first():
    assert standing_asked("备案找谁", MODEL).kinds == ()
    assert standing_asked("废了没", MODEL).kinds == (Standing.FORCE,)
    assert standing_asked("几时起", MODEL).kinds == (Standing.SINCE,)
    assert standing_asked("起了废", NEAR).kinds == (Standing.SINCE, Standing.FORCE)


def test_whether_nothing_else_is_asked():
    assert standing_asked("起", MODEL).alone
    assert not standing_asked("几时废了没有", MODEL).alone
    assert not standing_asked("备案找谁", MODEL).alone


def test_whether_what_a_text_says_still_holds():
    words = standing_asked("三成", MODEL)
    assert words.kinds == (Standing.FORCE,) and not words.alone
    assert standing_asked("废", MODEL).alone


def test_titles_and_figures_say_nothing():
    assert groups("《社团登记办法》2024年还有效吗") == groups("《名称管理办法》1999年还有效吗")
    assert max(map(len, groups("还有效吗"))) == LONGEST
    assert groups("") == {"^", "$", "^$"}


def test_a_model_is_read_as_it_was_written(tmp_path: Path):
    MODEL.save(tmp_path / "model.json")
    again = GroupModel.load(tmp_path / "model.json")
    assert again.odds("废了没") == pytest.approx(MODEL.odds("废了没"))
    assert again.odds("废了没", {"=last": 1.0}) == again.odds("废了没")  # a feature it does not know


@pytest.mark.parametrize(
    "text",
    [
        "新增的钱拿三成给社会组织，现在还算数不",
        "五十个会员这条后来取消了没有",
        "18年说的每家补五千，今年还给不",
    ],
)
def test_the_shipped_model_knows_when_a_rules_words_are_asked_for_too(text):
    asked = standing_asked(text)
    assert Standing.FORCE in asked.kinds and not asked.alone


@pytest.mark.parametrize(
    "text",
    [
        "36号文还有效吗",
        "现在还能照着这个办法办不",
        "慈善组织认定办法最新是几号令",
        "居委会组织法啥时候换的新的",
        "那个暂行办法是不是早作废了",
        "这个通知从哪天起施行",
        "备案办法正式稿出来没有，还是征求意见稿",
    ],
)
def test_the_shipped_model_knows_plain_ways_of_asking(text):
    assert standing_asked(text).kinds


@pytest.mark.parametrize(
    "text",
    [
        "备案要几个人",
        "评估等级管几年",
        "登记证书有效期几年",
        "几号前交年检",
        "什么时候开会员大会",
        "还要交什么材料",
        "凭有效证件办理吗",
        "免税资格几年有效",
    ],
)
def test_and_what_only_sounds_like_it(text):
    assert not standing_asked(text).kinds


@pytest.mark.parametrize(
    "text",
    [
        "志愿服务条例第十七条",
        "志愿者条例第17条",
        "慈善法第三十条是什么",
        "民政部令第69号第三条",
        "社会救助暂行办法第三条怎么说",
    ],
)
def test_who_names_an_article_asks_for_its_words(text):
    assert not standing_asked(text).kinds


@pytest.mark.parametrize(
    "text",
    [
        "志愿服务条例第十七条还有效吗",
        "《慈善法》第三十条改了没",
        "村组法18年版第九条还能不能引",
        "志愿服务条例还有效吗",
    ],
)
def test_what_is_asked_beside_an_article_is_heard(text):
    assert standing_asked(text).kinds
