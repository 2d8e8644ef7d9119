"""Generations (索引版本) on disk: which are there, which is published, whether one is as it was built.

home/generations/gen-000017/  snapshot.sqlite3  lexical/  questions/  chroma/  manifest.json
home/CURRENT                  name of the published generation
A generation is never changed after publication; a request reads one from start to end.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import IndexUnusableError

FORMAT = 6
GENERATIONS, CURRENT, MANIFEST = "generations", "CURRENT", "manifest.json"
_KEYS = "keys.txt"
_KEPT = 2  # the published generation and the one before, for roll-back


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from and with (invariant I8).

    `files` holds the SHA-256 of every file; Chroma's stay as they were because they are read from copies.
    """

    format: int
    encoder: str
    segmenter: str
    catalogue_revision: int
    documents: int
    passages: int
    questions: int
    created_at: str
    files: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read a generation's manifest.

        Raises:
            IndexUnusableError: Missing, damaged, or of another format.
        """
        try:
            values = json.loads((folder / MANIFEST).read_text("utf-8"))
            if values["format"] == FORMAT:
                return cls(**values)
        except (OSError, ValueError, TypeError, KeyError) as exc:
            raise IndexUnusableError(
                f"索引 {folder.name} 不完整（{exc}），请运行 ingest publish 重建。"
            ) from exc
        raise IndexUnusableError(f"索引 {folder.name} 的格式已过时，请运行 ingest publish 重建。")


def published(home: Path) -> Path | None:
    """Folder of the published generation, None when there is none."""
    pointer = home / CURRENT
    if not pointer.is_file():
        return None
    name = pointer.read_text("utf-8", errors="replace").strip()
    folder = home / GENERATIONS / name
    return folder if name and folder.is_dir() else None


def fault(folder: Path) -> str:
    """What is wrong with a generation, in Chinese; "" when every file is as it was built and checked."""
    try:
        manifest = Manifest.read(folder)
    except IndexUnusableError as exc:
        return str(exc)
    now = checksums(folder)
    damaged = next((name for name, digest in manifest.files.items() if now.get(name) != digest), None)
    return f"索引文件 {folder.name}/{damaged} 缺失或已损坏" if damaged else ""


def read_keys(folder: Path) -> list[str]:
    """What the rows of an index folder stand for, in row order; [] when it has no rows.

    Raises:
        IndexUnusableError: The file is missing.
    """
    try:
        return (folder / _KEYS).read_text("utf-8").split("\n")[:-1]
    except OSError as exc:
        raise IndexUnusableError(f"索引 {folder} 不完整（{exc}），请运行 ingest publish 重建。") from exc


def write_keys(folder: Path, keys: Sequence[str]) -> None:
    """Write the keys of an index folder's rows, one per line."""
    (folder / _KEYS).write_text("".join(f"{key}\n" for key in keys), "utf-8")


def point_to(home: Path, name: str) -> None:
    """Make a generation the published one, atomically."""
    aside = home / f"{CURRENT}.tmp"
    with aside.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(home / CURRENT)
    _fsync(home)


def generations(home: Path) -> list[str]:
    """Names of complete generations, oldest first."""
    root = home / GENERATIONS
    return sorted(p.name for p in root.glob("gen-*") if p.suffix != ".tmp") if root.is_dir() else []


def roll_back(home: Path) -> str:
    """Publish the generation before the current one.

    Raises:
        IndexUnusableError: There is none, or it is damaged; the current one stays.
    """
    names = generations(home)
    current = published(home)
    earlier = [name for name in names if current is None or name < current.name]
    if not earlier:
        raise IndexUnusableError("没有更早的索引版本可以回退。")
    Manifest.read(home / GENERATIONS / earlier[-1])
    point_to(home, earlier[-1])
    return earlier[-1]


def sweep(home: Path, *, keep: int = _KEPT) -> None:
    """Delete unfinished and superseded generations; the published one always stays."""
    root = home / GENERATIONS
    current = published(home)
    kept = set(generations(home)[-keep:]) | ({current.name} if current else set())
    for folder in root.glob("gen-*") if root.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def drop_newer(root: Path, *, than: Path | None, but: Path) -> None:
    """Delete generations that were rolled back from, so that roll-back never leads to them again."""
    for folder in root.glob("gen-*"):
        if than is not None and than.name < folder.name and folder != but:
            shutil.rmtree(folder, ignore_errors=True)


def next_name(root: Path) -> str:
    """Name for a new generation: one above the highest number there is, unfinished ones counted."""
    numbers = [int(p.name[4:10]) for p in root.glob("gen-*") if p.name[4:10].isdigit()]
    return f"gen-{max(numbers, default=0) + 1:06d}"


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of a generation's files by name, without the manifest."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def fsync_tree(folder: Path) -> None:
    """Bring every file and folder of a tree to the disk."""
    for path in [*folder.rglob("*"), folder]:
        _fsync(path)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
