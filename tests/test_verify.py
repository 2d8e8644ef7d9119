import random
from dataclasses import replace

import pytest

from assistant.config import corpus_folder
from assistant.domain import Citation, DocumentKind, DocumentStatus, Point
from assistant.numerals import figures
from assistant.verify import check, is_verbatim, point_fault, unsupported_figures
from ingest.corpus import read_corpus

PLANTED = 1000
TEXT = "第二条 登记为社会团体的，个人会员不少于二十名，活动资金不少于三万元。备案不收取任何费用，不得摊派。"


def citation(document_id, start, end, text, n=1):
    return Citation(
        n=n,
        document_id=document_id,
        title="测试办法",
        doc_number="民测〔2024〕1号",
        issuer=None,
        region="全国",
        level="规范性文件",
        issued_on=None,
        status=DocumentStatus.IN_FORCE,
        section="第二条",
        page=None,
        quote=text[start:end],
        start=start,
        end=end,
        kind=DocumentKind.ORIGINAL,
    )


WHOLE = citation("d", 0, len(TEXT), TEXT)


def fault(sentence):
    return point_fault(Point(sentence, (1,)), {1: WHOLE})


@pytest.fixture(scope="module")
def texts():
    """Canonical texts of the built-in corpus by document id."""
    return {entry.document.id: entry.document.text for entry in read_corpus(corpus_folder())}


def random_citation(rng, texts):
    id_, text = rng.choice(list(texts.items()))
    start = rng.randrange(len(text) - 1)
    return citation(id_, start, min(len(text), start + rng.randint(1, 200)), text)


def planted(rng, quote):
    """The quote with one character replaced, added or taken away."""
    at = rng.randrange(len(quote))
    other = rng.choice([c for c in "的一二三不得可以，。 0１" if c != quote[at]])
    return rng.choice(
        [
            quote[:at] + other + quote[at + 1 :],
            quote[:at] + other + quote[at:],
            quote[:at] + quote[at + 1 :],
        ]
    )


def test_every_planted_change_of_one_character_is_caught(texts):
    rng = random.Random(20261121)
    for _ in range(PLANTED):
        sound = random_citation(rng, texts)
        changed = replace(sound, quote=planted(rng, sound.quote))
        assert is_verbatim(sound, text=texts.__getitem__)
        assert not is_verbatim(changed, text=texts.__getitem__), changed
        checked = check([Point("说法", (1,))], [changed], text=texts.__getitem__)
        assert (checked.points, checked.citations) == ((), ())


def test_every_moved_quote_whose_words_differ_is_caught(texts):
    rng = random.Random(7)
    for _ in range(PLANTED):
        sound = random_citation(rng, texts)
        moved = replace(sound, start=sound.start + 1, end=sound.end + 1)
        same = texts[sound.document_id][moved.start : moved.end] == sound.quote
        assert is_verbatim(moved, text=texts.__getitem__) is same


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [(0, 0, ""), (5, 3, ""), (-2, len(TEXT), TEXT[-2:]), (50, 54, ""), (48, 99, TEXT[48:])],
)
def test_offsets_that_are_no_span_of_the_text_are_no_quote(start, end, quote):
    assert TEXT[start:end] == quote
    assert not is_verbatim(replace(WHOLE, start=start, end=end, quote=quote), text=lambda _: TEXT)


def altered(sentence, figure):
    """The sentence with one digit of a figure changed, once for each digit that can be."""
    han, arabic = "零一二三四五六七八九", "0123456789"
    for at in range(figure.start, figure.end):
        for digits in (han, arabic):
            place = digits.find(sentence[at])
            if place >= 0:
                yield sentence[:at] + digits[place % 9 + 1] + sentence[at + 1 :]


def test_every_altered_figure_of_the_fact_cards_is_caught():
    facts = [
        passage.text
        for entry in read_corpus(corpus_folder())
        if entry.document.kind is DocumentKind.FACT_CARD
        for passage in entry.passages
    ]
    tried, passed = 0, []
    for fact in facts:
        known = {figure.value for figure in figures(fact)}
        for figure in figures(fact):
            for sentence in altered(fact, figure):
                if {f.value for f in figures(sentence)} <= known:
                    continue  # now equal to another figure of the same fact
                tried += 1
                if not unsupported_figures(sentence, fact):
                    passed.append(sentence)
    assert tried > 500
    assert passed == []


@pytest.mark.parametrize(
    "sentence",
    ["会员要20名以上", "会员要20人以上", "资金要3万元", "资金要30000元", "要有二十位会员", "第2条有规定"],
)
def test_the_same_figure_in_another_notation_is_accepted(sentence):
    assert fault(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("会员要21名以上", "21名"),
        ("资金要3万5千元", "5千元"),
        ("要三分之二以上会员同意", "三分之二"),
        ("十五日内答复", "十五日"),
    ],
)
def test_a_figure_that_is_not_cited_drops_the_point_and_is_named(sentence, named):
    checked = check([Point(sentence, (1,))], [WHOLE], text=lambda _: TEXT)
    assert checked.points == ()
    assert checked.citations == ()
    assert named in checked.dropped[0]


def test_figures_of_title_and_document_number_count_as_cited():
    assert fault("民测〔2024〕1号第二条") == ""


@pytest.mark.parametrize("sentence", ["登记禁止收费", "登记不得收费", "备案无需交费"])
def test_a_prohibition_must_stand_in_the_quote(sentence):
    word = next(w for w in ("禁止", "不得", "无需") if w in sentence)
    assert (fault(sentence) == "") is (word in TEXT)


@pytest.mark.parametrize("numbers", [(), (2,), (1, 2)])
def test_a_point_without_an_existing_citation_is_dropped(numbers):
    checked = check([Point("备案不收取任何费用", numbers)], [WHOLE], text=lambda _: TEXT)
    assert checked.points == ()
    assert "没有可用的引文" in checked.dropped[0]


def test_what_is_sound_stays_and_unused_citations_leave():
    good, spare = Point("备案不收取任何费用", (1,)), replace(WHOLE, n=2)
    broken = replace(WHOLE, n=3, quote=TEXT[:-1] + "！")
    checked = check([good, Point("资金要3万元", (3,))], [WHOLE, spare, broken], text=lambda _: TEXT)
    assert checked.points == (good,)
    assert [c.n for c in checked.citations] == [1]
    assert checked.dropped[0] == "引文[3]与原文不符"
    assert len(checked.dropped) == 2
