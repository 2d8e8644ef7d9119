"""Administrative regions (地区): names in any form to full paths, and how two regions relate."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import yaml

from assistant.districts import Districts
from assistant.domain import NATIONAL
from assistant.errors import BadQuestionError

_SUFFIXES = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "地区",
    "新区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "州",
)


_INSIDE = re.compile(r"(?:[\u4e00-\u9fff]{1,7}(?:新区|开发区|街道|社区|[区县市旗镇乡村])){1,4}")
_KINDS = "省市区县州盟旗"
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")


class Relation(StrEnum):
    """How a document's region stands to the asker's."""

    NATIONAL = "national"  # rules for everyone
    OWN = "own"  # the asker's region or one that contains it
    WITHIN = "within"  # a place inside the asker's region
    OTHER = "other"  # somebody else's rule


@dataclass(frozen=True, slots=True)
class RegionMention:
    """A place named in a text: the words used and the full path they mean."""

    text: str
    path: str


class Gazetteer:
    """Names of provinces, cities and the districts that the catalogue's documents name."""

    def __init__(
        self,
        names: Mapping[str, str],
        within: Mapping[str, Mapping[str, str]],
        provinces: tuple[str, ...],
        cities: Mapping[str, tuple[str, ...]],
        districts: Districts | None = None,
    ) -> None:
        """Use `load`; this only assigns.

        Args:
            names: Full path by any form of name that is unambiguous by itself.
            within: By path, the short names understood right after that place's name.
            provinces: Full names, in official order.
            cities: Full paths of each province's cities.
            districts: Names of districts that stand for one place in the whole country.
        """
        self._names = dict(names)
        self._within = {path: dict(short) for path, short in within.items()}
        self._longest = max(map(len, names), default=0)
        self.provinces = provinces
        self.cities = dict(cities)
        self.ruled: frozenset[str] = frozenset()  # names of places that documents are of, or lie around these
        self._districts = districts or Districts()

    @classmethod
    def load(cls, *, extra_paths: Iterable[str] = ()) -> Gazetteer:
        """Read the shipped list of regions; `extra_paths` adds districts that documents name."""
        from assistant.config import corpus_folder

        folder = corpus_folder() / "lexicon"
        regions = yaml.safe_load((folder / "regions.yaml").read_text("utf-8"))
        districts = Districts.read(folder / "districts.yaml")
        return cls.from_data(regions, extra_paths=extra_paths, districts=districts)

    @classmethod
    def from_data(
        cls,
        data: Iterable[Mapping[str, object]],
        *,
        extra_paths: Iterable[str] = (),
        districts: Districts | None = None,
    ) -> Gazetteer:
        """Build from corpus/lexicon/regions.yaml entries, the districts and the paths of known documents."""
        names: dict[str, str] = {NATIONAL: NATIONAL, "国家": NATIONAL, "中央": NATIONAL}
        extra_paths = sorted(extra_paths)
        within: dict[str, dict[str, str]] = {}
        entries = list(data)
        for entry in entries:  # provinces first: 河北 is the province, not 天津市河北区
            _learn(names, str(entry["name"]), entry)
        cities = {str(entry["name"]): _learn_cities(names, within, entry) for entry in entries}
        for path in extra_paths:
            names.setdefault(path, path)
            parent = _parent(path, names)
            if parent:
                tail = path[len(parent) :]
                names.setdefault(tail, path)
                within.setdefault(parent, {}).update({tail: path, bare(tail): path})
                if parent not in _MUNICIPALITIES and len(bare(tail)) > 1:
                    names.setdefault(bare(tail), path)
        ruled = frozenset(
            n for n, path in names.items() if any(extra.startswith(path) for extra in extra_paths)
        )
        districts = districts or Districts()
        for city, inner in districts.within.items():
            short = {bare(name): path for name, path in inner.items() if len(bare(name)) > 1}
            within[city] = {**inner, **short, **within.get(city, {})}
        for name, path in districts.alone.items():
            names.setdefault(name, path)
        made = cls(names, within, tuple(cities), cities, districts)
        made.ruled = ruled
        return made

    def stands_alone(self, mention: RegionMention) -> bool:
        """Whether it is a district whose name no other in the country has: 番禺 is 广州's, wherever it is asked from."""
        return self._districts.alone.get(mention.text) == mention.path

    def resolve(self, name: str) -> str:
        """Full path of a region name in any form; 全国 for an empty one.

        A district, street or village that is not listed is taken at its word behind the city
        or province it is named with (广东省广州市天河区): the rules of those apply there.

        Raises:
            BadQuestionError: No region has this name.
        """
        cleaned = "".join(name.split())
        if not cleaned:
            return NATIONAL
        found = self.mentions(cleaned)
        if found and cleaned.startswith(found[0].text):
            inside = cleaned.removeprefix(found[0].text)
            if _INSIDE.fullmatch(inside):
                return found[0].path + inside
        said = "".join(m.text for m in found)
        whole = cleaned in (said, *(said + kind for kind in _KINDS))  # 青海省玉树州
        if not found or not whole or any(not found[-1].path.startswith(m.path) for m in found):
            raise BadQuestionError(f"不认识的地区“{name}”。请写省或市的名称，例如 四川、四川省、成都市。")
        return found[-1].path

    def mentions(self, text: str) -> list[RegionMention]:
        """Places named in the text, longest match first at each position, in order."""
        found: list[RegionMention] = []
        at = 0
        while at < len(text):
            other = _longest_at(text, at, self._districts.words)
            if other:
                at += len(other)
                continue
            last = found[-1] if found and text[:at].endswith(found[-1].text) else None
            inner = self._within.get(last.path, {}) if last else {}
            word = _longest_at(text, at, inner) or _longest_at(text, at, self._names, limit=self._longest)
            if not word:
                at += 1
                continue
            path = inner.get(word) or self._names[word]
            known = word in self.ruled or (last is not None and path.startswith(last.path))
            if not known and self._districts.is_other_words(
                word, path, before=text[:at], after=text[at + len(word) :]
            ):
                at += 1
                continue
            if last and path.startswith(last.path) and path != last.path:
                found[-1] = RegionMention(last.text + word, path)
            elif last and _is_district(word) and not path.startswith(last.path):
                found[-1] = RegionMention(last.text + word, last.path + word)  # 沈阳和平区 is not 天津's
            else:
                found.append(RegionMention(word, path))
            at += len(word)
        return found


