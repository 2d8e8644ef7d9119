"""Text as the index and the questions see it: one normal form, one tokenizer, one sentence rule.

Nothing here changes what is shown: quotes are slices of the canonical text, this is
the copy made for searching.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.cutting import WordCutter
from assistant.hanzi import TO_SIMPLIFIED

if TYPE_CHECKING:
    import jieba

PAIR_MARK = "#"  # what a pair of characters begins with where it is written as a term: #备案
TOKENIZER_VERSION = "4"
_HAN = r"㐀-䶿一-鿿豈-﫿\U00020000-\U0003134F"
_RUN = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:\.[0-9]+)?")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_USUAL_RUN = re.compile("[\u4e00-\u9fd5]+")  # what jieba's dictionary covers
_RUNS_KEPT = 4096  # a document's title and headings come with each of its passages
CLAUSE = re.compile(r"[^，,。；;！!？?\s]+")  # of a question: words between stops or blanks
_SENTENCE_END = re.compile(r"[。！？!?；;\n][”’」』）)\]】]*")
# NFKC gives 戶, 黑 forms and leaves CJK radicals alone; browser-made PDFs are full of them.
_RADICALS = str.maketrans("⼾戶⺠⻓⻔⻅⻋⻢⻛⻝⻚⻉⺟⻬⻰", "户户民长门见车马风食页贝母齐龙")
_PLAIN = _RADICALS | TO_SIMPLIFIED
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")

# Words that carry no topic; a question made of these alone is unclear. General function words only.
_FUNCTION_WORDS = """
的 了 和 与 及 或 在 是 有 为 对 以 于 由 从 到 向 就 都 也 还 又 而 但 被 把 给 让 用 按
等 之 其 该 这 那 此 个 们 吗 呢 吧 啊 呀 嘛 哦 噢 么 啦 哈 我 你 您 他 她 它 咱 俺 自己
我们 你们 他们 咱们 俺们 人家 大家 请问 想 想问 问 问下 问一下 一下 下 怎么 怎样 咋 咋样 咋个 啥
什么 哪 哪些 哪个 哪里 哪儿 几 多少 多 谁 何 如何 是否 能否 可以 能 能不能 可不可以 要 要不要 需
需要 得 会 应该 应当 必须 行 不行 行不行 没 没有 有没有 不 不是 是不是 一个 一些 一种 这个 那个 这些
那些 这样 那样 这种 那种 现在 目前 今年 去年 时候 然后 还是 或者 如果 因为 所以 但是 以及 并 且 并且
比如 例如 关于 有关 相关 进行 具体 情况 问题 东西 事 事情 说 讲 看 知道 告诉 介绍 帮 帮忙 帮我 麻烦
谢谢 你好 您好 老师 同志 领导 听说 觉得 到底 究竟 一般 一共 总共 里 中 上 内 外 前 后 时 来 去 做
搞 弄 办 点 些 种 样 过 着 地 所 将 均 各 每 再 才 只 最 很 更 太 真 嗯 哎 诶 喂 滴 噻 撒
嘞 咯 哩 唔 冇
"""
STOPWORDS = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


def normalise(text: str) -> str:
    """Fold width, case, radicals, traditional and invisible characters for searching; never for display."""
    folded = unicodedata.normalize("NFKC", text.translate(_RADICALS))
    return _INVISIBLE.sub("", folded).translate(_PLAIN).lower()


def sentences(text: str, *, start: int = 0, end: int | None = None) -> list[Span]:
    """Split at 。！？； and line ends; closing quotes and brackets stay with their sentence.

    Spans cover every non-blank character of `text[start:end]`, without surrounding
    blanks. Empty for blank text.
    """
    end = len(text) if end is None else end
    found, at = [], start
    for match in _SENTENCE_END.finditer(text, start, end):
        found.append(_trimmed(text, at, match.end()))
        at = match.end()
    found.append(_trimmed(text, at, end))
    return [span for span in found if span.start < span.end]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def bigrams(text: str) -> list[str]:
    """Overlapping character pairs of each Han run of normalised text; single characters are dropped."""
    return [run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)]


@dataclass(frozen=True, slots=True)
class RowTerms:
    """What a row is found by: words, and each pair of neighbouring Chinese characters of a normalised text."""

    words: Sequence[str]
    text: str = ""


class Segmenter:
    """Chinese word segmentation (jieba, search mode) with the lexicon's words known.

    `fingerprint` changes whenever the same text could give other tokens; it is
    recorded in every generation (invariant I8).
    """

    def __init__(self, tokenizer: jieba.Tokenizer, *, fingerprint: str) -> None:
        """Use `with_words`; this only assigns. The tokenizer learns no more words afterwards."""
        self._jieba = tokenizer
        self._cutter = WordCutter(tokenizer.FREQ, total=tokenizer.total)
        self._terms_of = lru_cache(maxsize=_RUNS_KEPT)(self._run_terms)
        self.fingerprint = fingerprint

    @classmethod
    def with_words(cls, words: Iterable[str]) -> Segmenter:
        """Load an own copy of jieba's dictionary (0.6 s) and teach it `words`."""
        import jieba

        known = sorted(set(words))
        made_of = [TOKENIZER_VERSION, jieba.__version__, *sorted(STOPWORDS), "", *known]
        digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]
        tokenizer = _jieba_dictionary()
        for word in known:
            tokenizer.add_word(word, freq=max(tokenizer.suggest_freq(word, tune=False), 100))
        return cls(tokenizer, fingerprint=digest)

    def words(self, text: str) -> list[str]:
        """Words of normalised text in order, sub-words included; punctuation is dropped."""
        return [word for run in _RUN.findall(normalise(text)) for word in self._run_words(run)]

    def content_words(self, text: str) -> list[str]:
        """`words` without function words and single characters other than digits."""
        return _content(self.words(text))

    def unknown_runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Stretches of two or more Chinese characters that stand alone in no known word, with their starts."""
        for match in _HAN_RUN.finditer(text):
            at, alone = match.start(), ""
            for word in (*self._jieba.cut(match[0], HMM=False), ""):
                if len(word) == 1:
                    alone += word
                    at += 1
                    continue
                if len(alone) > 1:
                    yield at - len(alone), alone
                at, alone = at + len(word), ""

    def whole_words(self, text: str) -> list[str]:
        """`content_words` without the sub-words of compounds."""
        return _content([w for run in _RUN.findall(normalise(text)) for w in self._jieba.cut(run, HMM=False)])

    def terms(self, text: str) -> list[str]:
        """Index terms: content words, and character bigrams marked by a leading '#'."""
        found = self.row_terms(text)
        return [*found.words, *(PAIR_MARK + pair for pair in bigrams(found.text))]

    def row_terms(self, text: str) -> RowTerms:
        """`terms` for an index, which takes the pairs from the text itself."""
        plain = normalise(text)
        return RowTerms([word for run in _RUN.findall(plain) for word in self._terms_of(run)], plain)

    def _run_words(self, run: str) -> list[str]:
        if _USUAL_RUN.fullmatch(run):
            return self._cutter.cut_for_search(run)
        return list(self._jieba.cut_for_search(run, HMM=False))

    def _run_terms(self, run: str) -> tuple[str, ...]:
        return tuple(_content(self._run_words(run)))


def _content(words: Iterable[str]) -> list[str]:
    return [w for w in words if w not in STOPWORDS and (len(w) > 1 or w.isdigit())]


def _jieba_dictionary() -> jieba.Tokenizer:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)  # it prints its dictionary load to stderr
    tokenizer = jieba.Tokenizer()
    tokenizer.cache_file = (
        f"grassroots-jieba-{_user_tag()}.cache"  # its default cache name is shared by all users
    )
    tokenizer.initialize()
    return tokenizer


@lru_cache(maxsize=1)
def _user_tag() -> str:
    import os

    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def overlap(a: Span, b: Span) -> int:
    """Number of code points two spans share."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def squash(text: str) -> str:
    """Text without any blank, for comparing across line breaks."""
    return "".join(text.split())


def unique(items: Sequence[str]) -> list[str]:
    """Items without repeats, first appearance first."""
    return list(dict.fromkeys(items))
