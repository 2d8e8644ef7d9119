"""Hand-edited data files (YAML) read as nodes, so that every complaint can name file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.errors import ConfigError
from assistant.text import normalise

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster, not in every build


@dataclass(frozen=True, slots=True)
class DataFile:
    """A YAML file as nodes: `root` is the top one. Errors are `ConfigError`s in Chinese."""

    path: Path
    root: yaml.Node

    @classmethod
    def open(cls, path: Path) -> DataFile:
        """Parse `path`.

        Raises:
            ConfigError: It is missing, not UTF-8, not YAML or empty.
        """
        try:
            root = yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
        except OSError as exc:
            raise ConfigError(f"读不了数据文件 {path}，请检查它是否存在；可以从安装包里恢复。") from exc
        except UnicodeDecodeError as exc:
            raise ConfigError(f"数据文件 {path} 不是 UTF-8 编码，请用 UTF-8 另存后再试。") from exc
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            line = f"第 {mark.line + 1} 行" if mark else ""
            raise ConfigError(f"数据文件 {path} {line}写法有误，请检查括号、冒号和缩进。") from exc
        if root is None:
            raise ConfigError(f"数据文件 {path} 是空的，请按文件开头的说明填写。")
        return cls(path, root)

    def fault(self, node: yaml.Node, complaint: str) -> ConfigError:
        """The error to raise about `node`; `complaint` says what to do."""
        return ConfigError(f"数据文件 {self.path} 第 {node.start_mark.line + 1} 行：{complaint}")

    def entries(self, node: yaml.Node) -> list[yaml.Node]:
        """Nodes of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.fault(node, "这里应是一个列表，每项以“- ”开头，或写成 [词, 词]。")
        return list(node.value)

    def pairs(self, node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
        """Keys and values of a mapping, no key twice."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, "这里应写成“名称: 内容”。")
        seen: set[str] = set()
        for key, _ in node.value:
            word = self.word(key)
            if word in seen:
                raise self.fault(key, f"“{word}”写了两次，请删去一处。")
            seen.add(word)
        return list(node.value)

    def record(
        self, node: yaml.Node, *, required: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, yaml.Node]:
        """A mapping with known keys only."""
        fields = {self.word(key): value for key, value in self.pairs(node)}
        required, known = list(required), [*required, *optional]
        for name in required:
            if name not in fields:
                raise self.fault(node, f"缺少 {name}，请补上。")
        for name in fields:
            if name not in known:
                raise self.fault(node, f"不认识 {name}，这里只能写 {'、'.join(known)}。")
        return fields

    def text(self, node: yaml.Node) -> str:
        """A text as written, without surrounding blanks, never empty."""
        text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
        if not text:
            raise self.fault(node, "这里应是一个词或一句话，不能空着，也不能是列表。")
        return text

    def word(self, node: yaml.Node) -> str:
        """A word in normal form."""
        return normalise(self.text(node))

    def words(self, node: yaml.Node | None) -> list[str]:
        """A list of words, none twice; [] for a missing field."""
        found: dict[str, None] = {}
        for item in self.entries(node) if node is not None else []:
            word = self.word(item)
            if word in found:
                raise self.fault(item, f"“{word}”在这一项里写了两次，请删去一处。")
            found[word] = None
        return list(found)