_OWN_LAW = ("香港", "澳门", "台湾")


def has_own_law(place: str) -> bool:
    """Whether the nation's administrative rules do not hold there: 香港, 澳门, 台湾."""
    return place.startswith(_OWN_LAW)


def relation(askers: Iterable[str], place: str) -> Relation:
    """How a rule of `place` applies to somebody in one of `askers` (none: no region chosen)."""
    chosen = [asker for asker in askers if asker != NATIONAL]
    if place == NATIONAL:
        return Relation.OTHER if chosen and all(map(has_own_law, chosen)) else Relation.NATIONAL
    if any(asker.startswith(place) for asker in chosen):
        return Relation.OWN
    return Relation.WITHIN if any(place.startswith(asker) for asker in chosen) else Relation.OTHER


def _learn(names: dict[str, str], path: str, entry: Mapping[str, object], *, short: bool = True) -> None:
    forms = [str(entry["name"])]
    listed = entry.get("short")
    if short and isinstance(listed, list):
        forms += map(str, listed)
    for form in forms:
        if len(form) > 1:
            names.setdefault(form, path)


def _learn_cities(
    names: dict[str, str], within: dict[str, dict[str, str]], entry: Mapping[str, object]
) -> tuple[str, ...]:
    """Cities of a province; a municipality's districts have common words for short names (和平)."""
    province = str(entry["name"])
    listed = entry.get("cities")
    paths = []
    for city in listed if isinstance(listed, list) else []:
        name = str(city["name"])
        path = province + name
        paths.append(path)
        _learn(names, path, city, short=province not in _MUNICIPALITIES)
        names[path] = path
        forms = {name: path, bare(name): path} | {str(form): path for form in city.get("short") or []}
        within.setdefault(province, {}).update(forms)
    return tuple(paths)


def _longest_at(text: str, at: int, names: Container[str], *, limit: int = 12) -> str:
    """The longest name that stands at a position, "" when there is none."""
    sizes = range(min(limit, len(text) - at), 1, -1)
    return next((text[at : at + size] for size in sizes if text[at : at + size] in names), "")


def _is_district(word: str) -> bool:
    return len(word) > 2 and word.endswith(("区", "县")) and not word.endswith(("自治区", "地区", "行政区"))


def bare(name: str) -> str:
    """A place's name without 省, 市, 区, 县 and the like; a short one (景县) as it is."""
    return next((name[: -len(s)] for s in _SUFFIXES if name.endswith(s) and len(name) > len(s) + 1), name)


def _parent(path: str, names: Mapping[str, str]) -> str:
    """The longest known region that a path begins with, "" when there is none."""
    cuts = range(len(path) - 1, 1, -1)
    return next((path[:cut] for cut in cuts if names.get(path[:cut]) == path[:cut]), "")
