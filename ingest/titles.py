"""The title of an article: declared, in the masthead, completed, or made from a reply's content."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.agencies import is_agency_line, split_agencies
from ingest.clean import CleanPage
from ingest.doc_numbers import is_doc_number_line
from ingest.evidence import FILE_NAME, INFO_TABLE, Evidence
from ingest.landmarks import Role, find_roles, text_lines
from ingest.regions import find_region

_PROPOSAL = re.compile(
    r"第\s*([\dA-Za-z\-]+)\s*号\s*(?:[（(][^）)]*[）)])?\s*(提案|建议|议案)|(提案|建议|议案)\s*第\s*(\d+)\s*号"
)
_REPLIES = re.compile(r"答复如下|现答复|回复如下|函复如下|办理情况")
_OPENING_CHARS = 400
_TITLE_MAX_CHARS = 120
_BOOK_TITLE = re.compile(r"《([^》]{4,80})》")


def find_title(
    page: CleanPage, text: str, *, declared: str | None, issuer: str | None, file_name: str
) -> Evidence:
    """The title and its ground; the file's name with low confidence when there is nothing else."""
    if table := page.info.get("标题") or page.info.get("文件名称") or page.info.get("名称"):
        return _completed(Evidence(table, INFO_TABLE, 0.95), text)
    if declared:
        return _completed(Evidence(_one_line(declared), declared, 0.9), text)
    if printed := _from_masthead(page.head):
        return _completed(Evidence(printed, printed, 0.9), text)
    if made := _reply_title(text, issuer):
        return made
    if inner := _inner_title(text):
        return Evidence(inner, inner, 0.8)
    return Evidence(_one_line(file_name), FILE_NAME, 0.3)


def _inner_title(text: str) -> str | None:
    """The title of what a covering order or notice without a title of its own encloses."""
    lines = text_lines(text)
    roles = find_roles(lines)
    titled = [lines[at].text for at, role in sorted(roles.items()) if role is Role.TITLE]
    return _one_line(titled[0]) if titled else None


def _from_masthead(head: Sequence[str]) -> str | None:
    """The last masthead line that is no body's name; lines that continue one title are joined."""
    lines = [line for line in head if not is_doc_number_line(line)]
    while lines and is_agency_line(lines[-1]):
        lines.pop()  # a byline below the title
    if not lines:
        return None
    title = lines[-1]
    for above in reversed(lines[:-1]):
        begins = title.startswith(("关于", "印发", "转发")) and is_agency_line(above)
        goes_on = re.search(r"关于|印发|转发", above) and "关于" not in title and not is_agency_line(above)
        cut_inside = title.count("》") > title.count("《")
        if not (begins or goes_on or cut_inside) or len(above) + len(title) > _TITLE_MAX_CHARS:
            break
        title = (" ".join(split_agencies(above)) if begins else above) + title
    return _one_line(title)


def _one_line(title: str) -> str:
    return " ".join(title.split())


def _completed(title: Evidence, text: str) -> Evidence:
    """Close a 《 that the page has cut off, by the full name that the text gives."""
    value = title.value or ""
    at = value.rfind("《")
    if at < 0 or "》" in value[at:]:
        return title
    fragment = value[at + 1 :].rstrip("….")
    for name in _BOOK_TITLE.findall(text):
        if fragment and name.startswith(fragment[:2]) and _in_order(fragment, name):
            return Evidence(f"{value[:at]}《{name}》", f"{title.source}……《{name}》", 0.6)
    return Evidence(value, title.source, 0.5)


def _in_order(fragment: str, name: str) -> bool:
    """Whether all characters of the fragment occur in the name, in this order."""
    rest = iter(name)
    return all(char in rest for char in fragment)


def _reply_title(text: str, issuer: str | None) -> Evidence | None:
    """“X对省政协第0757号提案的答复”, for a reply that stands without a title line."""
    opening = text[:_OPENING_CHARS]
    match = _PROPOSAL.search(opening)
    if not match or not _REPLIES.search(opening) or not issuer:
        return None
    number, kind = (match[1], match[2]) if match[1] else (match[4], match[3])
    house = f"{_rank(issuer)}{'政协' if kind == '提案' else '人大'}"
    return Evidence(f"{issuer}对{house}第{number}号{kind}的答复", match.group(), 0.6)


def _rank(issuer: str) -> str:
    """省, 市, 区 … of the assembly that a body of this rank answers to; "" when unknown."""
    region = find_region(issuer)
    if region is None:
        return ""
    if region == "全国":
        return "全国"
    if region.endswith("自治区"):
        return "自治区"
    return region[-1] if region[-1] in "省市区县州盟旗" else ""
