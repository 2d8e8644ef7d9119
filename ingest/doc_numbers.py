"""Document numbers (发文字号) in all their shapes, brought to one."""

from __future__ import annotations

import re

from ingest.numerals import CHINESE_NUMBER, to_int

_YEARLY = re.compile(
    r"(?P<word>[\u4e00-\u9fffA-Za-z]{1,20}(?:[（(][\u4e00-\u9fff]{1,6}[）)])?)\s*[〔\[【（(［﹝]\s*(?P<year>(?:19|20)\d{2})\s*年?\s*[〕\]】）)］﹞]\s*(?:第\s*)?(?P<number>\d{1,4})\s*号"
)
_ORDER = re.compile(
    rf"(?P<word>[\u4e00-\u9fff]{{1,24}}令)\s*[（(]?\s*第?\s*(?P<number>\d{{1,4}}|[{CHINESE_NUMBER}]{{1,6}})\s*号[）)]?"
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
# Words of a sentence that run into a number's first word: 根据民发〔2017〕191号.
_LEADING_WORDS = re.compile(
    r"^.*(?:根据|依据|按照|依照|落实|贯彻|印发|转发|通知|意见|办法|文件|的|与|和|及|以|见|附|号)(?=[\u4e00-\u9fff])"
)
_SIGNED_OFF_BY = re.compile(r"\s+签发人\s*[:：].*$")
_NOTHING = {"无", "—", "-", "--", "/", "暂无", ""}


def find_doc_number(text: str) -> str | None:
    """The first document number in `text`, normalised; None when there is none."""
    text = text.translate(_FULL_WIDTH)
    matches = [match for match in (_YEARLY.search(text), _ORDER.search(text)) if match]
    return normalised(min(matches, key=lambda match: match.start())) if matches else None


def doc_number_of_line(line: str) -> str | None:
    """The number of a line that is nothing else; None for any other line."""
    if not is_doc_number_line(line):
        return None
    return find_doc_number(line) or find_doc_number(line.strip() + "号")


def is_doc_number_line(line: str) -> bool:
    """Whether the line is a document number and nothing else; brackets around it and a lost 号 aside."""
    plain = _SIGNED_OFF_BY.sub("", line.translate(_FULL_WIDTH)).strip().strip("（()）")
    return bool(_YEARLY.fullmatch(plain) or _YEARLY.fullmatch(plain + "号") or _ORDER.fullmatch(plain))


def means_none(value: str) -> bool:
    """Whether a metadata table says in so many words that there is no number (无)."""
    return value.strip() in _NOTHING


def normalised(match: re.Match[str]) -> str:
    """民办发〔2020〕36号, 国务院令第250号: half-width digits, 〔〕, no blanks."""
    word = "".join(match["word"].split()).replace("(", "（").replace(")", "）")
    if "year" not in match.re.groupindex:
        word = word if word.endswith("主席令") else word.removeprefix("中华人民共和国")
        return f"{word}第{to_int(match['number'])}号"
    word = _LEADING_WORDS.sub("", word) if len(word) > 6 else re.sub(r"^(?:根据|依据|按照|见)", "", word)
    return f"{word}〔{match['year']}〕{int(match['number'])}号"
