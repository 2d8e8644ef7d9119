"""Districts, counties and county-level cities (区县) by name: 番禺 is 广州's, wherever it is asked from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.datafile import DataFile

_LEAST = 3  # characters of a full name that may stand alone: 景县 stands in 情景县级 too
# What makes a name the beginning of a street's or community's (太平社区, 武昌路), and what does not:
# 武昌社区社会组织, 武昌街道办, 武昌广场舞队, 武昌村里.
_OF_A_PLACE = re.compile(
    r"社区(?!社会|组织|基金|慈善|治理|服务|志愿|团队|队伍|备案|登记|工作|里|的)"
    r"|街(?!道)|街道(?=社区)|路|村(?![里民委的])|镇(?!街)|乡(?![镇里])|小区(?![里的])|花园|广场(?!舞)|公园|新村|苑"
)

# How a short name that may be other words (长乐, 兴国) stands when a place is meant.
_BEFORE_PLACE = re.compile(
    r"(?:^|[\s，,。；;：:！!？?、（(“]|我们?|咱们?|俺们?|我哋|阿拉|在|是|到|去|从|住|跟|和|那|像|问|如)$"
)
_AFTER_PLACE = re.compile(
    r"$|[\s，,。；;：:！!？?、）)”]|[的嘞嘅咯嗰呢人]|一个|[一-龥]{2}(?:镇|街道)|[这那]|本地|当地|农村|乡下|城里|街道|镇上|居委|社区(?=里|的|备案|社会组织)"
    r"|民政|登记|备案|办|要|有|发|想|也|还|已|收|给|怎|咋|能|可|用|算|没|不"
)


@dataclass(frozen=True, slots=True)
class Districts:
    """What corpus/lexicon/districts.yaml says.

    `within` has the full path by name for each city, `alone` that of the names that are
    one district's only, earlier ones (闸北) among them, `short` those of them without 区 or 县,
    `apart` those of the short ones that may be other words and count only where they stand as a place does;
    `words` has words that hold a place's name and mean no place (新乡贤, 大理石).
    """

    within: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    alone: Mapping[str, str] = field(default_factory=dict)
    short: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def read(cls, path: Path) -> Districts:
        """Read the file.

        Raises:
            ConfigError: It is missing or malformed; the message names file and line.
        """
        source = DataFile.open(path)
        fields = source.record(source.root, required=["former", "districts"], optional=["words"])
        alone = {source.word(old): source.word(now) for old, now in source.pairs(fields["former"])}
        listed: dict[str, list[str]] = {}
        short: dict[str, str] = {}
        apart: set[str] = set()
        for key, node in source.pairs(fields["districts"]):
            city = source.word(key)
            entry = source.record(node, required=["names"], optional=["short", "apart"])
            names = listed[city] = source.words(entry["names"])
            doubtful = source.words(entry.get("apart"))
            apart.update(doubtful)
            for word in [*source.words(entry.get("short")), *doubtful]:
                full = next((name for name in names if name.startswith(word)), None)
                if full is None:
                    raise source.fault(node, f"简称“{word}”不是这里任何一个区县的开头，请改正或删去。")
                short[word] = city + full
        found = Counter(name for names in listed.values() for name in names)
        for city, names in listed.items():
            alone |= {name: city + name for name in names if found[name] == 1 and len(name) >= _LEAST}
        within = {city: {name: city + name for name in names} for city, names in listed.items()}
        return cls(
            within,
            alone | short,
            frozenset(short),
            frozenset(apart),
            frozenset(source.words(fields.get("words"))),
        )

    def is_other_words(self, word: str, path: str, *, before: str, after: str) -> bool:
        """Whether a short name stands for something else in a text.

        It may be but the beginning of a street's or community's name (武昌路), or no name at all (长乐舞).

        Args:
            word: A name found in the text.
            path: The place that it would mean.
            before: The text up to it.
            after: The text behind it.
        """
        if word not in self.short or self.alone[word] != path:
            return False
        if _OF_A_PLACE.match(after):
            return True
        return word in self.apart and not (_BEFORE_PLACE.search(before) and _AFTER_PLACE.match(after))
