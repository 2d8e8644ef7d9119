"""发文字号 in running text: 民办发〔2020〕36号, 国务院令第250号, 川民规22年7号, as written and as compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HAN = r"[一-鿿]"
_NUMBER = re.compile(
    rf"(?P<letters>{_HAN}{{2,9}}?)(?:字|函)?"
    r"(?:[〔\[【(（]\s*(?P<bracketed>(?:19|20)\d\d)年?\s*[〕\]】)）]\s*第?|(?P<year>(?:19|20)\d\d)(?:年的?|的|\s)?第?"
    r"|(?P<short>[012]\d)年的?第?)(?P<number>\d{1,4})(?:号(?!令)|(?(bracketed)(?![\d号年月日元万人个家户名])|号(?!令)))"
    rf"|(?P<issuer>{_HAN}{{2,9}}?)(?:令第?(?P<order>\d{{1,4}})号|第?(?P<ordered>\d{{1,4}})号令)"
)
# Words that stand before a number and are no part of it: 模板上引的是民政部44号令, 请问民发〔2009〕165号.
_WORDS = re.compile(
    rf".*(?:文件|通知|办法|意见|规定|不写|请问|想问|问一下|根据|依据|按照|依照|关于|废止|取代|替代|代替|修订|年|[的是了在用引照按那个这份和跟与及把被由看见查说了让叫给到])(?={_HAN}{{2}})"
)
_NO_LETTERS = re.compile("[的是年月日第]|来$")
# The nation's, a province's or a city's sign before the letters: 湘民发 is not 民发.
_SIGNS = frozenset(
    "京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕吉闽贵黔粤青藏川蜀宁琼国中省市县区穗深甬杭"
)


@dataclass(frozen=True, slots=True)
class DocNumber:
    """A 发文字号: the letters of its issuer, its year ("" for an order's), its number, and how it is written."""

    letters: str
    year: str
    number: str
    order: bool
    written: str

    def same(self, other: DocNumber) -> bool:
        """Whether both are one text's number: of a longer one the rest must be words and no sign (湘民发, 民发)."""
        if (self.number, self.order) != (other.number, other.order):
            return False
        if not self.order and self.year != other.year:
            return False
        short, long = sorted((self.letters, other.letters), key=len)
        rest = long.removesuffix(short)
        return long.endswith(short) and (not rest or rest[-1] not in _SIGNS or short[0] in _SIGNS)


def doc_numbers(text: str) -> list[DocNumber]:
    """Every 发文字号 in a text, in order; [] without one."""
    found = []
    for match in _NUMBER.finditer(text):
        of_order = match["issuer"] is not None
        named = match["issuer"] or match["letters"]
        letters = named[_end_of_words(named) :]
        year = match["bracketed"] or match["year"] or (f"20{match['short']}" if match["short"] else "")
        number = match["number"] or match["order"] or match["ordered"]
        written = text[match.start() + len(named) - len(letters) : match.end()]
        if len(letters) > 1 and not _NO_LETTERS.search(letters):
            found.append(DocNumber(letters, year, number, of_order, written))
    return found


def _end_of_words(named: str) -> int:
    match = _WORDS.match(named)
    return match.end() if match else 0
