"""Backup: one zip file with the catalogue, the conversations and the original files.

manifest.json            format, schema, counts, and size and SHA-256 of every other entry
catalogue.sqlite3        a consistent copy made by SQLite itself, also while a server writes
conversations.sqlite3    the same of the conversations, when there are any
originals/<sha256>.<ext>
The index is not in it: it is built again from the catalogue. Reading one back: restore.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from assistant.catalogue import FILE_NAME as CATALOGUE_FILE
from assistant.catalogue import SCHEMA_VERSION, Catalogue
from assistant.errors import CatalogueError, DocumentError
from assistant.records import FILE_NAME as CONVERSATIONS_FILE
from ingest.originals import FOLDER as ORIGINALS
from ingest.originals import Originals

FORMAT = 1
MANIFEST = "manifest.json"
STORES = (CATALOGUE_FILE, CONVERSATIONS_FILE)
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a backup; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup holds and what it was made from."""

    format: int
    schema: int
    created_at: str
    documents: int
    passages: int
    entries: tuple[Entry, ...]


def back_up(home: Path, target: Path) -> BackupManifest:
    """Write a backup of a home; works while a server runs, and no lock is taken.

    The file appears under its name only when it is complete.

    Raises:
        CatalogueError: The home holds no catalogue, or a damaged one.
        DocumentError: The target exists, or cannot be written.
    """
    if not (home / CATALOGUE_FILE).is_file():
        raise CatalogueError(f"数据文件夹 {home} 里没有文件库，没有可备份的内容。")
    if target.exists():
        raise DocumentError(f"{target} 已经存在，请换一个文件名，以免覆盖原有备份。")
    aside = target.with_name(f"{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            manifest = _written(home, Path(folder), aside)
        aside.replace(target)
    except OSError as exc:
        raise DocumentError(f"备份写不到 {target}（{exc.strerror}），请检查磁盘空间和文件夹权限。") from exc
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite database as of one moment, into a single file, whoever else is writing to it.

    Raises:
        CatalogueError: The source is damaged.
    """
    try:
        with closing(sqlite3.connect(source, timeout=10)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            sound = copy.execute("PRAGMA quick_check").fetchone()[0]
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as exc:
        raise CatalogueError(
            f"{source} 已损坏或读不出来（{exc}），没有备份。请用 ingest restore 恢复以前的备份。"
        ) from exc
    if sound != "ok":
        raise CatalogueError(f"{source} 已损坏，没有备份。请用 ingest restore 恢复以前的备份。")


def _written(home: Path, folder: Path, aside: Path) -> BackupManifest:
    for name in STORES:
        if (home / name).is_file():
            copy_database(home / name, folder / name)
    originals = _originals(home, folder)
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        entries = [
            _add(package, folder / name, name, packed=True) for name in STORES if (folder / name).is_file()
        ]
        entries += [_add(package, path, f"{ORIGINALS}/{path.name}", packed=False) for path in originals]
        manifest = _manifest(folder / CATALOGUE_FILE, entries)
        package.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    return manifest


def _originals(home: Path, folder: Path) -> list[Path]:
    """Original files of the copied catalogue's documents; one removed meanwhile is not missed."""
    catalogue = Catalogue.open(folder)
    try:
        kept = {Originals.of(home).of_document(document) for document in catalogue.documents()}
    finally:
        catalogue.close()
    return sorted(path for path in kept if path is not None)


def _manifest(catalogue: Path, entries: list[Entry]) -> BackupManifest:
    with closing(sqlite3.connect(catalogue)) as copy:
        documents, passages = (
            copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("documents", "passages")
        )
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return BackupManifest(FORMAT, SCHEMA_VERSION, created, documents, passages, tuple(entries))


def _add(package: zipfile.ZipFile, path: Path, name: str, *, packed: bool) -> Entry:
    info = zipfile.ZipInfo.from_file(path, name)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with path.open("rb") as source, package.open(info, "w", force_zip64=True) as target:
        return _copied(source, target, name)


def _copied(source: BinaryIO, target: object, name: str) -> Entry:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        target.write(chunk)  # type: ignore[attr-defined]
    return Entry(name, size, digest.hexdigest())
