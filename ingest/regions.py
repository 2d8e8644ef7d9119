"""Which part of the country a body or a title speaks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.config import corpus_folder
from assistant.districts import Districts
from assistant.domain import NATIONAL
from assistant.errors import ConfigError

_NATIONAL_BODIES = re.compile(
    r"^(?:中共中央|中华人民共和国|国务院|全国|中央|国家|民政部|财政部|司法部|教育部|公安部|住房和?城乡建设部|人力资源和?社会保障部"
    r"|农业农村部|文化和旅游部|卫生部|审计署|最高人民|税务总局|海关总署|应急管理部|退役军人事务部|商务部|科技部|科学技术部"
    r"|工业和信息化部|自然资源部|生态环境部|交通运输部|水利部|中办|国办|中国残联|中国残疾人)"
)
_COUNTY = re.compile(r"^([\u4e00-\u9fff]{1,10}?(?:自治县|自治旗|林区|新区|矿区|区|县|旗|市))(?![域级场区县])")
_NO_COUNTY = ("人民", "民政", "社区", "行政区")
_COMMON_NOUNS = (
    "社区", "园区", "校区", "景区", "片区", "辖区", "小区", "山区", "全区", "各区", "城市", "全市", "各市", "各县", "全县",
)  # fmt: skip
_PARTY = re.compile(r"^(?:中共|中国共产党)(?!中央)")
_WITHIN_PLACE = re.compile(
    r"路|街(?!道)|镇|乡(?![村镇土])|县(?![域级（(])"
)  # 北京路, 上海街: not the province
_NOT_DISTRICT = re.compile(r"[域级场]")  # behind a name: 沙河市场
_LONGEST_DISTRICT = 15
_DISTRICT_ENDS = "区县市旗"


@dataclass(frozen=True, slots=True)
class Place:
    """A province, prefecture or municipal district and its full path.

    `names` are the beginnings of a body's name that mean it, longest first;
    `short` its bare short forms (成都), taken only when nothing follows.
    """

    names: tuple[str, ...]
    short: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Province:
    """A province with the prefectures, or municipal districts, inside it.

    `letters` are the characters that stand for it in document numbers (湘).
    """

    place: Place
    inner: tuple[Place, ...]
    letters: tuple[str, ...] = ()


def find_region(name: str) -> str | None:
    """Administrative path of the body or title that starts with a place, or of a place's short form.

    "四川省民政厅" gives 四川省, "深圳市民政局" 广东省深圳市, "天津市和平区民政局"
    天津市和平区, "华容县民政局" 湖南省岳阳市华容县, "民政部办公厅" 全国. None when it
    starts with no known place; a district alone (和平区) is none where several have its name.

    Raises:
        ConfigError: The list of regions or of districts is damaged.
    """
    name = _PARTY.sub("", name.strip())
    if _NATIONAL_BODIES.match(name):
        return NATIONAL
    provinces = _provinces()
    outer = _longest(name, [province.place for province in provinces])
    if outer and not name.startswith(outer.path) and _is_within_place(name, outer):
        outer = None
    cities = [place for province in provinces for place in province.inner if not _is_district(place)]
    city = _longest(name, cities)
    if city and (not outer or len(city.names[0]) > len(outer.names[0]) or not name.startswith(outer.path)):
        return city.path + _county(name, city)
    if outer:
        rest = _rest(name, outer)
        inner = next(province.inner for province in provinces if province.place is outer)
        found = _longest(rest, inner)
        return found.path + _county(rest, found) if found else _in_province(outer, _county(name, outer))
    short = next((place.path for place in cities if name in place.short), None)
    return short or _districts().alone.get(name) or _only_district(name)


def district_at(name: str) -> str:
    """The longest name of a listed district that a body or title begins with, "" when there is none."""
    listed = _district_paths()
    for size in range(min(_LONGEST_DISTRICT, len(name)), 1, -1):
        word = name[:size]
        if word in listed and not _NOT_DISTRICT.match(name[size:]) and (size > 2 or word[-1] in "县旗"):
            return word
    return ""


def districts_named(name: str) -> tuple[str, ...]:
    """Full paths of the districts of this name, those it had earlier included; () for an unknown one."""
    return _district_paths().get(name, ())


def province_of(path: str) -> Province | None:
    """The province that a path lies in, None for 全国."""
    return next((province for province in _provinces() if path.startswith(province.place.path)), None)


def is_below_city(path: str) -> bool:
    """Whether a path names more than a province or prefecture."""
    province = province_of(path)
    if province is None or path == province.place.path:
        return False
    return all(path != inner.path or _is_district(inner) for inner in province.inner)


def _is_within_place(name: str, province: Place) -> bool:
    """Whether a province's short name only begins another place's: 河北区 is 天津's, 北京路 a street."""
    return bool(_WITHIN_PLACE.match(_rest(name, province)) or district_at(name))


