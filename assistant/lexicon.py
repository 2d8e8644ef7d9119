"""The lexicon: ties workers' everyday words (舞蹈队, 搞钱) to the official ones (文体活动类, 资金).

Four hand-written files in corpus/lexicon/ (terms, typos, topics, scope); each says at its
top how to edit it. They are read once, checked, and turned into word tables that scan a
question in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from assistant.datafile import DataFile
from assistant.text import CLAUSE, normalise

TOPICS = (
    *("登记条件", "登记程序", "备案条件", "备案程序", "备案材料", "资金渠道", "资金管理", "场地支持"),
    *("培育孵化", "能力提升", "规范管理", "党建", "年检评估", "变更注销", "税收", "法律责任", "其他"),
)
SYNONYM_WEIGHT = 0.7  # a word the asker did not use but means
RELATED_WEIGHT = 0.35  # a word that often stands in the clause asked for
_ANSWERS = "应答"  # which may end a question too: 这样行, 先备案对
_ALONE = "alone"  # never ours where a message is nothing else: 谢谢
_PARTICLES = frozenset("啊呀哦噢喔啦哈嘞哟吧呢了的")  # what a courtesy may have around it
_IN_SCOPE = ""  # marks a scope cue that belongs to this field; labels are never empty
# Search-mode segmentation emits a long word's 2- and 3-character parts only.
_HIDDEN_PART_CHARS = 4
_LONGEST_WORD_CHARS = 8  # longer entries are phrases

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A table's word at `start`–`end` of a text, and what the table says of it."""

    start: int
    end: int
    word: str
    value: T


