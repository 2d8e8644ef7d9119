import random
import re
from pathlib import Path

import pytest

from assistant.privacy import mask_personal

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CORPUS = Path(__file__).parent.parent / "corpus" / "documents"


def identity(dice: random.Random) -> str:
    birthday = f"{dice.randint(1930, 2020)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    return f"{dice.randint(110000, 659000)}{birthday}{dice.randint(0, 999):03}{dice.choice('0123456789X')}"


def grouped(number: str, *, size: int, gap: str) -> str:
    return gap.join(number[at : at + size] for at in range(0, len(number), size))


def test_five_hundred_numbers_in_many_spellings_are_masked():
    dice = random.Random(7)
    for _ in range(100):
        mobile = f"1{dice.randint(3, 9)}{dice.randint(0, 10**9 - 1):09}"
        number = identity(dice)
        card = str(dice.randint(10**15, 10**19 - 1))
        spellings = [
            number,
            number.translate(WIDE),
            grouped(number, size=6, gap=" "),
            mobile,
            f"+86 {grouped(mobile, size=4, gap='-')}",
            card,
            grouped(card, size=4, gap=" "),
        ]
        for spelling in spellings:
            masked = mask_personal(f"居民张某{spelling}来问备案")
            assert not re.search(r"\d{4}", masked), spelling
            assert masked.startswith("居民张某〔已隐去") and masked.endswith("〕来问备案")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证510104199001011234、电话13812345678", "身份证〔已隐去身份证号〕、电话〔已隐去手机号〕"),
        ("13812345678 510104199001011234", "〔已隐去手机号〕 〔已隐去身份证号〕"),
        ("旧证510104900101123可以吗", "旧证〔已隐去身份证号〕可以吗"),
        ("0086 13812345678", "〔已隐去手机号〕"),
        ("1 3 8 1 2 3 4 5 6 7 8", "〔已隐去手机号〕"),
        ("138\u200b1234\u200b5678", "〔已隐去手机号〕"),
        ("幺三八一二三四五六七八", "〔已隐去手机号〕"),
        ("138 1234 5678和１３９００１３９０００", "〔已隐去手机号〕和〔已隐去手机号〕"),
        ("51010419900101123x。", "〔已隐去身份证号〕。"),
    ],
)
def test_each_kind_is_named(text, masked):
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "民办发〔2020〕36号和川民规[2022]7号",
        "2020-12-07至2023-12-31",
        "2020-12-07 2021-12-07",
        "注册资金3 000 000元，会员50名",
        "统一社会信用代码51510000MJ1234567X",
        "热线12345和028-86724321",
        "",
    ],
)
def test_what_policies_are_full_of_stays(text):
    assert mask_personal(text) == text


def test_masking_twice_changes_nothing():
    once = mask_personal("身份证510104199001011234、电话13812345678")
    assert mask_personal(once) == once


def test_no_sentence_of_the_built_in_documents_is_touched():
    texts = [path.read_text("utf-8") for path in CORPUS.glob("*.md")]
    assert texts
    for text in texts:
        words = text.split("---", 2)[-1]
        assert mask_personal(words) == words