def _only_district(name: str) -> str | None:
    paths = districts_named(district_at(name))
    return paths[0] if len(paths) == 1 else None


def _in_province(province: Place, county: str) -> str:
    """The path of a county named with its province alone: 湖南省华容县 lies in 岳阳市."""
    paths = [path for path in districts_named(county) if path.startswith(province.path)]
    return paths[0] if len(paths) == 1 else province.path + county


def _longest(name: str, places: Sequence[Place]) -> Place | None:
    matches = [(len(own), place) for place in places for own in place.names if name.startswith(own)]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def _rest(name: str, place: Place) -> str:
    return name[max(len(own) for own in place.names if name.startswith(own)) :]


def _county(name: str, place: Place) -> str:
    """The county or district that follows a place in a body's name, "" when none does."""
    rest = _rest(name, place)
    match = _COUNTY.match(rest)
    if not match or rest.startswith(_NO_COUNTY) or match.group(1).endswith(_COMMON_NOUNS):
        return ""
    return match.group(1)


def _is_district(place: Place) -> bool:
    return place.names[0].endswith(("区", "县")) and not place.names[0].endswith(("地区", "林区"))


def _provinces() -> tuple[Province, ...]:
    return _load(corpus_folder() / "lexicon" / "regions.yaml")


def _districts() -> Districts:
    return _read_districts(corpus_folder() / "lexicon" / "districts.yaml")


def _district_paths() -> Mapping[str, tuple[str, ...]]:
    return _paths_by_name(corpus_folder() / "lexicon" / "districts.yaml")


@lru_cache(maxsize=4)
def _read_districts(path: Path) -> Districts:
    return Districts.read(path)


@lru_cache(maxsize=4)
def _paths_by_name(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Full paths by a district's name with 区, 县, 市 or 旗, as it is or was."""
    districts = _read_districts(path)
    found: dict[str, tuple[str, ...]] = {}
    for inner in districts.within.values():
        for name, full in inner.items():
            found[name] = (*found.get(name, ()), full)
    former = {name: full for name, full in districts.alone.items() if name[-1] in _DISTRICT_ENDS}
    return {name: (full,) for name, full in former.items()} | found


@lru_cache(maxsize=4)
def _load(path: Path) -> tuple[Province, ...]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(_province(entry) for entry in entries)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as exc:
        raise ConfigError(f"地区表 {path.name} 读不出来，请检查它的格式：{exc}") from exc


def _province(entry: Mapping[str, object]) -> Province:
    name, short = str(entry["name"]), _strings(entry["short"])
    full = tuple(sorted({name, *(form for form in short if len(form) > 1)}, key=len, reverse=True))
    cities = entry["cities"]
    if not isinstance(cities, list):
        raise TypeError(f"cities of {name} is not a list")
    letters = tuple(form for form in short if len(form) == 1)
    return Province(Place(full, (), name), tuple(_city(city, name) for city in cities), letters)


def _city(entry: Mapping[str, object], province: str) -> Place:
    name, short = str(entry["name"]), _strings(entry["short"])
    spoken = tuple(f"{form}州" for form in short if name.endswith("自治州"))  # 恩施州
    zones = tuple(f"{form}经济特区" for form in short)
    return Place((name, *spoken, *zones), short, province + name)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return tuple(str(item) for item in value)
