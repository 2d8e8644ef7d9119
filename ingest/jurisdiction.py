"""For which place a document holds (适用地区), and when that is not proven.

Its issuer says so first, then its title. A county, town or street that cannot be placed
leaves the region unproven: taken for 全国, its rules would be everybody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.domain import NATIONAL
from ingest.agencies import AGENCY_ENDS
from ingest.evidence import Evidence
from ingest.regions import district_at, districts_named, find_region, is_below_city, province_of

REGION_UNPROVEN = "从“{name}”看不出是哪个省、市的，不能当作全国的文件添加：请用 --region 写明地区（网页上填写“地区”一栏），如 湖南省岳阳市华容县。"
_H = r"[\u4e00-\u9fff]"
_NOT_A_UNIT = r"(?![域级场区县乡村镇旗市道])"
# A body named by its place, with or without a proper name: 绿水县民政局, 县民政局, 青山街道办事处.
_LOCAL_BODY = re.compile(
    rf"^(?P<place>{_H}{{0,12}}?(?:[省市州盟县区旗镇乡村]|街道)){_NOT_A_UNIT}"
    rf"(?={_H}*(?:{AGENCY_ENDS}|管委会|居委会|村委会|代表大会|办)$)"
)
_COMMITTEE = re.compile(
    rf"^(?P<place>{_H}{{1,14}}?)(?:居民委员会|村民委员会|居委会|村委会)$"
)  # rules no further than its village
_LOCAL_TITLE = re.compile(
    rf"^(?P<place>(?:{_H}{{2,8}}?[市县旗]|{_H}{{2,3}}(?:[区镇乡]|街道))){_NOT_A_UNIT}(?={_H}|《)"
)
# Words that end like a place and are none, in a body's name and in a title.
_NO_SEAT = re.compile(
    r"^(?:中国|中华)|(?:城|都|超|门|夜|全|各)市$|(?:全|各)县$|社区$|[城村集]镇$|城乡$|[乡农]村$|[民同联]盟$|[国红党团]旗$"
)
_NO_PLACE = re.compile(
    rf"{_NO_SEAT.pattern}|^关于|加强|推进|开展|建设|[的和与及等对为在]|[本上股]市$|[本市]县$|[升锦]旗$"
    r"|[小园校景片辖山老库灾矿牧林郊市城街地营厂特新战军港]区$|(?:开发|示范|试验|实验|保护|功能|聚集|集聚|先行|自治|行政|服务|住宅|居住|合作|保税|管理|安置)区$"
    r"|[乡小]镇$|[家老水]乡$|神州$|[各本]街道$"
)
_SMALL = ("镇", "乡", "村", "街道", "社区")  # smaller than what regions are told apart by
_TELLING = ("新闻", "经验材料")  # a title that begins with a place tells of it, and rules nobody


def find_jurisdiction(
    issuer: str | None,
    titles: Sequence[str],
    *,
    level: str,
    head: Sequence[str] = (),
    doc_number: str | None = None,
) -> Evidence | None:
    """The region that issuer or title prove, with the words that do; None when they name no place.

    Args:
        issuer: Bodies joined by 、.
        titles: The document's title, then the titles quoted in it.
        level: What kind of document it is.
        head: Further lines around the text that may tell where a county lies.
        doc_number: Its first letter may tell the province.

    Returns:
        Evidence without a value when a place is named that cannot be placed.
    """
    bodies = issuer.split("、") if issuer else []
    named: Callable[[str], str] = local_place if level not in _TELLING else lambda _title: ""
    for name, place_of in [*((body, local_body) for body in bodies), *((title, named) for title in titles)]:
        if region := find_region(name):
            return Evidence(region, name, 0.95)
        if place := place_of(name):
            return _proven(place, name, [*titles, *bodies, *head], doc_number)
    return None


def local_body(name: str) -> str:
    """The place that a local body is named by (绿水县, 县), "" for any other body."""
    if committee := _COMMITTEE.match(name):
        return committee["place"]
    return _place(_LOCAL_BODY, name, but=_NO_SEAT)


def local_place(title: str) -> str:
    """The place that a title begins with, "" when it begins with none."""
    return _place(_LOCAL_TITLE, title, but=_NO_PLACE)


def _place(pattern: re.Pattern[str], name: str, *, but: re.Pattern[str]) -> str:
    if listed := district_at(name):
        return listed
    match = pattern.match(name)
    return match["place"] if match and not but.search(match["place"]) else ""


def _proven(place: str, name: str, lines: Sequence[str], doc_number: str | None) -> Evidence:
    """Where a place lies that its name alone does not tell; without a value when nothing does."""
    for line in lines:
        region = find_region(line)
        if region and region != NATIONAL and _is_of(place, region, line):
            return Evidence(region, line, 0.9)
    around = " ".join(lines).replace(place, " ")
    tellings: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (name, lambda path: bool(city := _city_of(path, place)) and city in around),
        (name, lambda path: any(form in around for form in _province_forms(path))),
        (doc_number or "", lambda path: bool(doc_number) and str(doc_number).startswith(_letters(path))),
    )
    for ground, tells in tellings:
        paths = [path for path in districts_named(place) if tells(path)]
        if len(paths) == 1:
            return Evidence(paths[0], ground, 0.8)
    return Evidence(None, name, 0.0)


def _is_of(place: str, region: str, line: str) -> bool:
    """Whether a line that names a region names the place with it: 湖南省岳阳市华容县 for 县."""
    if place.endswith(_SMALL):
        return place in line and is_below_city(region)
    return region.endswith(place)


def _city_of(path: str, place: str) -> str:
    """The bare name of the prefecture that a district's path goes through, "" in a municipality."""
    province = province_of(path)
    city = path.removeprefix(province.place.path).removesuffix(place) if province else ""
    return city[:-1] if len(city) > 2 and city.endswith(("市", "盟")) else city


def _province_forms(path: str) -> tuple[str, ...]:
    province = province_of(path)
    return province.place.names if province else ()


def _letters(path: str) -> tuple[str, ...]:
    province = province_of(path)
    return province.letters if province else ()
