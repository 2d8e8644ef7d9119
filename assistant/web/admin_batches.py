"""Files that were sent to be added but are not yet (待添加): kept aside in the home until added or dropped."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import DocumentError, NotFoundError

_ID = re.compile(r"[0-9a-f]{16}")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")
_NAME_BYTES = 200  # most file systems hold 255
_FILES = 200  # of a batch
_FILE_BYTES = 50 * 1024**2
_IDLE_S = 24 * 3600.0
_BATCHES = 20  # not yet added; the oldest is dropped for another


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a batch; `size` in bytes."""

    name: str
    path: Path
    size: int


class Batches:
    """The folder of what was sent. Files are written aside and renamed, so that each is whole."""

    def __init__(self, home: Path, *, most_files: int = _FILES, most_bytes: int = _FILE_BYTES) -> None:
        """Limits of a batch and of a file."""
        self._folder = home / "tmp" / "incoming"
        self._most_files = most_files
        self._most_bytes = most_bytes

    def begin(self) -> str:
        """A new batch, without files; its id."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        earlier = sorted((p for p in self._folder.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
        for folder in earlier[: -_BATCHES + 1]:
            shutil.rmtree(folder, ignore_errors=True)
        batch = secrets.token_hex(8)
        (self._folder / batch).mkdir(mode=0o700)
        return batch

    async def receive(self, batch: str, name: str, parts: AsyncIterator[bytes]) -> Upload:
        """Write a file as it comes in; one of the same name in the batch is replaced.

        Raises:
            NotFoundError: The batch is unknown.
            DocumentError: The file is too large, or the batch has too many, or the disk is full.
        """
        folder = self._of(batch)
        path = folder / _safe(name)
        if len(self.files(batch)) >= self._most_files and not path.exists():
            raise DocumentError(f"一次最多添加 {self._most_files} 个文件，请分几次添加，或打成 ZIP 压缩包。")
        aside = folder / f".{secrets.token_hex(8)}"
        size = 0
        try:
            with aside.open("wb") as file:
                async for part in parts:
                    size += len(part)
                    if size > self._most_bytes:
                        raise DocumentError(
                            f"“{path.name}”超过 {self._most_bytes >> 20} MB，请拆分后再添加。"
                        )
                    file.write(part)
            aside.replace(path)
        except OSError as exc:
            raise DocumentError(f"“{path.name}”没能存到本机（{exc.strerror}），请检查磁盘空间。") from exc
        finally:
            aside.unlink(missing_ok=True)
        return Upload(path.name, path, size)

    def files(self, batch: str) -> list[Upload]:
        """The files of a batch by name.

        Raises:
            NotFoundError: The batch is unknown.
        """
        held = sorted(p for p in self._of(batch).iterdir() if not p.name.startswith("."))
        return [Upload(p.name, p, p.stat().st_size) for p in held]

    def aside(self, batch: str, name: str) -> Path:
        """Where to keep something about a batch; a name that begins with a dot is none of its files.

        Raises:
            NotFoundError: The batch is unknown.
        """
        return self._of(batch) / name

    def end(self, batch: str) -> None:
        """Drop a batch with all its files."""
        if _ID.fullmatch(batch):
            shutil.rmtree(self._folder / batch, ignore_errors=True)

    def drop_idle(self, *, now: float) -> None:
        """Drop batches that nobody has touched for a day; `now` in seconds since 1970."""
        for folder in self._folder.glob("*"):
            if folder.stat().st_mtime < now - _IDLE_S:
                shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Drop all batches."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _of(self, batch: str) -> Path:
        folder = self._folder / batch
        if not _ID.fullmatch(batch) or not folder.is_dir():
            raise NotFoundError("这批文件已经添加或清除了，请重新选择文件。")
        return folder


def _safe(name: str) -> str:
    """A name without folders, hidden or unprintable parts, cut to what file systems take, its ending kept."""
    last = _NOT_IN_NAMES.sub("", re.split(r"[/\\]", name)[-1]).lstrip(". ").rstrip() or "未命名"
    stem, dot, ending = last.rpartition(".")
    if not dot:
        stem, ending = last, ""
    ending = f"{dot}{ending}"[:20] if dot else ""
    room = _NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending
