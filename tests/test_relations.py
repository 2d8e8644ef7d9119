"""How a new document stands to those held."""

from dataclasses import replace
from datetime import date

import pytest
from library_drafts import SENTENCES, articles, draft, held, shelf_of

from assistant.domain import Document
from ingest.drafts import Draft
from ingest.fingerprints import fingerprint, share
from ingest.relations import Kin, Kinship, find_kin, missing_basis
from ingest.shelf import Shelf
from ingest.works import Titles, as_number, covers, later, number_key, same_title, version_key, work_key

TODAY = date(2026, 11, 21)
OTHER_WORDS = articles("第一种完全不同的规定内容", "第二种完全不同的规定内容", "第三种完全不同的规定内容")


def kin(new: Draft, shelf: Shelf) -> Kin:
    return find_kin(new, fingerprint(new.document.text), shelf)


# titles, numbers, dates


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("民政部关于印发《社区社会组织工作方案(2021-2023年)》的通知", "社区社会组织工作方案"),
        ("中华人民共和国慈善法", "慈善法"),
        ("社区社会组织 备案办法", "社区社会组织备案办法"),
    ],
)
def test_one_work_has_one_key(one: str, other: str):
    assert work_key(one) == work_key(other)


def test_amended_title_is_a_version_and_new_period_is_another_work():
    assert version_key("四川省志愿服务条例（2021年修订）") == version_key("四川省志愿服务条例")
    assert version_key("专项行动方案(2021-2023年)") != version_key("专项行动方案(2024-2026年)")
    assert version_key("备案办法（试行）") != version_key("备案办法")


def test_short_title_names_no_version():
    assert version_key("通知") == ""


def test_issuing_body_may_be_missing_from_a_title_but_not_differ():
    assert same_title("民政部关于培育社区社会组织的意见", "关于培育社区社会组织的意见")
    assert not same_title("吉林省民政厅关于培育社区社会组织的意见", "民政部关于培育社区社会组织的意见")
    titles = Titles(["民政部关于培育社区社会组织的意见"])
    assert titles.hold("关于培育社区社会组织的意见")
    assert not titles.hold("关于培育慈善组织的意见")


def test_numbers_are_compared_in_one_form():
    assert number_key("川民规[2022]7号") == number_key("川民规〔2022〕7号") != ""
    assert as_number("川民规［2022］7号") == number_key("川民规〔2022〕7号")
    assert as_number("四川省备案办法") == ""
    assert number_key(None) == ""


def test_dates_are_compared_as_far_as_both_are_known():
    def on(day: str | None) -> Document:
        return Document("x", "t", "", issued_on=day)

    assert later(on("2022-03-01"), on("2021-12-31")) == 1
    assert later(on("2020"), on("2020-12-07")) == 0
    assert later(on(None), on("2020-12-07")) == 0
    assert later(on("2019-01-01"), on("2020")) == -1


def test_authority_reaches_its_own_region_and_inside():
    assert covers("全国", "四川省")
    assert covers("四川省", "四川省成都市")
    assert not covers("四川省成都市", "四川省")
    assert not covers("吉林省", "四川省")


# fingerprints


def test_blanks_and_line_breaks_do_not_change_the_words():
    text = articles(*SENTENCES)
    assert fingerprint(text.replace("。\n", "。 \n\n")).words == fingerprint(text).words
    assert fingerprint(text.replace("十日", "五日")).words != fingerprint(text).words


def test_share_counts_sentences_of_the_first():
    whole, part = fingerprint(articles(*SENTENCES)), fingerprint(articles(*SENTENCES[:5]))
    assert share(part, whole) == 1.0
    assert share(whole, part) == 0.5
    assert share(fingerprint("短句。"), whole) == 0.0


def test_width_and_punctuation_do_not_change_sentences():
    one, other = (
        fingerprint("备案组织（街道）的成员，不少于十人。"),
        fingerprint("备案组织(街道)的成员,不少于十人。"),
    )
    assert share(one, other) == 1.0
    assert one.words != other.words


# kinship


def test_same_words_are_the_same_whatever_the_title():
    found = kin(draft("另一个标题的文件", text=articles(*SENTENCES) + "\n"), shelf_of(v1=draft()))
    assert (found.kinship, found.held and found.held.id) == (Kinship.SAME, "v1")


def test_later_text_of_the_same_title_and_region_is_newer():
    new = draft(text=articles(*SENTENCES[:-1], "备案组织不得承接服务项目"), issued_on="2025-01-01")
    found = kin(new, shelf_of(v1=draft()))
    assert (found.kinship, found.held and found.held.id) == (Kinship.NEWER, "v1")


def test_earlier_text_of_the_same_title_is_older():
    new = draft(text=articles(*SENTENCES[:6]), issued_on="2015-01-01")
    assert kin(new, shelf_of(v1=draft())).kinship is Kinship.OLDER


def test_small_differences_of_the_same_day_are_a_copy():
    new = draft(text=articles(*SENTENCES[:-1], "备案组织可以承接社区公益服务项日"))
    assert kin(new, shelf_of(v1=draft())).kinship is Kinship.COPY


