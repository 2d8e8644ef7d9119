import random
import subprocess
import sys
import unicodedata

import pytest

from assistant.text import (
    STOPWORDS,
    Segmenter,
    Span,
    bigrams,
    normalise,
    overlap,
    sentences,
    squash,
    unique,
)


def slices(text, **bounds):
    return [text[span.start : span.end] for span in sentences(text, **bounds)]


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter.with_words(["社区社会组织", "居家养老"])


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("２０２０年　ＡＢＣ", "2020年 abc"),
        ("⼾⻔", "户门"),
        ("登\u200b记\ufeff", "登记"),
        ("㈠", "(一)"),
        ("（一）", "(一)"),
        ("", ""),
    ],
)
def test_normalise_folds_width_case_radicals_and_invisible_characters(written, normal):
    assert normalise(written) == normal


def test_normalise_twice_is_normalise_once():
    characters = [chr(c) for c in range(0x20, 0x30000, 7) if unicodedata.category(chr(c)) not in ("Cs", "Cn")]
    once = normalise("".join(characters))
    assert normalise(once) == once


def test_sentences_end_at_stops_and_lines_and_keep_closing_quotes():
    text = "第一句。“第二句！”第三句；\n\n  第四句没有句号"
    assert slices(text) == ["第一句。", "“第二句！”", "第三句；", "第四句没有句号"]


def test_sentences_of_a_part_stay_inside_it():
    assert slices("甲。乙。丙。", start=2, end=5) == ["乙。", "丙"]


@pytest.mark.parametrize("text", ["", "  \n　\n"])
def test_sentences_of_blank_text_are_none(text):
    assert sentences(text) == []


def test_sentences_cover_every_character_that_is_not_blank():
    rng = random.Random(1)
    for _ in range(200):
        text = "".join(rng.choices("甲乙。！？；\n 　”）", k=rng.randint(0, 40)))
        assert squash("".join(slices(text))) == squash(text)


def test_bigrams_stay_inside_runs_of_han():
    assert bigrams("登记了3万元。好") == ["登记", "记了", "万元"]


def test_known_words_are_kept_whole_with_their_parts(segmenter):
    words = segmenter.words("社区社会组织怎么备案？")
    assert "社区社会组织" in words
    assert {"社区", "社会", "组织", "备案"} <= set(words)
    assert "？" not in words


def test_whole_words_leave_out_the_parts(segmenter):
    assert segmenter.whole_words("社区社会组织备案") == ["社区社会组织", "备案"]


def test_content_words_drop_function_words_and_keep_digits(segmenter):
    assert segmenter.content_words("请问要多少人，是3万吗？") == ["3"]
    assert not set(segmenter.content_words("我们的备案怎么弄")) & STOPWORDS


def test_terms_are_words_and_marked_bigrams(segmenter):
    assert segmenter.terms("备案费") == ["备案", "#备案", "#案费"]


def test_width_and_case_do_not_change_terms(segmenter):
    assert segmenter.terms("５Ａ级评估") == segmenter.terms("5a级评估")


def test_words_of_one_segmenter_stay_unknown_to_another(segmenter):
    other = Segmenter.with_words([])
    assert "社区社会组织" not in other.words("社区社会组织")
    assert "社区社会组织" in segmenter.words("社区社会组织")


def test_fingerprint_follows_the_words_not_their_order(segmenter):
    assert Segmenter.with_words(["居家养老", "社区社会组织"]).fingerprint == segmenter.fingerprint
    assert Segmenter.with_words(["居家养老"]).fingerprint != segmenter.fingerprint


def test_loading_the_dictionary_prints_nothing():
    code = "from assistant.text import Segmenter; Segmenter.with_words(['备案'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_overlap_counts_shared_code_points():
    assert overlap(Span(0, 5), Span(3, 9)) == 2
    assert overlap(Span(0, 3), Span(3, 9)) == 0


def test_unique_keeps_the_first_of_each():
    assert unique(["b", "a", "b"]) == ["b", "a"]
