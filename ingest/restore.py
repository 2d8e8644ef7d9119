"""Restore: a backup is verified as a whole before anything of the home is touched."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from assistant.catalogue import FILE_NAME as CATALOGUE_FILE
from assistant.catalogue import SCHEMA_VERSION, Catalogue
from assistant.config import Settings
from assistant.errors import (
    CatalogueError,
    DocumentError,
    HomeLockedError,
    IndexUnusableError,
)
from assistant.generations import GENERATIONS, Manifest, generations
from assistant.lock import writing
from assistant.stages import Progress
from assistant.tools import Tools, open_tools
from ingest.backup import CHUNK_BYTES, FORMAT, MANIFEST, STORES, BackupManifest, Entry
from ingest.originals import FOLDER as ORIGINALS
from ingest.publishing import ERASE, Publication, bring_up_to_date

_ORIGINAL = re.compile(rf"{ORIGINALS}/[0-9a-f]{{64}}(?:\.[a-z0-9]{{1,8}})?")
_ASIDE = "restore.tmp"
_MANIFEST_MAX_BYTES = 64 << 20
_SPARE = 1.2  # room needed on the disk, as a multiple of what is unpacked: the index comes on top


def restore(
    settings: Settings, source: Path, *, progress: Progress, tools: Tools | None = None
) -> Publication:
    """Put a backup in the place of what the settings' home holds, and build the index anew.

    The home may be empty. Until the backup is verified nothing changes; each database is
    replaced in one step. A damaged one is kept beside the new one. `tools` are loaded
    as the settings say unless given.

    Raises:
        DocumentError: Not a backup, damaged, of a newer version, or no room on the disk.
        HomeLockedError: Another process is using the home.
        IndexUnusableError: Everything is restored, but the index could not be built.
    """
    with _opened(source) as package:
        manifest = verified(package, source.name)
        tools = tools or open_tools(settings)
        with writing(settings.home, purpose="恢复备份"):
            _check_room(settings.home, manifest)
            aside = settings.home / _ASIDE
            shutil.rmtree(aside, ignore_errors=True)
            try:
                _unpack(package, aside, manifest)
                _check_catalogue(aside, manifest, source.name, above=_last_revision(settings.home))
                _put_in_place(aside, settings.home)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            catalogue = Catalogue.open(settings.home)
            try:
                return bring_up_to_date(settings.home, catalogue, tools, progress=progress)
            finally:
                catalogue.close()


def verified(package: zipfile.ZipFile, name: str) -> BackupManifest:
    """The manifest of a backup whose every entry is listed in it, complete and unchanged.

    Raises:
        DocumentError: It is not; says why.
    """
    manifest = _manifest(package, name)
    if manifest.format > FORMAT or manifest.schema > SCHEMA_VERSION:
        raise DocumentError(f"备份“{name}”由更新版本的软件制作，请升级本软件后再恢复。现有数据没有改动。")
    listed = {entry.name: entry for entry in manifest.entries}
    held = [info.filename for info in package.infolist() if info.filename != MANIFEST]
    allowed = all(entry in STORES or _ORIGINAL.fullmatch(entry) for entry in listed)
    if sorted(held) != sorted(listed) or not allowed or CATALOGUE_FILE not in listed:
        raise DocumentError(f"备份“{name}”的内容与清单不符，不能恢复。现有数据没有改动。")
    for entry in manifest.entries:
        if _measured(package, entry) != entry:
            raise DocumentError(f"备份“{name}”中的 {entry.name} 已损坏，不能恢复。现有数据没有改动。")
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        package = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as exc:
        raise DocumentError(
            f"“{source.name}”打不开：不是备份文件，或没有复制完整。现有数据没有改动。"
        ) from exc
    with package:
        yield package


def _manifest(package: zipfile.ZipFile, name: str) -> BackupManifest:
    try:
        info = package.getinfo(MANIFEST)
        if info.file_size > _MANIFEST_MAX_BYTES:
            raise ValueError("manifest is too large")
        values = json.loads(package.read(info))
        entries = tuple(Entry(**entry) for entry in values.pop("entries"))
        return BackupManifest(**values, entries=entries)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, OSError) as exc:
        raise DocumentError(f"“{name}”不是本软件的备份文件。现有数据没有改动。") from exc


def _measured(package: zipfile.ZipFile, entry: Entry) -> Entry | None:
    """The entry as it really is, reading no more than it claims to be; None when it cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with package.open(entry.name) as stream:
            while size <= entry.size and (chunk := stream.read(CHUNK_BYTES)):
                digest.update(chunk)
                size += len(chunk)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        return None
    return Entry(entry.name, size, digest.hexdigest())


