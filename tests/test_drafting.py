"""assistant.draft: answers in pieces, answers in part and refusals, from hits given by hand and from a whole library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from answering import asking, document, hit, library, understanding

from assistant.answer import Assistant
from assistant.aspects import aspects
from assistant.catalogue import Catalogue
from assistant.compose import citation, leads
from assistant.config import Settings
from assistant.domain import Answer, AnswerStatus, DocumentStatus, Hit, NoticeKind
from assistant.draft import Drafter
from assistant.extract import Extractor, Quote
from assistant.finding import ALONE, Finding, with_whole
from assistant.index import Index
from assistant.judge import NO_RULE, Verdict
from assistant.layout import NOT_FOUND
from assistant.standing import Standing
from assistant.tools import Tools

WHO, FEE = "备案由街道办事处办理。", "备案不收取任何费用。"
TEXTS = {
    "law": (
        "社区组织办法",
        "全国",
        [WHO, FEE, "登记由民政部门办理，和备案不同。", "登记的资金不少于三万元。"],
    ),
    "sichuan": ("四川补贴办法", "四川省", ["孵化补贴每家两万元。", "四川备案由社区办理。"]),
    "chengdu": ("成都补贴办法", "四川省成都市", ["成都补贴场地费三千元。"]),
    "jilin": ("吉林补贴办法", "吉林省", ["孵化补贴每家一万元。"]),
}
QUESTIONS = {
    "law": [("备案找谁", WHO), ("备案找谁办理", WHO), ("备案要交多少钱", FEE), ("备案收费吗", FEE)],
    "sichuan": [("四川备案找谁", "四川备案由社区办理。"), ("孵化补贴多少钱", "孵化补贴每家两万元。")],
    "jilin": [("孵化补贴多少钱", "孵化补贴每家一万元。")],
}
SURE = Verdict(AnswerStatus.ANSWERED, 0.9, 0.0, "")
NOTHING = Verdict(AnswerStatus.NO_EVIDENCE, 0.1, 0.0, NO_RULE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Path:
    folder: Path = tmp_path_factory.mktemp("drafting")
    catalogue = Catalogue.open(folder)
    library(folder, catalogue, tools, TEXTS, QUESTIONS).close()
    catalogue.close()
    return folder


@pytest.fixture(scope="module")
def index(home: Path, tools: Tools) -> Iterator[Index]:
    opened = Index.open(home, encoder=tools.encoder, segmenter=tools.segmenter)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def drafter(index: Index, tools: Tools) -> Drafter:
    return Drafter(index, tools.lexicon, Extractor(index.lexical, tools.segmenter, tools.encoder))


@pytest.fixture
def at(index: Index):
    def found(words: str, *, score: float = 1.0, rejected: str = "", **reasons: float) -> Hit:
        for held in index.documents.values():
            start = index.snapshot.text(held.id).find(words)
            if start >= 0:
                return hit(words, of=held, start=start, score=score, rejected=rejected, **reasons)
        raise AssertionError(words)

    return found


@pytest.fixture
def pieces(drafter: Drafter, tools: Tools):
    def answer(
        question: str,
        *found: tuple[list[Hit], Verdict],
        whole: Verdict = SURE,
        basis: tuple[Hit, ...] = (),
        region: str | None = None,
    ) -> Answer | None:
        query = asking(tools, question, region=region)
        sides = aspects(query, understanding(tools))
        findings = [Finding(side, hits, verdict) for side, (hits, verdict) in zip(sides, found, strict=True)]
        drafted = drafter.separate(query, findings, whole=whole, basis=basis)
        return drafted and drafter.verified(drafted, query)

    return answer


def test_a_comparison_of_places_is_a_table(pieces, at):
    answer = pieces(
        "四川和吉林的孵化补贴有什么不同",
        ([at("孵化补贴每家两万元。")], SURE),
        ([at("孵化补贴每家一万元。")], SURE),
    )
    assert answer.status is AnswerStatus.ANSWERED
    assert "| 四川省 | 孵化补贴每家两万元。[1]" in answer.answer
    assert "| 吉林省 | 孵化补贴每家一万元。[2]" in answer.answer
    assert [c.region for c in answer.citations] == ["四川省", "吉林省"]
    assert [p.citations for p in answer.points] == [(1,), (2,)]


def test_a_side_without_a_rule_makes_the_answer_partial(pieces, at):
    answer = pieces(
        "四川和广东的孵化补贴有什么不同", ([at("孵化补贴每家两万元。")], SURE), ([], NOTHING), whole=NOTHING
    )
    assert answer.status is AnswerStatus.PARTIAL
    assert f"| 广东省 | {NOT_FOUND} |" in answer.answer
    assert not answer.refused


def test_a_question_without_a_rule_says_whom_to_ask(pieces, at):
    answer = pieces("备案找谁？一年能拿多少补贴？", ([at(WHO)], SURE), ([], NOTHING), whole=NOTHING)
    assert answer.status is AnswerStatus.PARTIAL
    assert "**备案找谁**" in answer.answer and f"{WHO}[1]" in answer.answer
    assert f"**一年能拿多少补贴**\n\n{NOT_FOUND}" in answer.answer
    assert answer.ask_whom and answer.answer.endswith(answer.ask_whom)


def test_two_answered_questions_are_answered_one_by_one(pieces, at):
    answer = pieces("备案找谁？要交多少钱？", ([at(WHO)], SURE), ([at(FEE)], SURE))
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.answer.index(WHO) < answer.answer.index("**要交多少钱**") < answer.answer.index(FEE)
    assert answer.ask_whom == ""


def test_one_clause_that_speaks_of_both_things_needs_no_table(pieces, at):
    both = at("登记由民政部门办理，和备案不同。")
    found = (([at("登记的资金不少于三万元。")], SURE), ([at(WHO)], SURE))
    assert pieces("登记和备案有什么区别", *found, basis=(both,)) is None
    answer = pieces("登记和备案有什么区别", *found, basis=(at(WHO),))
    assert "| 登记 |" in answer.answer and "| 备案 |" in answer.answer


def test_a_clause_that_names_the_other_thing_in_passing_leaves_it_a_near_one_of_its_own(pieces, at):
    both = "登记由民政部门办理，和备案不同。"
    found = (([at(both, score=10.0)], SURE), ([at(both, score=9.0), at(WHO, score=8.0)], SURE))
    answer = pieces("登记和备案有什么区别", *found, basis=(at(both),))
    assert f"| 登记 | {both}[1]" in answer.answer and f"| 备案 | {WHO}[2]" in answer.answer
    far = (found[0], ([at(both, score=9.0), at(WHO, score=4.0)], SURE))
    assert pieces("登记和备案有什么区别", *far, basis=(at(both),)) is None


def test_a_clause_with_a_sentence_for_each_thing_answers_both(pieces, at):
    each = hit(f"登记由民政部门办理。{WHO}", score=9.0)
    found = (([replace(each, score=10.0)], SURE), ([each, at(WHO, score=8.0)], SURE))
    assert pieces("登记和备案有什么区别", *found, basis=(each,)) is None


def test_one_clause_for_every_part_is_no_list_of_parts(pieces, at):
    assert pieces("备案找谁？归哪个部门管？", ([at(WHO)], SURE), ([at(WHO)], SURE)) is None


def test_nothing_found_for_any_part_is_left_to_the_whole(pieces):
    assert pieces("备案找谁？要交多少钱？", ([], NOTHING), ([], NOTHING), whole=NOTHING) is None


def test_a_doubtful_part_is_not_said_to_be_missing(pieces, at):
    doubtful = Verdict(AnswerStatus.NO_EVIDENCE, 0.5, 0.0, NO_RULE)
    found = (([at(WHO)], SURE), ([at("成都补贴场地费三千元。")], doubtful))
    assert pieces("备案找谁？要交多少钱？", *found) is None  # one answer to the whole says as much
    lacking = Verdict(AnswerStatus.NO_EVIDENCE, 0.5, 0.0, "没有写明具体金额")
    answer = pieces("备案找谁？要交多少钱？", found[0], ([at(WHO)], lacking))
    assert answer.status is AnswerStatus.PARTIAL


def test_a_question_that_says_too_little_is_answered_from_the_text_that_answers_another(pieces, at):
    low = Verdict(AnswerStatus.NO_EVIDENCE, 0.02, 0.0, NO_RULE)
    answer = pieces("备案找谁？要交多少钱？", ([at(WHO)], SURE), ([at(FEE)], low))
    assert [c.quote for c in answer.citations] == [WHO, FEE]
    assert answer.status is AnswerStatus.ANSWERED


def test_a_dangling_question_takes_what_the_whole_message_found(tools, at):
    query = asking(tools, "给小孩凑钱要备案吗，这事归谁管")
    _, dangling = aspects(query, understanding(tools))
    assert dangling.query.dangling
    low = Finding(dangling, [at(FEE)], Verdict(AnswerStatus.NO_EVIDENCE, 0.02, 0.0, NO_RULE))
    assert low.or_whole(SURE, [at(WHO)]).basis[0].passage.text == WHO
    assert low.or_whole(NOTHING, [at(WHO)]) is low  # the whole is not answered either
    sure = Finding(dangling, [at(FEE)], Verdict(AnswerStatus.ANSWERED, 0.8, 0.0, ""))
    assert sure.or_whole(SURE, [at(WHO)]) is sure


def test_what_the_whole_message_found_goes_to_no_second_question(tools, at):
    query = asking(tools, "给小孩凑钱要备案吗，这事归谁管")
    first, dangling = aspects(query, understanding(tools))
    low = Finding(dangling, [at(FEE)], Verdict(AnswerStatus.NO_EVIDENCE, 0.02, 0.0, NO_RULE))
    other = Finding(first, [at(FEE)], SURE)
    assert with_whole([other, low], SURE, [at(WHO)])[1].basis[0].passage.text == WHO
    taken = [replace(other, basis=[at(WHO)]), low]
    assert with_whole(taken, SURE, [at(WHO)]) == taken


def test_a_clause_quoted_for_one_question_answers_another_it_was_found_for(pieces, at):
    """要不要换 by itself says too little to be judged."""
    low = Verdict(AnswerStatus.NO_EVIDENCE, 0.01, 0.0, NO_RULE)
    answer = pieces(
        "备案找谁？还归哪管？登记资金要多少？",
        ([at(WHO)], SURE),
        ([at(WHO), at(FEE)], low),
        ([at("登记的资金不少于三万元。")], SURE),
    )
    assert answer.status is AnswerStatus.ANSWERED
    assert NOT_FOUND not in answer.answer
    assert len(answer.citations) == 2


def test_a_part_that_asks_for_a_texts_record_has_it_said_first(pieces, at, tools):
    asked = "社区组织办法还有效吗？里面对备案费用有什么要求？"
    assert not asking(tools, asked).standing  # the message as a whole asks what it says
    record, rule, other = at(WHO), at(FEE), at("孵化补贴每家一万元。", score=0.99)
    answer = pieces(asked, ([record, other], SURE), ([rule], SURE))
    assert answer.answer.startswith("《社区组织办法》目前现行有效。")
    assert [c.quote for c in answer.citations] == [WHO, FEE]
    elsewhere = pieces("备案费用有什么要求？吉林补贴办法还有效吗？", ([rule], SURE), ([other], SURE))
    assert "目前现行有效" not in elsewhere.answer  # of another text than is quoted first
    plain = pieces("备案找谁？备案费用有什么要求？", ([record], SURE), ([rule], SURE))
    assert "目前现行有效" not in plain.answer


def test_a_clause_that_hardly_states_it_does_not_answer_another_question(tools, at):
    part = aspects(asking(tools, "备案找谁？还归哪管？"), understanding(tools))[1]
    low = Verdict(AnswerStatus.NO_EVIDENCE, 0.01, 0.0, NO_RULE)
    unsure, quote = Finding(part, [at(WHO)], low), Quote(at(WHO), 0, len(WHO), 1.0)
    assert unsure.covered([quote]) == [quote]
    assert replace(unsure, stated=-0.1).covered([quote]) == []


def test_a_later_question_gets_the_next_clause_where_that_states_its_own_words_more_surely(tools, at):
    part = aspects(asking(tools, "备案找谁？还归哪管？"), understanding(tools))[1]
    quoted, hits = Quote(at(WHO), 0, len(WHO), 1.0), [at(WHO), at(FEE)]
    surer, as_sure = (Finding(part, hits, SURE, alone=scores) for scores in ((-1.0, 1.0), (0.0, 0.5)))
    assert surer.beside([quoted]) == [hits[1]]
    assert surer.beside([]) == []  # its best is not yet quoted
    assert as_sure.beside([quoted]) == []


def test_a_clause_without_the_form_asked_for_does_not_answer_another_question(pieces, at):
    low = Verdict(AnswerStatus.NO_EVIDENCE, 0.01, 0.0, NO_RULE)
    found = (([at(WHO)], SURE), ([at(WHO)], low))
    answer = pieces("备案找谁？一次补多少钱？", *found)
    assert answer.status is AnswerStatus.PARTIAL and NOT_FOUND in answer.answer
    contact = Verdict(AnswerStatus.NO_EVIDENCE, 0.0, 0.0, "联系方式")
    assert pieces("备案找谁？电话多少？", found[0], ([at(WHO)], contact)).status is AnswerStatus.PARTIAL


def test_one_question_is_answered_alone_only_when_that_is_sure(pieces, at):
    def answered(probability: float):
        hit = ([at(WHO)], Verdict(AnswerStatus.ANSWERED, probability, 0.0, ""))
        return pieces("备案找谁？一年能拿多少补贴？", hit, ([], NOTHING), whole=NOTHING)

    assert answered(ALONE).status is AnswerStatus.PARTIAL
    assert answered(ALONE - 0.01) is None


def test_a_part_that_leans_on_a_question_of_another_field_is_of_that_field(pieces, at):
    outside = Verdict(AnswerStatus.OUT_OF_SCOPE, 0.1, 0.0, "天气")
    leaning = ([at(FEE)], SURE)
    assert pieces("下雨改期吗？那要多少钱？", ([], NOTHING), leaning, whole=outside) is None
    own = pieces(
        "下雨改期吗？社区跳舞队备案由哪个部门办理？", ([], NOTHING), ([at(WHO)], SURE), whole=outside
    )
    assert own.status is AnswerStatus.PARTIAL


def test_what_replaced_a_text_is_always_told(drafter, tools):
    revised = replace(
        document("old", title="旧认定办法", evidence="已由2024年民测部令第73号修订"),
        status=DocumentStatus.REVISED,
    )
    cited = citation(
        1, Quote(hit("略。", of=revised), 0, 2, 1.0), text="略。", query=asking(tools, "认定找谁")
    )
    assert leads(asking(tools, "认定找谁"), [cited]) == [
        "注意：《旧认定办法》的这一文本已被修订（已由2024年民测部令第73号修订），请以新文本为准。"
    ]


def test_a_record_asked_for_is_told_with_what_it_rests_on(drafter, tools):
    law = replace(
        document("law", title="名称管理办法", text="第一条 略。", evidence="2024-01-08公布"),
        doc_number="民测部令第69号",
        issuer="民测部",
        issued_on="2024-01-08",
        effective_on="2024-05-01",
    )
    query = replace(asking(tools, "名称管理办法哪天起施行"), standing=(Standing.SINCE,), of_record=True)
    told = drafter.answered(query, [hit("第一条 略。", of=law)])
    record = "《名称管理办法》（民测部令第69号，民测部2024-01-08发布，自2024-05-01起施行）目前现行有效（2024-01-08公布）。"
    assert told.answer.startswith(record)
    assert record in [
        notice.text for notice in told.notices
    ]  # the same words, so that a page shows them once
    plain = drafter.answered(asking(tools, "名称怎么起"), [hit("第一条 略。", of=law)]).answer
    assert "现行有效" not in plain


def test_a_number_that_is_not_held_is_said_so_beside_the_record_that_tells_of_it(drafter, tools):
    new = document("new", title="认定规定", evidence="废止测民〔2014〕13号")
    query = asking(tools, "测民〔2014〕13号还有效吗")
    cited = citation(1, Quote(hit("略。", of=new), 0, 2, 1.0), text="略。", query=query)
    assert leads(query, [cited]) == [
        "文件库没有收录您问的测民〔2014〕13号；《认定规定》的记录写明：废止测民〔2014〕13号。"
    ]
    refusal = drafter.refused(
        query, Verdict(AnswerStatus.NO_EVIDENCE, 0.5, 0.0, "没有收录测民〔2014〕13号"), [], []
    )
    assert refusal.answer.startswith("文件库没有收录测民〔2014〕13号，不能说它现在是否有效。")


def test_what_a_partial_answer_leaves_open_is_said_first(drafter, tools):
    query = replace(asking(tools, "备案办法有效期到哪天"), standing=(Standing.UNTIL,), of_record=True)
    law = document("law", title="备案办法", evidence="有效期条款未见")

    def told(lacking: str) -> str:
        return drafter.answered(query, [hit("第一条 略。", of=law)], lacking=lacking).answer

    assert told("没有写明这份文件的有效期限").startswith(
        "文件库的记录没有写明这份文件的有效期限。\n\n《备案办法》"
    )
    assert told("没有写到2026年的情况").startswith("文件库没有写到2026年的情况。")
    assert told("").startswith("《备案办法》")


def test_whom_to_ask_where_the_nations_rules_do_not_hold(drafter, tools):
    query = asking(tools, "社团要几个人", region="香港")
    assert "内地的规定不适用于香港" in drafter.refused(query, NOTHING, [], []).ask_whom


def test_a_comparison_of_things_is_presumed_where_the_whole_is_answered(pieces, at):
    found = (([at("登记的资金不少于三万元。")], NOTHING), ([at(WHO)], NOTHING))
    assert pieces("登记和备案有什么区别", *found, basis=(at(WHO),)).status is AnswerStatus.ANSWERED
    assert pieces("登记和备案有什么区别", *found, whole=NOTHING) is None


def test_a_thing_that_only_another_place_has_a_rule_of_is_not_presumed(pieces, at):
    elsewhere = Verdict(AnswerStatus.OTHER_REGION_ONLY, 0.1, 0.9, "吉林省")
    found = (([at("登记的资金不少于三万元。")], SURE), ([at(WHO)], elsewhere))
    answer = pieces("登记和备案有什么区别", *found, basis=(at(WHO),))
    assert answer.status is AnswerStatus.PARTIAL
    assert [c.quote for c in answer.citations] == ["登记的资金不少于三万元。"]


def test_an_answer_quotes_and_warns(drafter, tools, at):
    query = asking(tools, "四川孵化补贴多少钱")
    answer = drafter.verified(drafter.answered(query, [at("孵化补贴每家两万元。")]), query)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.citations[0].quote == answer.points[0].text == "孵化补贴每家两万元。"
    assert [n.kind for n in answer.notices] == [NoticeKind.JURISDICTION]


def test_an_answer_from_inside_the_region_says_where_it_holds(drafter, tools, at):
    query = asking(tools, "场地费补贴多少", region="四川")
    basis = [at("成都补贴场地费三千元。", within=1.0, rejected="只适用于成都")]
    answer = drafter.answered(query, basis, status=AnswerStatus.PARTIAL)
    assert answer.status is AnswerStatus.PARTIAL
    assert "没有找到四川省全境对这个问题的规定，以下只适用于四川省成都市。" in answer.answer


def test_a_refusal_shows_what_is_near_but_asserts_nothing(drafter, tools, at):
    query = asking(tools, "备案要带身份证吗", region="四川")
    answer = drafter.verified(drafter.refused(query, NOTHING, [at(WHO), at(FEE), at(WHO)], []), query)
    assert answer.refused and answer.points == answer.citations == ()
    assert [c.quote for c in answer.related] == [WHO, FEE]
    assert "街道" in answer.ask_whom and answer.ask_whom in answer.answer


def test_a_courtesy_is_returned_and_nothing_else(drafter, tools, at):
    query = asking(tools, "好的，谢谢")
    answer = drafter.refused(query, Verdict(AnswerStatus.OUT_OF_SCOPE, 0.0, 0.0, "道谢"), [at(WHO)], [])
    assert answer.answer.startswith("不客气") and "范围" not in answer.answer
    assert answer.related == () and answer.ask_whom == ""
    weather = Verdict(AnswerStatus.OUT_OF_SCOPE, 0.0, 0.0, "天气")
    assert "不在社区社会组织政策的范围内" in drafter.refused(query, weather, [], []).answer


@pytest.mark.parametrize("status", [AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNCLEAR])
def test_a_question_of_another_field_or_of_none_shows_nothing_near(drafter, tools, at, status):
    answer = drafter.refused(asking(tools, "今天"), Verdict(status, 0.0, 0.0, "天气"), [at(WHO)], [])
    assert answer.related == ()


def test_another_regions_rule_is_named_as_such(drafter, tools, at):
    verdict = Verdict(AnswerStatus.OTHER_REGION_ONLY, 0.1, 0.9, "吉林省")
    answer = drafter.refused(
        asking(tools, "孵化补贴多少钱", region="广东"), verdict, [], [at("孵化补贴每家一万元。")]
    )
    assert "没有找到广东省对这个问题的规定" in answer.answer and "吉林省《吉林补贴办法》" in answer.answer
    assert [c.region for c in answer.related] == ["吉林省"]


@pytest.fixture(scope="module")
def assistant(home: Path, encoder_folder: Path) -> Iterator[Assistant]:
    opened = Assistant.open(Settings(home=home, encoder=str(encoder_folder)))
    yield opened
    opened.close()


def test_a_place_without_its_own_rule_gets_the_nations(assistant):
    answer = assistant.ask("四川备案找谁，吉林呢")
    by_side = {line.split("|")[1].strip(): line for line in answer.answer.split("\n") if "省 |" in line}
    assert "四川备案由社区办理。" in by_side["四川省"]
    assert WHO in by_side["吉林省"]
    assert answer.status is AnswerStatus.ANSWERED


def test_two_questions_are_asked_of_the_whole_library(assistant):
    answer = assistant.ask("备案找谁？孵化补贴多少钱？", region="吉林")
    assert [c.quote for c in answer.citations] == [WHO, "孵化补贴每家一万元。"]
    assert "**备案找谁**" in answer.answer and "**孵化补贴多少钱**" in answer.answer