def test_fuller_text_of_the_same_day_is_fuller():
    cut_off = draft(text=articles(*SENTENCES[:6]))
    assert kin(draft(), shelf_of(v1=cut_off)).kinship is Kinship.FULLER


def test_same_number_is_the_same_document_under_another_title():
    new = draft(
        "备案管理办法(新)", text=articles(*SENTENCES[:5]), number="川民规[2022]7号", issued_on="2023-01-01"
    )
    assert kin(new, shelf_of(v1=draft(number="川民规〔2022〕7号"))).kinship is Kinship.NEWER


def test_notice_and_attachment_of_one_number_are_not_versions():
    new = draft("关于做好备案工作有关事项的通知", text=OTHER_WORDS, number="川民规〔2022〕7号")
    assert kin(new, shelf_of(v1=draft(number="川民规〔2022〕7号"))).kinship is Kinship.NEW


def test_other_regions_same_title_is_another_document():
    new = draft("社区社会组织备案管理办法", region="吉林省", text=OTHER_WORDS)
    assert kin(new, shelf_of(v1=draft("社区社会组织备案管理办法"))).kinship is Kinship.NEW


def test_unsure_title_makes_no_version():
    new = draft(text=OTHER_WORDS, sure=0.3)
    assert kin(new, shelf_of(v1=draft())).kinship is Kinship.NEW


def test_news_of_one_title_are_not_versions():
    new = draft("社会组织工作动态", text=OTHER_WORDS, level="新闻", issued_on="2025-01-01")
    assert kin(new, shelf_of(v1=draft("社会组织工作动态", level="新闻"))).kinship is Kinship.NEW


def test_text_that_is_nearly_all_held_is_a_copy():
    new = draft("备案须知节选", text=articles(*SENTENCES[:9], "咨询请到街道办事处二楼窗口"))
    found = kin(new, shelf_of(v1=draft()))
    assert (found.kinship, found.held and found.held.id) == (Kinship.COPY, "v1")
    assert "90%" in found.note


@pytest.mark.parametrize(("count", "kinship"), [(9, Kinship.COPY), (8, Kinship.NEW)])
def test_copies_begin_at_nine_sentences_of_ten(count: int, kinship: Kinship):
    own = [f"这是第{i}句文件库里没有的话" for i in range(10 - count)]
    new = draft("备案须知节选", text=articles(*SENTENCES[:count], *own))
    assert kin(new, shelf_of(v1=draft())).kinship is kinship


def test_copied_text_of_another_region_or_number_is_added_with_a_note():
    near = articles(*SENTENCES[:9], "本办法由省民政厅负责解释")
    elsewhere = kin(draft("吉林省备案办法", region="吉林省", text=near), shelf_of(v1=draft()))
    assert (elsewhere.kinship, "适用地区不同" in elsewhere.note) == (Kinship.NEW, True)
    numbered = draft("关于2023年度备案的通知", number="川民函〔2023〕1号", text=near)
    other = kin(numbered, shelf_of(v1=draft(number="川民函〔2022〕1号")))
    assert (other.kinship, "发文字号不同" in other.note) == (Kinship.NEW, True)


def test_documents_put_on_the_shelf_later_are_found_too():
    shelf = shelf_of(v1=draft("成都市其他规定", text=OTHER_WORDS))
    new = draft()
    shelf.put(held(new, "v2"), fingerprint(new.document.text))
    near = shelf.nearest(fingerprint(articles(*SENTENCES[:4])))
    assert near is not None
    assert (near.document.id, near.share) == ("v2", 1.0)


def test_empty_shelf_makes_everything_new():
    assert kin(draft(), shelf_of()).kinship is Kinship.NEW
    assert shelf_of().nearest(fingerprint("")) is None


def test_documents_taken_out_of_use_have_no_versions():
    document = replace(held(draft(), "v1"), retired=True)
    shelf = Shelf([document], {"v1": fingerprint(draft().document.text)})
    new = draft(text=OTHER_WORDS, issued_on="2025-01-01")
    assert kin(new, shelf).kinship is Kinship.NEW


def test_basis_that_is_not_held_is_missing():
    new = draft(basis=("社会团体登记管理条例", "慈善法"))
    shelf = shelf_of(law=draft("中华人民共和国慈善法", text=OTHER_WORDS))
    assert missing_basis(new.document, shelf) == ("社会团体登记管理条例",)
    assert missing_basis(replace(new.document, level="新闻"), shelf) == ()


def test_a_number_of_another_place_and_body_is_only_noted():
    def numbered(region: str, day: str, *sentences: str) -> Draft:
        title = f"{region}社区社会组织备案办法"
        return draft(title, region=region, number="民发〔2019〕3号", issued_on=day, text=articles(*sentences))

    held_ = numbered("四川省青山市", "2019-01-01", *SENTENCES[:5])
    found = kin(numbered("湖南省绿水县", "2022-01-01", *SENTENCES[4:]), shelf_of(v1=held_))
    assert (found.kinship, found.held) == (Kinship.NEW, None)
    assert "四川省青山市社区社会组织备案办法》（v1）相同" in found.note
    assert "核对字号" in found.note
