"""Files as they were given (原始文件), kept under the hash of their bytes: home/originals/<sha256><suffix>."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.domain import Document
from assistant.errors import DocumentError

FOLDER = "originals"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_ASIDE = ".tmp"


@dataclass(frozen=True, slots=True)
class Originals:
    """The folder of original files of a home."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> Originals:
        """The originals of a home; the folder is made when the first file is kept."""
        return cls(home / FOLDER)

    def keep(self, path: Path, *, sha256: str) -> Path:
        """Copy a file in, unless it is there; a half-written copy never has the final name.

        Raises:
            DocumentError: The file cannot be read, or the disk is full.
        """
        target = self.folder / f"{sha256}{kept_suffix(path)}"
        if target.exists():
            return target
        aside = target.with_name(target.name + _ASIDE)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as source, aside.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            aside.replace(target)
        except OSError as exc:
            aside.unlink(missing_ok=True)
            raise DocumentError(
                f"原始文件“{path.name}”存不下来（{exc.strerror}），请检查磁盘空间和文件夹权限。"
            ) from exc
        return target

    def of_document(self, document: Document) -> Path | None:
        """The file a document was read from, None when it is not kept."""
        if not document.original_sha256:
            return None
        path = self.folder / f"{document.original_sha256}{document.original_suffix or ''}"
        return path if path.is_file() else None

    def sweep(self, used: Iterable[str]) -> int:
        """Delete files whose hash is not among `used`, and half-written ones; returns how many."""
        wanted = set(used)
        gone = [p for p in self._files() if p.name[:64] not in wanted or p.name.endswith(_ASIDE)]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _files(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.is_dir() else []


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        DocumentError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as exc:
        raise DocumentError(f"打不开文件“{path.name[:80]}”，请检查它是否存在、是否有权限。") from exc


def kept_suffix(path: Path) -> str:
    """The suffix an original is kept with: short, lower-case, plain; "" for any other."""
    suffix = path.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""
