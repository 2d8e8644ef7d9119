import pytest

from evals.matching import Haystack, comparable, same_passage, with_figures, without_markup


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("会员不少于二十名。", "20名", True),
        ("会员不少于20 人。", "二十名", True),
        ("注册资金3万元", "三万元", True),
        ("注册资金30000元", "3万元", True),
        ("占比达到百分之六十", "60%", True),
        ("会员一百二十名", "20名", False),
        ("会员120名", "20名", False),
        ("会员120名", "12", False),
        ("每人1.5万元", "5万元", False),
        ("报街道办事处备案", "街道办事处", True),
        ("民办发〔2020〕36号", "民办发[2020]36号", True),
        ("由村（居）民委员会指导", "村(居)民委员会", True),
        ("二十余名", "20名", False),
        ("培训245万人次", "245万", True),
        ("随便", "  ", False),
    ],
)
def test_contains_sees_through_width_and_numerals_but_not_inside_numbers(text, wanted, found):
    assert Haystack.of([text]).contains(wanted) is found


def test_haystack_does_not_join_neighbouring_texts():
    assert not Haystack.of(["街道", "办事处"]).contains("街道办事处")
    assert Haystack.of(["街道", "办事处"]).contains_any(["乡镇", "办事处"])


def test_without_markup_removes_markers_and_signs():
    assert without_markup("**应当**到街道[1][2,3]\n> 办理") == "应当到街道\n 办理"


def test_comparable_folds_quotes_and_blanks():
    assert comparable("“三 社”\n联动 Ａ") == '"三社"联动a'


def test_with_figures_keeps_words_that_only_look_like_numbers():
    assert with_figures("一般由三社联动") == "一般由三社联动"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("甲乙丙丁戊己", "甲乙丙丁戊己庚辛壬癸", True),
        ("甲乙丙丁", "丙丁戊己庚辛", True),
        ("甲乙丙丁", "丁戊己庚辛", False),
        ("甲 乙\n丙丁", "甲乙丙丁", True),
        ("", "甲", False),
        ("甲乙丙", "乙丙", True),
    ],
)
def test_same_passage_needs_half_of_the_shorter_in_one_piece(one, other, same):
    assert same_passage(one, other) is same
    assert same_passage(other, one) is same
