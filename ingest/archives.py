"""The single files of a folder or a zip archive."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import DocumentError
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.readers.formats import PACKAGE_PARTS, SUFFIXES
from ingest.readers.package import member_name, open_package, read_member

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_NAME_MAX_BYTES = 200
_HIDDEN = (".", "~$")
_ABOUT_THE_FOLDER = re.compile(r"readme(?![a-z])", re.IGNORECASE)
_ZIP_MARK = b"PK\x03\x04"


def is_collection(path: Path) -> bool:
    """Whether a path is a folder, or a zip archive that is not itself a document."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(30 + 64)
    except (OSError, ValueError):
        return False
    return head.startswith(_ZIP_MARK) and path.suffix.lower() == ".zip" and not _is_document(path)


def _is_document(path: Path) -> bool:
    """Whether a zip file is itself an office document; what is wrong with a damaged one is told when it is unpacked."""
    try:
        with open_package(path, limits=DEFAULT_LIMITS) as package:
            return not PACKAGE_PARTS.keys().isdisjoint(package.namelist())
    except DocumentError:
        return False


@contextmanager
def files_of(path: Path, *, limits: Limits) -> Iterator[list[Path]]:
    """Files of a folder or archive in the order of their names; unpacked ones vanish with the context.

    Hidden files, README files, links and formats that are not documents are left out; see `left_out`.

    Raises:
        DocumentError: The archive is damaged or hostile, or there is no document in it.
    """
    if path.is_dir():
        yield _checked(sorted(_of_folder(path), key=lambda file: file.as_posix()), path.name)
        return
    with tempfile.TemporaryDirectory(prefix="ingest-archive-") as folder:
        yield _checked(list(_unpacked(path, Path(folder), limits)), path.name)


def _checked(files: list[Path], name: str) -> list[Path]:
    if not files:
        raise DocumentError(f"“{name}”里没有能读取的文件（PDF、Word、网页、文本、表格、OFD、图片）。")
    return files


def _of_folder(path: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(path, followlinks=False):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            file = Path(folder, name)
            if not _left_out(name) and file.suffix.lower() in SUFFIXES and not file.is_symlink():
                yield file


def left_out(path: Path) -> list[tuple[Path, str]]:
    """Hidden and README files of a folder, which are no documents, each with why in Chinese; [] for an archive."""
    found = []
    for folder, names, files in os.walk(path, followlinks=False) if path.is_dir() else ():
        names[:] = [name for name in names if not name.startswith(".")]
        found += [(Path(folder, name), why) for name in files if (why := _left_out(name))]
    return sorted(found)


def _left_out(name: str) -> str:
    """Why a file of a folder is no document by its name, "" when it may be one."""
    if name.startswith(_HIDDEN):
        return "隐藏文件或临时文件"
    if _ABOUT_THE_FOLDER.match(name):
        return "README 是对文件夹的说明，不是政策文件；确要添加，请直接写这个文件的路径"
    return ""


def _unpacked(path: Path, folder: Path, limits: Limits) -> Iterator[Path]:
    with open_package(path, limits=limits) as package:
        for number, info in enumerate(sorted(package.infolist(), key=member_name)):
            name = safe_name(member_name(info).replace("\\", "/").rsplit("/", 1)[-1])
            hidden = bool(_left_out(name)) or name.startswith("__MACOSX") or "__MACOSX/" in info.filename
            if info.is_dir() or hidden or Path(name).suffix.lower() not in SUFFIXES:
                continue
            place = folder / f"{number:05d}"
            place.mkdir()
            file = place / name
            file.write_bytes(read_member(package, info.filename, limits=limits))
            yield file


def safe_name(name: str) -> str:
    """A file name without separators, control and direction characters, short enough for any disk."""
    plain = _UNSAFE.sub("_", name).strip(" .") or "文件"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = plain, ""
    room = _NAME_MAX_BYTES - len(suffix.encode()) - 1
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return f"{stem}.{suffix}" if suffix else stem
