from pathlib import Path

import pytest
import yaml

from assistant.config import corpus_folder
from assistant.errors import ConfigError
from assistant.lexicon import RELATED_WEIGHT, SYNONYM_WEIGHT, TOPICS, Lexicon, WordTable

FILES = {
    "terms": """
- {term: 登记, also: [成立登记], said: [办证], related: [登记机关]}
- {term: 文体团队, said: [舞蹈队, 舞蹈队伍]}
- {term: 资金, also: [经费], said: [搞钱], related: [登记机关]}
- {term: 社区社会组织}
- {term: 社会组织}
""",
    "typos": "登计: 登记\n登计证: 登记证书\n攀登计: 攀登计\n",
    "topics": """
- {topic: 登记条件, cues: [登记, 几个人]}
- {topic: 备案条件, cues: [备案, 几个人]}
- {topic: 备案材料, cues: [备案, 备案材料]}
""",
    "clubs": "like: 广场舞队\nkinds: [队, 社]\nhobbies: [飞盘, 古筝]\n",
    "organisations": """
- {organisation: 社会团体, words: [社团, 协会]}
- {organisation: 基金会, words: [基金会]}
""",
    "scope": """
in_scope: [社团, 登记]
out_of_scope:
  - {label: 婚姻登记, cues: [婚姻登记, 结婚], ask: 请问婚姻登记处。}
  - {label: 天气, cues: [下雨, 气温], ask: 请看天气预报。}
  - {label: 代写, cues: [写首诗], ask: 不代写。, never_ours: always}
  - {label: 危险, cues: [着火, 触电], ask: 请拨打 119。, never_ours: true}
  - {label: 道谢, cues: [谢谢, 谢谢您], ask: 不客气。, never_ours: alone}
  - {label: 应答, cues: [好, 好的], ask: 好。, never_ours: alone}
""",
}


def lexicon(folder: Path, **changed: str) -> Lexicon:
    for name, text in (FILES | changed).items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return Lexicon.load(folder)


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return Lexicon.load(corpus_folder() / "lexicon")


def raw(name: str):
    return yaml.safe_load((corpus_folder() / "lexicon" / f"{name}.yaml").read_text("utf-8"))


def test_word_table_finds_longest_and_leaves_out_what_lies_inside():
    table = WordTable({"备案": 1, "备案材料": 2, "材料": 3, "料要": 4})
    found = table.find("备案材料要备案")
    assert [(f.start, f.end, f.word, f.value) for f in found] == [
        (0, 4, "备案材料", 2),
        (3, 5, "料要", 4),
        (5, 7, "备案", 1),
    ]


def test_word_table_of_blank_text_and_of_a_word_cut_off_at_the_end():
    table = WordTable({"登记证书": 1})
    assert table.find("") == []
    assert table.find("领登记证") == []


def test_correct_repairs_longest_slip_and_says_what_it_changed(tmp_path):
    assert lexicon(tmp_path).correct("登计证丢了，咋登计") == (
        "登记证书丢了，咋登记",
        [("登计证", "登记证书"), ("登计", "登记")],
    )


def test_correct_leaves_shielded_words_and_clean_text_alone(tmp_path):
    words = lexicon(tmp_path)
    assert words.correct("攀登计划") == ("攀登计划", [])
    assert words.correct("") == ("", [])


def test_expand_weighs_synonyms_over_related_words(tmp_path):
    assert lexicon(tmp_path).expand("办证要啥") == {
        "登记": SYNONYM_WEIGHT,
        "成立登记": SYNONYM_WEIGHT,
        "登记机关": RELATED_WEIGHT,
    }


def test_expand_never_gives_everyday_words_or_words_already_said(tmp_path):
    words = lexicon(tmp_path)
    assert words.expand("登记") == {"成立登记": SYNONYM_WEIGHT, "登记机关": RELATED_WEIGHT}
    assert words.expand("成立登记") == {"登记机关": RELATED_WEIGHT}
    assert words.expand("今天好") == {}


def test_expand_reads_wide_forms_like_plain_ones(tmp_path):
    words = lexicon(tmp_path, terms="- {term: 社会组织, said: [NGO]}\n")
    assert words.expand("ＮＧＯ是啥") == {"社会组织": SYNONYM_WEIGHT}


def test_words_holds_no_everyday_word_and_none_that_hides_another(tmp_path):
    assert set(lexicon(tmp_path).words) == {
        *("登记", "成立登记", "登记机关", "文体团队", "资金", "经费", "社会组织"),
    }


def test_topics_divide_a_shared_cue_and_add_up_to_one(tmp_path):
    words = lexicon(tmp_path)
    assert words.topics("备案要几个人") == {
        "备案条件": pytest.approx(0.5),
        "登记条件": pytest.approx(0.25),
        "备案材料": pytest.approx(0.25),
    }
    assert words.topics("备案材料") == {"备案材料": 1.0}
    assert words.topics("你好") == {}


