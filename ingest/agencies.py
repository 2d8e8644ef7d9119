"""Names of public bodies on lines of their own, as they stand under titles and in sign-offs."""

from __future__ import annotations

import re

# How names of bodies end. 办 alone (扶贫办) only counts in a line of nothing but names.
AGENCY_ENDS = "厅|局|部|委|委员会|办公室|办公厅|人民政府|政府|法院|检察院|中心|协会|总会|联合会|总工会|银行|总局|领导小组|办事处"
_AGENCY_LINE = re.compile(rf"^[\u4e00-\u9fff、（）()]{{2,60}}(?:{AGENCY_ENDS}|办)$")
_NOT_A_NAME = re.compile(r"关于|印发|转发|的$|^[各本我该]|信息公开|工作$|现将|[为将与].*(?:发展|建设)")
_OFFICIAL = re.compile(
    r"^(?:部\s*长|主\s*任|主\s*席|总\s*理|省\s*长|市\s*长|区\s*长|县\s*长|州\s*长|厅\s*长|局\s*长|委员长|署\s*长|行\s*长)\s+[\u4e00-\u9fff·\s]{2,10}$"
)
_NAME_MAX_CHARS = 24
_PIECE = re.compile(
    rf"[\u4e00-\u9fff]{{1,{_NAME_MAX_CHARS}}}?(?:人民政府|委员会|办公厅|办公室|总局|部|厅|局|办)"
)
_OFFICES = ("办公厅", "办公室")


def is_agency_line(line: str) -> bool:
    """Whether the line is nothing but names of bodies; letters may be spaced out (民 政 部)."""
    plain = "".join(line.split())
    return bool(_AGENCY_LINE.match(plain)) and not _NOT_A_NAME.search(plain)


def is_official_line(line: str) -> bool:
    """Whether the line is an official's signature: 部　长　李立国."""
    return bool(_OFFICIAL.match(line.strip()))


def split_agencies(words: str) -> list[str]:
    """The single names in a line or title beginning: 民政部 财政部 → two; 民 政 部 → one."""
    tokens = [token for token in re.split(r"[、\s]+", words.strip("、 \n\u3000")) if token]
    if any(len(token) == 1 for token in tokens):
        return _unspaced("".join(tokens))
    return tokens


def _unspaced(text: str) -> list[str]:
    names: list[str] = []
    for match in _PIECE.finditer(text):
        if names and match.group() in _OFFICES:
            names[-1] += match.group()
        else:
            names.append(match.group())
    return names or [text]
