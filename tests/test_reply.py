from __future__ import annotations

import pytest

from assistant.domain import Point
from assistant.errors import ModelError
from assistant.reply import read

OBJECT = '{"sentences": [{"text": "会员不少于50名。", "quotes": [1, 2]}]}'
POINT = Point("会员不少于50名。", (1, 2))


@pytest.mark.parametrize(
    "reply",
    [
        OBJECT,
        f"```json\n{OBJECT}\n```",
        f"好的，答复如下：\n{OBJECT}\n希望有帮助。",
        f'<think>先写 {{"sentences": [{{"text": "不对", "quotes": [9]}}]}} 看看</think>{OBJECT}',
        f'{{"sentences": [坏了]}} {OBJECT}',
        '{"sentences": [{"quotes": [1, 2, 1], "text": "1. **会员**不少于50名[1][2]。", "more": 1}], "other": 2}',
        '{\n "sentences" : [{"text": "· 会员不少于50名", "quotes": [1, 2]}]}',
    ],
)
def test_read_finds_the_sentences_however_wrapped(reply):
    assert read(reply) == [POINT]


def test_read_keeps_a_leading_amount():
    assert read('{"sentences": [{"text": "1.5万元以上。", "quotes": [1]}]}')[0].text == "1.5万元以上。"


def test_read_drops_repeated_sentences_and_accepts_none():
    twice = '{"sentences": [{"text": "甲。", "quotes": [1]}, {"text": "甲", "quotes": [2]}]}'
    assert read(twice) == [Point("甲。", (1,))]
    assert read('{"sentences": []}') == []


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "没有规定。",
        "<html><body>502 Bad Gateway</body></html>",
        "\x00",
        '{"answer": "会员不少于50名。"}',
        '{"sentences": "会员不少于50名。"}',
        '{"sentences": ["会员不少于50名。"]}',
        '{"sentences": [{"text": "会员不少于50名。"}]}',
        '{"sentences": [{"text": 50, "quotes": [1]}]}',
        '{"sentences": [{"text": "会员。", "quotes": ["1"]}]}',
        '{"sentences": [{"text": "会员。", "quotes": [true]}]}',
        '{"sentences": [{"text": "会员。", "quotes": [NaN]}]}',
        '{"sentences": [{"text": "会员',
        '{"sentences": ' + "[" * 50_000,
    ],
)
def test_read_refuses_anything_else(reply):
    with pytest.raises(ModelError):
        read(reply)
