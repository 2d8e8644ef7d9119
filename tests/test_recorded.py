"""assistant.recorded: what a text's own record answers, and what it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import document, hit

from assistant.recorded import unwritten
from assistant.standing import Standing


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("同意备案意见书有效期三年，到期前15日申请换发。", "没有写明这份文件的有效期限"),  # a certificate's
        ("本办法自印发之日起施行，有效期5年。", ""),
        ("本通知有效期至2027年底。", ""),
    ],
)
def test_until_when_a_text_holds_is_not_a_certificates_time(text, lacking):
    assert unwritten((Standing.UNTIL,), [hit(text, of=document("law"))]) == lacking


@pytest.mark.parametrize(
    ("kinds", "lacking"),
    [
        ((Standing.NUMBER,), "没有写明这份文件的文号"),
        ((Standing.SINCE,), "没有写明这份文件的施行日期"),
        ((Standing.NUMBER, Standing.ISSUER), "没有写明这份文件的文号"),
        ((Standing.ISSUER, Standing.NUMBER), ""),  # the likeliest of the two is known
        ((Standing.FORCE,), ""),
        ((Standing.ISSUED,), ""),  # 2024 in what it rests on
    ],
)
def test_what_a_record_lacks_is_told(kinds, lacking):
    law = replace(document("law", evidence="2024年汇编收录"), issuer="测试局")
    assert unwritten(kinds, [hit("略。", of=law)]) == lacking


@pytest.mark.parametrize(
    ("kind", "evidence", "to_the_day", "lacking"),
    [
        (Standing.UNTIL, "试行；有效期条款未见", False, "没有写明这份文件的有效期限"),
        (Standing.UNTIL, "有效期五年；印发日期未见", False, ""),
        (
            Standing.ISSUED,
            "印发日期和有效期未见（2023-04-13网络转载）",
            False,
            "没有写明这份文件的发布（修订）日期",
        ),
        (
            Standing.ISSUED,
            "修订日期未见；取代测民规〔2020〕10号",
            False,
            "没有写明这份文件的发布（修订）日期",
        ),
        (Standing.ISSUED, "2020年修订", False, ""),
        (Standing.ISSUED, "2020年修订", True, "没有写明这份文件的发布（修订）日期"),
        (Standing.ISSUED, "2020-12-25修订", True, ""),
        (Standing.ISSUED, "2017-01-04报道称近期发布", True, "没有写明这份文件的发布（修订）日期"),
    ],
)
def test_what_a_record_says_was_not_found_is_not_recorded(kind, evidence, to_the_day, lacking):
    law = document("law", evidence=evidence)
    assert unwritten((kind,), [hit("略。", of=law)], to_the_day=to_the_day) == lacking
