"""assistant.understand: follow-ups, places, times and dialect, on the real lexicon and regions."""

from __future__ import annotations

from datetime import date

import pytest
from answering import TODAY, understanding

from assistant.dialogue import picked_item
from assistant.domain import Turn
from assistant.errors import BadQuestionError
from assistant.regions import Gazetteer
from assistant.tools import Tools
from assistant.understand import (
    EARLIER_WEIGHT,
    PICKED_WEIGHT,
    Query,
    Understanding,
    check_question,
)

ASKED = Turn("user", "四川的社区社会组织备案要什么条件")
REPLY = Turn("assistant", "分三种：一是街道备案；二是县级登记；三是社区管理。")


@pytest.fixture
def ask(tools: Tools):
    def query(text: str, *, region: str | None = None, history: tuple[Turn, ...] = ()) -> Query:
        return understanding(tools).query(text, region=region, history=history, as_of=TODAY)

    return query


@pytest.mark.parametrize("text", ["那材料呢", "这个要交钱吗", "材料呢？", "上面说的谁来办"])
def test_what_points_back_is_a_follow_up(ask, text):
    assert ask(text, history=(ASKED,)).follow_up
    assert not ask(text).follow_up  # nothing was said before


def test_a_question_that_stands_alone_is_no_follow_up(ask):
    query = ask("社会团体成立登记要多少会员和活动资金", history=(ASKED,))
    assert not query.follow_up
    assert "条件" not in query.terms


def test_a_follow_up_keeps_place_and_words_of_the_last_question_at_half_weight(ask):
    query = ask("那材料呢", history=(ASKED, REPLY))
    assert query.region == "四川省" and query.places == ("四川省",)
    assert query.terms["材料"] == 1.0
    assert query.terms["备案"] == EARLIER_WEIGHT
    assert "备案" not in query.own_words


def test_a_follow_up_may_name_another_place(ask):
    assert ask("那吉林呢", history=(ASKED,)).region == "吉林省"


def test_the_item_pointed_at_by_number_is_read_from_the_last_reply(ask):
    query = ask("第二种找谁办", history=(ASKED, REPLY))
    assert query.terms["县级"] == PICKED_WEIGHT
    assert "社区管理" not in query.terms


@pytest.mark.parametrize(
    ("text", "item"),
    [("第一个", "街道备案；"), ("第3种", "社区管理。"), ("第九个", ""), ("那个", "")],
)
def test_picked_item_counts_from_one_and_gives_nothing_beyond_the_last(text, item):
    assert picked_item(text, REPLY.content) == item


def test_a_list_without_numbers_is_cut_at_its_marks():
    assert picked_item("第二样", "申请表、身份证明、场地证明") == "身份证明"
    assert picked_item("第二样", "只有一句话") == ""


@pytest.mark.parametrize(
    ("text", "region", "meant", "places"),
    [
        ("备案要什么条件", None, None, ()),
        ("备案要什么条件", "", None, ()),
        ("备案要什么条件", "四川", "四川省", ("四川省",)),
        ("吉林备案要什么条件", "四川", "吉林省", ("吉林省",)),  # the place named goes before the one chosen
        ("四川成都备案要什么条件", None, "四川省成都市", ("四川省成都市",)),
        ("四川和吉林备案有什么不同", None, "四川省", ("四川省", "吉林省")),
        ("吉林的补贴跟我们这儿相比", "四川", "吉林省", ("吉林省", "四川省")),
        ("《四川省备案办法》里怎么说", "吉林", "吉林省", ("吉林省",)),  # a title is no place
        ("全国的备案条件", "吉林", "吉林省", ("吉林省",)),
    ],
)
def test_the_place_meant(ask, text, region, meant, places):
    query = ask(text, region=region)
    assert (query.region, query.places) == (meant, places)


def test_the_chosen_place_is_kept_beside_the_named_one(ask):
    query = ask("吉林备案要什么条件", region="四川")
    assert (query.chosen, query.named_regions) == ("四川省", ("吉林省",))