def test_out_of_scope_needs_a_foreign_cue_and_no_word_of_ours(tmp_path):
    words = lexicon(tmp_path)
    assert words.out_of_scope("婚姻登记在哪") == "婚姻登记"
    assert words.out_of_scope("下雨了，气温几度，结婚好吗") == "天气"
    assert words.out_of_scope("社团会员结婚送礼") is None
    assert words.out_of_scope("社团会员结婚送礼", surely=False) == "婚姻登记"
    assert words.out_of_scope("这个呢") is words.out_of_scope("这个呢", surely=False) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [("谢谢", "道谢"), ("好的，谢谢您啦！", "道谢"), ("好呀", "应答"), ("好的我再问一下登记", None), ("谢谢登记", None), ("啊", None), ("", None)],
)  # fmt: skip
def test_a_courtesy_is_one_only_where_it_is_the_whole_message(tmp_path, text, label):
    words = lexicon(tmp_path)
    assert words.courtesy(text) == words.never_ours(text) == label
    assert words.out_of_scope(text) is None


def test_what_is_said_to_a_courtesy_is_a_whole_reply(tmp_path):
    words = lexicon(tmp_path)
    assert (words.is_courtesy("道谢"), words.whom_to_ask("道谢")) == (True, "不客气。")
    assert not words.is_courtesy("天气") and not words.is_courtesy("")


@pytest.mark.parametrize("text", ["谢谢", "你好", "好的", "知道了", "在吗", "好的，知道了，谢谢老师", "OK"])
def test_common_courtesies_are_known(shipped, text):
    assert shipped.courtesy(text)


@pytest.mark.parametrize(
    "text", ["好的我再问一下备案要几个人", "备案", "好办吗", "可以不备案吗", "谢谢，那备案呢", "不行"]
)
def test_a_question_with_a_courtesy_is_a_question(shipped, text):
    assert shipped.courtesy(text) is None


def test_some_fields_are_never_ours_unless_a_word_of_ours_is_there(tmp_path):
    words = lexicon(tmp_path)
    assert words.never_ours("着火了怎么办") == "危险"
    assert words.never_ours("社团活动室着火了怎么办") is None
    assert words.never_ours("给社团写首诗") == "代写"  # always: a word of ours does not help
    assert words.never_ours("下雨了怎么办") is None
    assert words.never_ours("下雨下雨气温低，触电了") == "危险"  # whatever else is spoken of


def test_whom_to_ask_is_empty_for_an_unknown_label(tmp_path):
    words = lexicon(tmp_path)
    assert words.whom_to_ask("天气") == "请看天气预报。"
    assert words.whom_to_ask("别的") == ""


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("terms", "- {term: 登记}\n- {term: 登记}\n", r"terms\.yaml 第 2 行：词条“登记”已经有了"),
        ("terms", "- {term: 登记, alias: [注册]}\n", r"terms\.yaml 第 1 行：不认识 alias"),
        ("terms", "- 登记\n", r"terms\.yaml 第 1 行"),
        ("typos", "甲: 乙\n乙: 丙\n", r"typos\.yaml 第 1 行：“乙”本身又列为错字"),
        ("topics", "- {topic: 天气, cues: [下雨]}\n", r"topics\.yaml 第 1 行：没有“天气”这个主题"),
        (
            "scope",
            "in_scope: [社团]\nout_of_scope:\n  - {label: 甲, cues: [社团], ask: 问甲。}\n",
            r"scope\.yaml 第 3 行：“社团”已列在别处",
        ),
        ("scope", "in_scope: [社团]\n", r"scope\.yaml 第 1 行：缺少 out_of_scope"),
    ],
)
def test_load_names_file_and_line_of_a_fault(tmp_path, name, text, complaint):
    with pytest.raises(ConfigError, match=complaint):
        lexicon(tmp_path, **{name: text})


def test_load_names_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match=r"terms\.yaml"):
        Lexicon.load(tmp_path)


def test_shipped_data_is_large_enough_and_covers_every_topic():
    slips = [wrong for wrong, right in raw("typos").items() if wrong != right]
    assert len(raw("terms")) >= 350
    assert len(slips) >= 250
    assert {entry["topic"] for entry in raw("topics")} == set(TOPICS)
    assert len(raw("scope")["out_of_scope"]) >= 13


