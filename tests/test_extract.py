"""assistant.extract, select and listing: which words of which hits are quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking, document, hit

from assistant.domain import Clause, DocumentKind, Hit
from assistant.extract import MAX_QUOTE, Extractor, Quote, repeats, status_quotes
from assistant.lexical import LexicalIndex
from assistant.listing import series_quotes
from assistant.select import MAX_QUOTED, hits_of, meant_document, quoted_hits
from assistant.tools import Tools

FILLER = "各级要结合实际抓好落实，加强组织领导和工作保障，及时总结好的经验做法，确保各项任务顺利推进。"


@pytest.fixture
def quoted(tools: Tools):
    texts = ["街道办事处备案材料", "处以罚款", "资金补贴", FILLER]
    extractor = Extractor(
        LexicalIndex.build([tools.segmenter.terms(text) for text in texts]), tools.segmenter, tools.encoder
    )

    def words(question: str, *hits: Hit) -> list[str]:
        found = extractor.quotes(asking(tools, question), hits)
        return [
            q.hit.passage.text[q.start - q.hit.passage.start : q.end - q.hit.passage.start] for q in found
        ]

    return words


def test_a_short_clause_is_quoted_whole(quoted):
    text = "备案由街道办事处办理。" + FILLER
    assert len(text) <= MAX_QUOTE
    assert quoted("备案找谁", hit(text, start=40)) == [text]


def test_of_a_long_clause_the_sentence_that_answers_is_quoted(quoted):
    answer = "备案由街道办事处办理。"
    assert quoted("街道备案找谁", hit(FILLER * 4 + answer + FILLER * 4)) == [answer]


def test_an_exception_stays_with_its_rule(quoted):
    rule = "违反规定收取资金的，处以罚款。但是情节轻微的除外。"
    assert quoted("收资金罚款吗", hit(FILLER * 4 + rule + FILLER * 4)) == [rule]


def test_an_exception_brings_its_rule_along(quoted):
    rule = "各地可以先行试点。但备案材料不得增加。"
    assert quoted("备案材料交给谁", hit(FILLER * 4 + rule + FILLER * 4)) == [rule]


def test_a_lead_in_stays_with_its_item(quoted):
    listed = "应当提交下列文件：\n" + "".join(f"（{n}）{FILLER}\n" for n in "一二三") + "（四）备案材料。"
    (quote,) = quoted("备案材料交给谁", hit("应当提交下列文件：\n（一）备案材料。\n" + FILLER * 8))
    assert quote == "应当提交下列文件：\n（一）备案材料。"
    assert quoted("备案材料交给谁", hit(listed)) == [listed]  # with the others that stand between
    long = listed.replace(FILLER, FILLER * 3)
    assert len(long) > MAX_QUOTE
    assert quoted("备案材料交给谁", hit(long)) == ["（四）备案材料。"]


def test_a_lead_in_never_stands_alone(quoted):
    named = "各地街道备案窗口："
    assert quoted("街道备案窗口", hit(named + "\n" + FILLER * 8)) == [f"{named}\n{FILLER}"]


def test_a_heading_is_not_quoted_for_what_it_names(quoted):
    heading, said = "2.街道备案窗口。", "备案由社区窗口受理。"
    found = hit(heading + said + FILLER * 8)
    under = replace(found, passage=replace(found.passage, section=f"三、任务 > {heading[:-1]}"))
    assert heading in quoted("街道备案窗口", found)[0]
    assert heading not in quoted("街道备案窗口", under)[0]


def test_an_item_brings_what_the_whole_list_says(quoted):
    lead = "志愿服务组织有下列行为之一的，由民政部门责令改正："
    items = [f"（一）{FILLER}\n", "（二）伪造志愿服务记录的；\n", f"（三）{FILLER}\n", f"（四）{FILLER}\n"]
    [found] = quoted("伪造记录怎么处理", hit(lead + "\n" + "".join(items) + FILLER * 3))
    assert found.startswith(lead) and "（二）伪造志愿服务记录的" in found and "（四）" not in found


def test_a_card_is_quoted_whole(quoted):
    text = FILLER * 5 + "备案由街道办理。"
    card = document("card", kind=DocumentKind.FACT_CARD)
    assert quoted("街道备案找谁", hit(text, of=card)) == [text]


def test_the_words_a_known_question_points_at_are_preferred(quoted):
    first, second = "备案由街道办事处办理。", "备案由街道协助办理。"
    text = first + FILLER * 4 + second + FILLER * 4
    at = text.index(second)
    pointed = hit(text, focus=(at, at + len(second)), asked_words=0.9, asked_dense=0.9)
    assert quoted("街道办事处备案", hit(text)) == [first]
    assert quoted("街道办事处备案", pointed) == [second]


def test_a_figure_is_preferred_when_an_amount_is_asked_for(quoted):
    plain, figure = "给予补贴和资金支持。", "补贴资金不超过二万元。"
    text = plain + FILLER * 4 + figure + FILLER * 4
    assert quoted("补贴资金能拿多少钱", hit(text)) == [figure]


def test_of_targets_by_year_all_are_quoted_unless_one_is_named(quoted):
    years = [
        f"到{year}年,城市社区平均拥有{n}个社区社会组织。" for year, n in ((2018, 2), (2019, 5), (2020, 10))
    ]
    text = FILLER * 4 + "".join(years) + FILLER * 2
    assert quoted("城市社区平均要有几个社区社会组织", hit(text)) == ["".join(years)]
    assert quoted("2020年城市社区平均要有几个社区社会组织", hit(text)) == [years[2]]


def test_nothing_is_quoted_from_no_hits_and_nothing_twice(quoted):
    assert quoted("备案找谁") == []
    one, same = hit("备案由街道办理。"), hit("备案由街道办理。")
    other = hit("备案由街道办理。", of=document("e"))
    assert quoted("备案找谁", one, same, other) == ["备案由街道办理。"] * 2


def test_a_repeat_is_an_overlap_in_one_document():
    held, other = hit("备案由街道办理。"), hit("备案由街道办理。", of=document("e"))
    assert repeats(Quote(held, 0, 5, 1.0), Quote(held, 4, 8, 1.0))
    assert not repeats(Quote(held, 0, 4, 1.0), Quote(held, 4, 8, 1.0))
    assert not repeats(Quote(held, 0, 5, 1.0), Quote(other, 0, 5, 1.0))


def test_status_is_shown_by_the_sentence_it_rests_on():
    text = "第一条 略。\n第六条 本办法有效期至2023年底。其他略。"
    (quote,) = status_quotes(hit("略", of=document("d", evidence="第六条：“有效期至2023年底”")), text)
    assert text[quote.start : quote.end] == "第六条 本办法有效期至2023年底。"
    assert quote.hit.passage.section == ""  # it stands elsewhere than the hit
    assert status_quotes(hit("略", of=document("d", evidence="标题")), text) == []
    assert status_quotes(hit("略", of=document("d", evidence="“早已不在原文里”")), text) == []


@pytest.mark.parametrize(
    ("question", "kept"),
    [("备案找谁", 1), ("备案是怎么回事", 2), ("备案要带哪些材料", 2), ("备案要几个人", 1)],
)
def test_a_question_for_one_thing_needs_fewer_quotes(tools: Tools, question, kept):
    basis = [hit("甲。", score=1.0), hit("乙。", score=0.90), hit("丙。", score=0.7)]
    assert quoted_hits(asking(tools, question), basis) == basis[:kept]


def test_a_comparison_quotes_the_two_best(tools: Tools):
    basis = [hit("甲。", score=1.0), hit("乙。", score=0.75), hit("丙。", score=0.75), hit("丁。", score=0.5)]
    assert quoted_hits(asking(tools, "登记和备案有什么区别"), basis) == basis[:2]
    assert quoted_hits(asking(tools, "登记和备案有什么区别"), [basis[0], basis[3]]) == basis[:1]


def test_where_the_best_lack_the_figure_asked_for_the_next_that_has_it_is_quoted(tools: Tools):
    query = asking(tools, "收了钱罚多少")
    bare = hit("责令改正。", score=1.0)
    near, far = hit("并处所收报酬五倍罚款。", score=0.7), hit("并处一万元罚款。", score=0.5)
    assert quoted_hits(query, [bare, near]) == [near]
    assert quoted_hits(query, [bare, far]) == [bare]


def test_a_clause_in_force_with_the_figure_leads_one_that_is_not(tools: Tools):
    query = asking(tools, "等级有效期几年")
    old = hit("有效期5年。", stale=1.0, has_figure=1.0, score=1.0)
    new = hit("自次年起算，到第5年止。", has_figure=1.0, score=0.75)
    assert quoted_hits(query, [old, new]) == [new, old]
    assert quoted_hits(query, [old, hit("自次年起算。", score=0.75)]) == [old]  # has no figure
    far = hit("到第5年止。", has_figure=1.0, score=0.6)
    assert quoted_hits(query, [old, far]) == [old]
    named = hit("有效期5年。", stale=1.0, has_figure=1.0, title_named=1.0)
    assert quoted_hits(query, [named, new]) == [named]


def test_a_law_of_another_form_gives_way_to_a_clause_on_the_form_asked_about(tools: Tools):
    query = asking(tools, "社团年检几月份")
    foreign = hit("民非三月报。", foreign_law=1.0, score=1.0)
    own = hit("社团三月报。", same_organisation=1.0, score=0.85)
    assert quoted_hits(query, [foreign, own]) == [own]
    assert quoted_hits(query, [foreign, replace(own, score=0.7)]) == [foreign]  # on something else
    of_all = hit("三月报。", score=0.97)
    assert quoted_hits(query, [of_all, replace(foreign, score=0.96), own]) == [of_all]


def test_a_clause_on_the_procedure_asked_about_leads_one_on_the_other(tools: Tools):
    query = asking(tools, "登记要几个人")
    filing = hit("备案要10人。", other_procedure=1.0, score=1.0)
    registering = hit("会员50人以上。", score=0.75)
    on_it = replace(registering, passage=replace(registering.passage, topic="登记条件"))
    assert quoted_hits(query, [filing, on_it]) == [on_it, filing]
    assert quoted_hits(query, [filing, registering]) == [filing]  # not known to be on it
    assert quoted_hits(query, [filing, replace(on_it, score=0.6)]) == [filing]
    other = replace(filing, reasons=filing.reasons | {"other_procedure": 0.0})
    assert quoted_hits(query, [other, on_it]) == [other]


def test_a_rule_leads_an_account_that_is_as_good(tools: Tools):
    query = asking(tools, "备案带什么材料")
    account = hit("各地一般交三样。", of=replace(document("a"), level="综述文章"), score=1.0)
    rule = hit("提交四项材料。", score=0.95)
    assert quoted_hits(query, [account, rule]) == [rule, account]
    assert quoted_hits(query, [account, replace(rule, score=0.8)]) == [account]


def test_days_before_a_period_ends_are_no_question_of_force(tools: Tools):
    kind = hit("略", of=document("k", title="支持意见"), score=0.5)
    rule = hit("到期前15日申请换发。", score=1.0)
    assert quoted_hits(asking(tools, "意见书到期提前几天去换"), [rule, kind]) == [rule]


def test_no_more_hits_are_quoted_than_can_be_read(tools: Tools):
    equals = [hit("甲。", score=1.0, start=n) for n in range(9)]
    assert quoted_hits(asking(tools, "备案找谁"), equals) == equals[:MAX_QUOTED]


def test_for_validity_the_text_meant_is_quoted(tools: Tools):
    query = replace(asking(tools, "《备案办法》还有效吗"), of_record=True)
    news = hit("略", of=document("n", title="备案办法解读"), title_named=1.0, not_a_rule=1.0)
    rule = hit("略", of=document("r", title="备案办法"), title_named=1.0, score=0.4)
    other = hit("略", of=document("o", title="登记通知"))
    assert quoted_hits(query, [other, news, rule]) == [rule]
    assert quoted_hits(query, [other, news]) == [news]
    assert quoted_hits(query, [other]) == [other]
    by_kind = hit("略", of=document("k", title="孵化办法"))
    asked = replace(asking(tools, "这个办法还有效吗"), of_record=True)
    assert quoted_hits(asked, [other, by_kind]) == [by_kind]


SERIES = "二、主要任务\n（一）培育计划\n略。\n（二）能力计划\n略。\n（三）作用计划\n略。\n"


def series(*, kind: DocumentKind = DocumentKind.ORIGINAL):
    starts = [SERIES.index(label) for label in ("（一）", "（二）", "（三）")]
    ends = [*starts[1:], len(SERIES)]
    clauses = [Clause(0, None, 0, "二、", "主要任务", 0, starts[0], len(SERIES))]
    for n, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        heading = SERIES[start + 3 : start + 7]
        clauses.append(Clause(n, 0, 1, SERIES[start : start + 3], heading, start, end, end))
    held = document("plan", text=SERIES, kind=kind, clauses=clauses)
    return held, [hit("略。", of=held, start=SERIES.index("略", start)) for start in starts]


@pytest.mark.parametrize("question", ["三大计划分别是啥", "3个计划是哪些", "主要任务有什么"])
def test_a_series_is_listed_by_its_headings(question):
    held, hits = series()
    quotes = series_quotes(question, hits, held)
    assert [SERIES[q.start : q.end] for q in quotes] == ["（一）培育计划", "（二）能力计划", "（三）作用计划"]


@pytest.mark.parametrize("question", ["四大计划分别是啥", "计划由谁负责", "三大计划做得好", ""])
def test_no_series_is_listed_for_another_question(question):
    held, hits = series()
    assert series_quotes(question, hits, held) == []


def test_a_series_needs_two_of_its_members_among_the_best():
    held, hits = series()
    assert series_quotes("三大任务分别是啥", hits[:1], held) == []
    assert len(series_quotes("三大任务分别是啥", hits, held)) == 3
    assert series_quotes("三大任务分别是啥", [], held) == []


def test_one_member_is_enough_when_the_question_says_what_all_are():
    held, hits = series()
    assert len(series_quotes("三大计划分别是啥", hits[:1], held)) == 3
    assert series_quotes("四大计划分别是啥", hits[:1], held) == []
    assert series_quotes("三大计划分别是啥", hits, series(kind=DocumentKind.FACT_CARD)[0]) == []


def test_a_record_is_asked_of_the_text_its_words_name(tools: Tools):
    law, plan, local = (
        document("law", title="慈善组织认定办法"),
        document("plan", title="志愿服务规划"),
        document("local", title="甲省慈善条例", region="甲省"),
    )
    basis = [
        hit("略。", of=plan, score=10.0),
        hit("略。", of=law, score=8.0),
        hit("又略。", of=law, score=7.0),
        hit("略。", of=local, score=7.0, own_region=1.0),
    ]
    query = asking(tools, "慈善组织认定办法哪年的")
    assert meant_document(query, basis) == "law"
    assert [one.passage.text for one in hits_of("law", basis)] == ["略。", "又略。"]
    assert quoted_hits(replace(query, of_record=True), basis) == [basis[1]]
    assert meant_document(asking(tools, "慈善法改了，我们省的条例跟着改没"), basis) == "local"
    assert meant_document(query, []) == ""


def test_the_words_that_give_a_titles_period_are_quoted_for_its_validity():
    text = "现将《行动方案(2021-2023年)》印发给你们。\n从2021年起用3年时间,开展专项行动。\n各地落实。"
    plan = document("p", title="行动方案(2021-2023年)", evidence="标题写明实施期“(2021-2023年)”，已满")
    (quote,) = status_quotes(hit("略", of=plan), text)
    assert text[quote.start : quote.end].startswith("从2021年起用3年时间")
    (quote,) = status_quotes(hit("略", of=plan), text.replace("从2021年起用3年时间,", ""))
    assert text[quote.start : quote.end].startswith("现将")


def test_a_places_text_of_the_same_name_is_meant_before_the_nations(tools: Tools):
    nation = hit("略。", of=document("nation", title="志愿服务条例"), score=5.0, title_named=1.0)
    own = document("own", title="宁波市志愿服务条例", region="浙江省宁波市")
    city = hit("略。", of=own, score=2.0, own_region=1.0)
    query = asking(tools, "志愿服务条例哪年改的", region="宁波")
    assert meant_document(query, [nation, city]) == "own"
    other = hit("略。", of=replace(own, title="宁波市志愿服务保障办法"), score=2.0, own_region=1.0)
    assert meant_document(query, [nation, other]) == "nation"


def test_a_title_said_after_a_place_means_that_places_text_of_nearly_this_name(tools: Tools):
    nation = hit("略。", of=document("nation", title="志愿服务条例"), score=5.0, title_named=1.0)
    query = asking(tools, "北京志愿服务条例哪年改的", region="北京")

    def meant(title: str) -> str:
        own = hit("略。", of=document("own", title=title, region="北京市"), score=5.0, own_region=1.0)
        return meant_document(query, [nation, own])

    assert meant("北京市志愿服务促进条例") == "own"
    assert meant("北京市志愿者培训工作指引") == "nation"


def test_the_name_said_decides_before_the_year(tools: Tools):
    dated = hit("略。", of=document("dated", title="慈善组织认定办法（2016年文本）"), score=7.0)
    named = hit("略。", of=document("named", title="慈善组织公开募捐管理办法"), score=5.0)
    assert meant_document(asking(tools, "公开募捐管理办法2016年那份还能用不"), [dated, named]) == "named"
    assert meant_document(asking(tools, "2016年那份慈善组织认定办法还能用不"), [dated, named]) == "dated"