def test_a_district_alone_belongs_to_the_chosen_city(tools: Tools):
    known = Gazetteer.load(extra_paths=["天津市和平区"])
    there = Understanding(tools.lexicon, known, tools.segmenter)
    assert there.query("和平区备案找谁", region="沈阳").region == "辽宁省沈阳市和平区"
    assert there.query("和平区备案找谁", region="天津").region == "天津市和平区"
    assert there.query("天元区备案找谁", region="成都").region == "湖南省株洲市天元区"  # there is no other


def test_who_speaks_of_here_in_a_conversation_means_the_chosen_place(ask):
    earlier = Turn("user", "四川备案找谁")
    assert ask("那要几天", region="吉林", history=(earlier,)).region == "四川省"
    assert ask("那我们这里要几天", region="吉林", history=(earlier,)).region == "吉林省"
    assert ask("那我们这里要几天", history=(earlier,)).region == "四川省"  # nothing is chosen


def test_an_unknown_region_is_refused_with_an_example(ask):
    with pytest.raises(BadQuestionError, match="例如"):
        ask("备案要什么条件", region="火星")


def test_names_of_places_are_no_words_to_match(ask):
    query = ask("四川成都备案要什么条件")
    assert not {"四川", "成都", "#四川", "#成都"} & set(query.terms)


def test_years_and_the_day_an_answer_is_for(ask):
    assert ask("2021年和2023年的目标").years == ("2021", "2023")
    assert ask("满2021元的要求").years == ()
    assert ask("2022年那会儿备案要几个人").as_of == date(2022, 12, 31)
    assert ask("2022年备案要几个人").as_of == TODAY
    assert ask("2030年那时候备案要几个人").as_of == TODAY  # what is to come is not known


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("18年公益创投做了多少个项目", ("2018",)),
        ("常州18年福彩支持了几个", ("2018",)),
        ("21年和25年涨了多少", ("2021", "2025")),
        ("2018年和19年底", ("2018", "2019")),
        ("满18年以上的会员", ()),
        ("成立20年了要不要评估", ()),
        ("10年内不得担任", ()),
    ],
)
def test_years_said_short(ask, text, years):
    assert ask(text).years == years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("资金2000到3000元够不够", ()),
        ("会费2000到3000行不行", ()),
        ("补贴2000-3000块", ()),
        ("交2000的会费", ()),
        ("每人收2000的押金", ()),
        ("印了2000本手册", ()),
        ("给了2000那笔怎么记账", ()),
        ("25年工龄能当负责人不", ()),
        ("30岁就有20年工作经验", ()),
        ("20年的党龄", ()),
        ("一个成立15年的协会怎么评估", ()),
        ("我们协会成立15年怎么评估", ()),
        ("跳舞跳20年的老人", ()),
        ("快20年的队伍要登记不", ()),
        ("10年一次的评估", ()),
        ("15年租期的房子", ()),
        ("2018那本还能用不", ("2018",)),
        ("照2018版抄", ("2018",)),
        ("2018的办法", ("2018",)),
        ("2018的补贴标准", ("2018",)),
        ("印发2018那份", ("2018",)),
        ("照2018本抄", ("2018",)),
        ("2016到2018年的项目", ("2016", "2018")),
        ("2020到现在的项目", ("2020",)),
        ("交2024年的会费", ("2024",)),
        ("拨给18年的项目", ("2018",)),
        ("成立18年底登记的", ("2018",)),
        ("16年那个办法", ("2016",)),
        ("21年的经验材料", ("2021",)),
    ],
)
def test_amounts_and_spans_are_no_years(ask, text, years):
    assert ask(text).years == years


def test_an_amount_is_no_day_an_answer_is_for(ask):
    assert ask("会费收2000的时候要开票吗").as_of == TODAY
    assert ask("2022的时候备案要几个人").as_of == date(2022, 12, 31)


def test_a_year_is_no_figure_to_check(ask):
    query = ask("2021年规定是20人吗")
    assert [(int(f.value), f.unit) for f in query.figures] == [(20, "人")]
    assert query.confirms and not query.says_done
    assert ask("得凑够80个人才给登记呀 我们凑不齐").confirms


def test_dialect_question_words_are_understood(ask):
    assert ask("备案要好多人").text == "备案要多少人"
    assert ask("备案要好多人").question == "备案要好多人"  # shown as typed