def test_shipped_terms_keep_registration_and_filing_apart(shipped):
    for entry in raw("terms"):
        same = " ".join([entry["term"], *entry.get("also", []), *entry.get("said", [])])
        if entry["term"] in ("登记", "备案"):
            assert not ("登记" in same and "备案" in same)
    assert "登记" not in shipped.expand("备案")
    assert "备案" not in shipped.expand("登记")


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("我们那帮跳舞的大妈想弄个证", {"登记", "文体活动类"}),
        ("民非咋个弄", {"社会服务机构", "民办非企业单位"}),
        ("队里没得钱，上哪儿搞钱", {"资金", "经费"}),
        ("想借个地方排练", {"活动场地"}),
        ("不干了，队伍要散伙", {"注销登记"}),
        ("管事的换人了", {"负责人"}),
        ("老板捐钱能抵税不", {"捐赠", "税前扣除"}),
        ("两委是啥", {"村(社区)“两委”"}),
    ],
)
def test_shipped_terms_turn_everyday_questions_into_official_words(shipped, question, meant):
    assert meant <= set(shipped.expand(question))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("咋登计", "咋登记"), ("去街道备按", "去街道备案"), ("射团章成", "社团章程"), ("开帐户", "开账户")],
)
def test_shipped_typos_repair_homophones(shipped, wrong, right):
    assert shipped.correct(wrong)[0] == right


def test_shipped_typos_leave_sound_text_alone(shipped):
    sound = "攀登计划准备按照说明称，设备按期归还；干部们每年捡垃圾，有效其他材料，关注消防，村里事会多。"
    assert shipped.correct(sound) == (sound, [])
    for path in sorted((corpus_folder() / "facts").glob("*.yaml")):
        assert shipped.correct(path.read_text("utf-8"))[1] == [], path.name


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("明天会不会下雨", "天气"),
        ("开个公司要多少钱", "公司注册"),
        ("退休金几号发", "社保医保"),
        ("我们两口子想离婚去哪办", "婚姻登记"),
        ("老娘七十了低保咋申请", "低保救助"),
        ("娃娃上户口要啥", "户籍"),
        ("闯红灯扣几分", "交通违章"),
        ("股票跌了怎么办", "股票理财"),
        ("给我写首诗", "代写代编"),
        ("帮我用python算个数", "代写代编"),
        ("物业费太贵能不交吗", "物业纠纷"),
        ("老板拖欠工资找谁", "劳动纠纷"),
        ("二手房过户要多少税", "房产"),
        ("社会组织的员工要交社保吗", None),
        ("跳广场舞太吵，邻居报警了", None),
        ("志愿者开车违章算谁的", None),
        ("备案要啥条件", None),
    ],
)
def test_shipped_scope_tells_other_fields_from_ours(shipped, question, label):
    assert shipped.out_of_scope(question) == label


def test_shipped_scope_says_whom_to_ask_for_every_label(shipped):
    for entry in raw("scope")["out_of_scope"]:
        assert shipped.whom_to_ask(entry["label"]).endswith("。")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("备案要几个人", "备案条件"),
        ("捐款能抵税吗", "税收"),
        ("没党员咋建党支部", "党建"),
        ("散伙了剩下的钱归谁", "变更注销"),
        ("不登记会怎样，罚款吗", "法律责任"),
        ("孵化基地怎么入驻", "培育孵化"),
        ("评5A有啥用，年检呢", "年检评估"),
    ],
)
def test_shipped_topics_put_the_right_topic_first(shipped, question, topic):
    assert next(iter(shipped.topics(question))) == topic


def test_organisations_names_each_kind_once(tmp_path: Path):
    words = lexicon(tmp_path)
    assert words.organisations("社团和协会、基金会有啥区别") == {"社会团体", "基金会"}
    assert words.organisations("舞蹈队归谁管") == frozenset()


def test_organisations_refuses_a_word_of_two_kinds(tmp_path: Path):
    twice = "- {organisation: 社会团体, words: [协会]}\n- {organisation: 基金会, words: [协会]}\n"
    with pytest.raises(ConfigError, match="一个词只能归一类"):
        lexicon(tmp_path, organisations=twice)


def test_a_club_is_looked_for_by_the_name_most_is_known_of(tmp_path: Path):
    words = lexicon(tmp_path)
    assert words.with_common_clubs("我们飞盘队和古筝社要登记吗") == "我们广场舞队和广场舞队要登记吗"
    assert words.with_common_clubs("消防队要登记吗，飞盘好玩") == "消防队要登记吗，飞盘好玩"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("你好，备案要几个人？谢谢", "备案要几个人"),
        ("嗯 那材料呢", "那材料呢"),
        ("请问一下 民非要多少钱", "民非要多少钱"),
        ("先备案再登记 对", "先备案再登记 对"),
        ("谢谢 再见", "谢谢 再见"),
        ("队里要写感谢信", "队里要写感谢信"),
    ],
)
def test_courtesies_around_a_question_are_left_out(shipped, text, asked):
    assert shipped.without_courtesies(text) == asked