class WordTable(Generic[T]):
    """Words with a value each, found in a text in one pass."""

    def __init__(self, values: Mapping[str, T]) -> None:
        """Index `values` (word to value) by first character; the empty word is not allowed."""
        self._values = dict(values)
        lengths: dict[str, set[int]] = {}
        for word in self._values:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> list[Found[T]]:
        """Every known word of `text` that lies inside no longer one, in order of its start.

        Two found words may overlap, neither contains the other. [] when there is none.
        """
        found: list[Found[T]] = []
        covered = 0
        for start, first in enumerate(text):
            for length in self._lengths.get(first, ()):
                end = start + length
                word = text[start:end]
                if word in self._values and len(word) == length:
                    if end > covered:
                        found.append(Found(start, end, word, self._values[word]))
                        covered = end
                    break
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everyday and official words of the field.

    `words` are those a segmenter must know. The methods take any text; what they return
    is in normal form (`text.normalise`), but for `correct`.
    """

    words: tuple[str, ...]
    _terms: WordTable[Mapping[str, float]]
    _typos: WordTable[str]
    _topics: WordTable[tuple[str, ...]]
    _scope: WordTable[str]
    _courtesies: WordTable[str]
    _ask: Mapping[str, str]
    _never_ours: Mapping[str, str]
    _organisations: WordTable[str]
    _clubs: WordTable[str]

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read terms, typos, topics, scope, organisations and clubs (.yaml) of `folder`.

        Raises:
            ConfigError: A file is missing or malformed; the message names file and line.
        """
        terms, vocabulary = _read_terms(DataFile.open(folder / "terms.yaml"))
        typos = _read_typos(DataFile.open(folder / "typos.yaml"))
        topics = _read_topics(DataFile.open(folder / "topics.yaml"))
        labels, ask, never_ours = _read_scope(DataFile.open(folder / "scope.yaml"))
        courtesies = {cue: label for cue, label in labels.items() if never_ours.get(label) == _ALONE}
        scope = {cue: label for cue, label in labels.items() if cue not in courtesies}
        organisations = _read_organisations(DataFile.open(folder / "organisations.yaml"))
        clubs = _read_clubs(DataFile.open(folder / "clubs.yaml"))
        return cls(
            words=_segmentable(vocabulary),
            _terms=WordTable(terms),
            _typos=WordTable(typos),
            _topics=WordTable(topics),
            _scope=WordTable(scope),
            _courtesies=WordTable(courtesies),
            _ask=ask,
            _never_ours=never_ours,
            _organisations=WordTable(organisations),
            _clubs=WordTable(clubs),
        )

    def correct(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Repair known slips (登计 → 登记): the text, and each (wrong, right) in order."""
        parts, changes, at = [], [], 0
        for found in self._typos.find(text):
            if found.start < at or found.value == found.word:
                continue
            parts += [text[at : found.start], found.value]
            changes.append((found.word, found.value))
            at = found.end
        return "".join([*parts, text[at:]]), changes

    def with_common_clubs(self, text: str) -> str:
        """The text with every club known by its hobby under the one name that most is known of: 飞盘队怎么登记 asks no other thing."""
        parts, at = [], 0
        for found in self._clubs.find(text):
            if found.start >= at:
                parts += [text[at : found.start], found.value]
                at = found.end
        return "".join([*parts, text[at:]])

    def expand(self, text: str) -> dict[str, float]:
        """Official words that `text` implies without saying them, strongest first.

        Weights are in (0, 1]: `SYNONYM_WEIGHT` or `RELATED_WEIGHT`, the larger where
        several words of the text imply the same. {} when nothing is implied.
        """
        text = normalise(text)
        implied: dict[str, float] = {}
        for found in self._terms.find(text):
            for word, weight in found.value.items():
                implied[word] = max(weight, implied.get(word, 0.0))
        said = {word: weight for word, weight in implied.items() if word not in text}
        return dict(sorted(said.items(), key=lambda item: -item[1]))

    def topics(self, text: str) -> dict[str, float]:
        """Topics (主题) by their share of the cues in `text`, strongest first.

        Shares add up to 1; a cue of several topics is divided among them. {} when no
        cue is there.
        """
        points: dict[str, float] = {}
        cues = {found.word: found.value for found in self._topics.find(normalise(text))}
        for topics in cues.values():
            for topic in topics:
                points[topic] = points.get(topic, 0.0) + 1 / len(topics)
        ranked = sorted(points.items(), key=lambda item: -item[1])
        return {topic: value / len(cues) for topic, value in ranked}

    def organisations(self, text: str) -> frozenset[str]:
        """Kinds of organisation (社会团体, 基金会 …) the text names; empty when none."""
        return frozenset(found.value for found in self._organisations.find(normalise(text)))

    def organisation_words(self, text: str) -> list[Found[str]]:
        """The words of a text that name a kind of organisation, in order, each with its kind."""
        return self._organisations.find(text)

    def without_organisations(self, text: str) -> str:
        """The text without the words that name a kind of organisation."""
        parts, at = [], 0
        for found in self._organisations.find(text):
            if found.start >= at:
                parts.append(text[at : found.start])
                at = found.end
        return "".join([*parts, text[at:]])

    def out_of_scope(self, text: str, *, surely: bool = True) -> str | None:
        """Label of the foreign field `text` asks about, None when there is no sign of one.

        When it must be sure, any word of this field outweighs every foreign cue:
        社会组织要交社保吗 is ours.
        """
        labels = [found.value for found in self._scope.find(normalise(text))]
        foreign = [label for label in labels if label != _IN_SCOPE]
        if not foreign or (surely and _IN_SCOPE in labels):
            return None
        return max(foreign, key=foreign.count)

    def never_ours(self, text: str) -> str | None:
        """Label of a field in `text` that is not answered whatever is found, None without one.

        With a word of ours only such as are marked `always`: 给合唱队写首诗.
        It goes before other foreign fields: 退休金太少，不想活了 is a cry for help.
        """
        courtesy = self.courtesy(text)
        if courtesy:
            return courtesy
        labels = [found.value for found in self._scope.find(normalise(text))]
        sure = ("always",) if _IN_SCOPE in labels else ("always", "true")
        return next((one for one in labels if self._never_ours.get(one, "") in sure), None)

    def courtesy(self, text: str) -> str | None:
        """Label of the thanks, greeting or the like that is all of `text`, the first listed; None for any other text."""
        rest = normalise(text)
        labels = set()
        for found in self._courtesies.find(rest):
            labels.add(found.value)
            rest = rest[: found.start] + " " * len(found.word) + rest[found.end :]
        said = {letter for letter in rest if letter.isalnum()}
        return next((label for label in self._ask if label in labels), None) if said <= _PARTICLES else None

    def without_courtesies(self, text: str) -> str:
        """The text without a greeting or an answer before what it asks, and thanks after it; whole where it is no more."""
        clauses = list(CLAUSE.finditer(text))
        kinds = [self.courtesy(clause[0]) for clause in clauses]
        if all(kinds):
            return text
        first = next(at for at, kind in enumerate(kinds) if not kind)
        last = max(at for at, kind in enumerate(kinds) if not kind or kind == _ANSWERS)
        end = len(text) if last == len(clauses) - 1 else clauses[last].end()
        return text[clauses[first].start() : end]

    def is_courtesy(self, label: str) -> bool:
        """Whether what is to be said of the field `label` (`whom_to_ask`) is a whole reply."""
        return self._never_ours.get(label) == _ALONE

    def whom_to_ask(self, label: str) -> str:
        """Whom to ask instead about the field `label` (of `out_of_scope`); "" when nobody is known."""
        return self._ask.get(label, "")


def _read_clubs(source: DataFile) -> dict[str, str]:
    """The names clubs may have, each with the name to look for."""
    fields = source.record(source.root, required=["like", "kinds", "hobbies"])
    like = source.word(fields["like"])
    kinds = source.words(fields["kinds"])
    return {hobby + kind: like for hobby in source.words(fields["hobbies"]) for kind in kinds}


def _read_terms(source: DataFile) -> tuple[dict[str, dict[str, float]], set[str]]:
    """What each word implies, and the official words (everyday phrases would mislead a segmenter)."""
    implied: dict[str, dict[str, float]] = {}
    official: set[str] = set()
    terms: set[str] = set()
    for node in source.entries(source.root):
        fields = source.record(node, required=["term"], optional=["also", "said", "related"])
        term = source.word(fields["term"])
        if term in terms:
            raise source.fault(node, f"词条“{term}”已经有了，请把两处合成一处。")
        terms.add(term)
        also, said, related = (source.words(fields.get(name)) for name in ("also", "said", "related"))
        weights = dict.fromkeys(related, RELATED_WEIGHT) | dict.fromkeys([term, *also], SYNONYM_WEIGHT)
        official.update(weights)
        for word in (term, *also, *said):
            known = implied.setdefault(word, {})
            for other, weight in weights.items():
                known[other] = max(weight, known.get(other, 0.0))
    return implied, official


def _read_typos(source: DataFile) -> dict[str, str]:
    typos = {source.word(wrong): source.word(right) for wrong, right in source.pairs(source.root)}
    for wrong, right in source.pairs(source.root):
        target = source.word(right)
        if typos.get(target, target) != target:
            raise source.fault(wrong, f"“{target}”本身又列为错字，请直接写最终的正确写法。")
    return typos


def _read_topics(source: DataFile) -> dict[str, tuple[str, ...]]:
    cues: dict[str, tuple[str, ...]] = {}
    for node in source.entries(source.root):
        fields = source.record(node, required=["topic", "cues"])
        topic = source.word(fields["topic"])
        if topic not in TOPICS:
            raise source.fault(node, f"没有“{topic}”这个主题，可用的是：{'、'.join(TOPICS)}。")
        for cue in source.words(fields["cues"]):
            cues[cue] = (*cues.get(cue, ()), topic)
    return cues


def _read_scope(source: DataFile) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Cue to label (`_IN_SCOPE` for ours), label to whom to ask, and for labels that are never ours how surely."""
    fields = source.record(source.root, required=["in_scope", "out_of_scope"])
    labels = dict.fromkeys(source.words(fields["in_scope"]), _IN_SCOPE)
    ask: dict[str, str] = {}
    never_ours: dict[str, str] = {}
    for node in source.entries(fields["out_of_scope"]):
        entry = source.record(node, required=["label", "cues", "ask"], optional=["never_ours"])
        label = source.word(entry["label"])
        for cue in source.words(entry["cues"]):
            if cue in labels:
                raise source.fault(node, f"“{cue}”已列在别处，一个词只能归一类，请删去一处。")
            labels[cue] = label
        ask[label] = source.text(entry["ask"])
        if "never_ours" in entry:
            never_ours[label] = source.text(entry["never_ours"])
    return labels, ask, never_ours


def _read_organisations(source: DataFile) -> dict[str, str]:
    words: dict[str, str] = {}
    for node in source.entries(source.root):
        fields = source.record(node, required=["organisation", "words"])
        for word in source.words(fields["words"]):
            if word in words:
                raise source.fault(node, f"“{word}”已列在“{words[word]}”下，一个词只能归一类。")
            words[word] = source.word(fields["organisation"])
    return words


def _segmentable(vocabulary: Iterable[str]) -> tuple[str, ...]:
    """Words worth teaching a segmenter, sorted: none that would hide a shorter known word."""
    known = {word for word in vocabulary if 1 < len(word) <= _LONGEST_WORD_CHARS and word.isalnum()}

    def hides(word: str) -> bool:
        sizes = range(_HIDDEN_PART_CHARS, len(word))
        return any(word[i : i + size] in known for size in sizes for i in range(len(word) - size + 1))

    return tuple(sorted(word for word in known if not hides(word)))