def test_titles_and_articles_are_read(ask):
    query = ask("《登记办法》（民测〔2024〕1号）第三条是什么意思")
    assert query.titles == ("登记办法",)
    assert query.articles == ("第三条",)


def test_another_field_is_out_of_scope_but_not_inside_a_conversation(ask):
    assert ask("明天气温多少").out_of_scope
    assert ask("明天气温多少，社团备案还能办吗").out_of_scope is None
    assert ask("那气温呢", history=(ASKED,)).out_of_scope is None


def test_a_part_borrows_words_of_the_whole_message(tools: Tools, ask):
    whole = ask("四川备案找谁？要交多少钱？")
    part = understanding(tools).part(whole, whole.parts[1], said=whole.text)
    assert part.region == "四川省"
    assert part.terms["备案"] == EARLIER_WEIGHT
    assert list(part.own_words) == []


@pytest.mark.parametrize("question", ["", "  ", "？？？", "\u200b\u200b", "\ud800", "…—"])
def test_a_question_without_a_word_is_refused(question):
    with pytest.raises(BadQuestionError, match="请先输入"):
        check_question(question, max_chars=300)


def test_a_question_is_cleaned_and_bounded():
    assert check_question("  备案\u200b要\n\t几个人\ud800 ", max_chars=9) == "备案要 几个人"
    with pytest.raises(BadQuestionError, match=r"10 字.*9 字以内"):
        check_question("备" * 10, max_chars=9)


def test_a_district_named_apart_from_the_chosen_city_is_where_it_is_known(tools: Tools):
    known = Gazetteer.load(extra_paths=["广东省深圳市罗湖区"])
    there = Understanding(tools.lexicon, known, tools.segmenter)
    apart = there.query("罗湖都不要钱了，武汉登记要不要", region="湖北武汉")
    assert apart.named_regions == ("广东省深圳市罗湖区", "湖北省武汉市")
    assert there.query("罗湖登记要不要钱", region="湖北武汉").named_regions == ("广东省深圳市罗湖区",)


def test_where_somebodys_kin_live_is_not_the_place_asked_from(ask):
    text = "我七十一了，儿女都在广东，社区喊我们备个案，带哪些东西去"
    assert ask(text, region="湖南省湘潭市").region == "湖南省湘潭市"
    assert ask(text).region == "广东省"  # nothing better is known
    assert ask("我朋友在广东备案只要三个人，我们呢", region="湖南省湘潭市").named_regions == ("广东省",)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("朋友问深圳的怎么弄", "广东省深圳市"),
        ("老弟广东这边怎么弄", "广东省"),
        ("我姐是长沙的，她们能领多少", "湖南省长沙市"),
        ("我姐在长沙，她们能领多少", "湖南省长沙市"),
        ("儿女都在广东，社区喊我们去备案", "四川省"),
        ("女儿嫁到广东，社区喊我们去备案", "四川省"),
        ("老家湖南，社区喊我们去备案", "四川省"),
        ("会员要几个，听扬州亲戚讲的", "四川省"),
    ],
)
def test_a_place_of_kin_that_is_asked_about_is_kept(ask, text, meant):
    assert ask(text, region="四川").region == meant


def test_only_a_place_asks_the_last_question_of_that_place(ask):
    history = (
        Turn("user", "湘潭备案交什么材料"),
        Turn("assistant", "四样。"),
        Turn("user", "那岳阳呢"),
        Turn("assistant", "没写。"),
    )
    query = ask("洛阳的呢？", region="湖南省湘潭市", history=history)
    assert query.named_regions == ("河南省洛阳市",) and not query.follow_up
    assert {"备案", "材料"} <= set(query.terms) and query.question == "洛阳的呢？"
    assert not ask("洛阳呢").follow_up  # nothing was asked before
    assert ask("洛阳要几个人", history=history).follow_up


def test_a_place_said_at_the_end_is_no_question(ask):
    assert ask("备案找谁 要交什么材料 吉林的").parts == ("备案找谁", "要交什么材料")
    assert ask("俺们有个秧歌队 要不要去备个案啊 吉林的").parts == ()