def _check_room(home: Path, manifest: BackupManifest) -> None:
    needed = int(sum(entry.size for entry in manifest.entries) * _SPARE)
    free = shutil.disk_usage(home).free
    if free < needed:
        raise DocumentError(
            f"磁盘空间不够：恢复约需 {needed >> 20} MB，剩余 {free >> 20} MB。请清理后再试，现有数据没有改动。"
        )


def _unpack(package: zipfile.ZipFile, aside: Path, manifest: BackupManifest) -> None:
    for entry in manifest.entries:
        target = aside / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with package.open(entry.name) as stream, target.open("wb") as file:
            shutil.copyfileobj(stream, file, CHUNK_BYTES)
            file.flush()
            os.fsync(file.fileno())


def _check_catalogue(aside: Path, manifest: BackupManifest, name: str, *, above: int) -> None:
    """Open the unpacked catalogue, compare its count, and mark every index made before as out of date."""
    refusal = f"备份“{name}”中的文件库已损坏，不能恢复。现有数据没有改动。"
    try:
        with closing(sqlite3.connect(aside / CATALOGUE_FILE)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        catalogue = Catalogue.open(aside)
    except (sqlite3.DatabaseError, CatalogueError) as exc:
        raise DocumentError(refusal) from exc
    try:
        if not sound or len(catalogue.documents()) != manifest.documents:
            raise DocumentError(refusal)
        with catalogue.transaction() as connection:
            catalogue.remember(connection, ERASE, "restore")
        catalogue.raise_revision(above)
    finally:
        catalogue.close()


def _last_revision(home: Path) -> int:
    """The highest catalogue revision that any index of the home was made from, 0 without one."""
    revisions = [0]
    for name in generations(home):
        try:
            revisions.append(Manifest.read(home / GENERATIONS / name).catalogue_revision)
        except IndexUnusableError:
            continue
    return max(revisions)


def _put_in_place(aside: Path, home: Path) -> None:
    """Original files first: they are named by content, so that those of the old catalogue stay right."""
    originals = aside / ORIGINALS
    for path in sorted(originals.iterdir()) if originals.is_dir() else ():
        (home / ORIGINALS).mkdir(exist_ok=True)
        path.replace(home / ORIGINALS / path.name)
    stores = [name for name in STORES if (aside / name).is_file()]
    for name in stores:
        _make_single(aside / name)
        _clear_the_way(home / name)
    for name in stores:
        (aside / name).replace(home / name)


def _make_single(database: Path) -> None:
    """Fold a database's write-ahead log into its file.

    Raises:
        HomeLockedError: Another process has it open.
        sqlite3.DatabaseError: It is damaged.
    """
    with closing(sqlite3.connect(database, timeout=2)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as exc:
            raise HomeLockedError(
                f"{database.name} 正被别的程序使用，请先停止网页服务再恢复。现有数据没有改动。"
            ) from exc


def _clear_the_way(database: Path) -> None:
    """Make sure that no log of the old database is left for the new one; a damaged one is put aside."""
    try:
        if database.is_file() and database.stat().st_size:
            _make_single(database)
        return
    except sqlite3.DatabaseError:
        mark = f".damaged-{datetime.now():%Y%m%d%H%M%S}"
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(part.with_name(part.name + mark))
