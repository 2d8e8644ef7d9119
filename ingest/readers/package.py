"""Open zip packages (docx, xlsx, ofd, zip) only after looking at what they claim to hold."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from assistant.errors import DocumentError
from ingest.limits import Limits

_END_RECORD = b"PK\x05\x06"
_END_RECORD_64 = b"PK\x06\x06"
_TAIL_BYTES = 66_000
_SMALL_BYTES = 20 * 1024 * 1024  # a ratio means nothing for a package that is small when unpacked
_UTF8_FLAG = 0x800


def open_package(path: Path, *, limits: Limits) -> zipfile.ZipFile:
    """Open a zip file whose directory is within limits and whose names stay inside it.

    Raises:
        DocumentError: Too many entries, too large or too tightly packed, a name that
            leaves the package, a link, an encrypted member, or no zip file at all.
    """
    if _declared_entries(path) > limits.entries:
        raise DocumentError(
            f"“{path.name}”里的文件超过 {limits.entries} 个，为安全起见没有打开。请拆分后再添加。"
        )
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise DocumentError(f"“{path.name}”已损坏或没有下载完整，打不开。请重新下载或另存后再试。") from exc
    try:
        _check(package, path.name, limits)
    except DocumentError:
        package.close()
        raise
    return package


def read_member(package: zipfile.ZipFile, name: str, *, limits: Limits) -> bytes:
    """Bytes of a member, counted while reading: a directory can lie about sizes.

    Raises:
        DocumentError: The member is missing, damaged or larger than the limits.
    """
    bound = limits.unpacked_mb * 1024 * 1024
    try:
        with package.open(name) as stream:
            data = stream.read(bound + 1)
    except KeyError as exc:
        raise DocumentError(f"文件内部缺少“{name}”，已损坏。请重新下载或另存后再试。") from exc
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, NotImplementedError) as exc:
        raise DocumentError(f"文件内部的“{name}”已损坏。请重新下载或另存后再试。") from exc
    except Exception as exc:
        if type(exc).__module__ != "zlib":
            raise
        raise DocumentError(f"文件内部的“{name}”已损坏。请重新下载或另存后再试。") from exc
    if len(data) > bound:
        raise DocumentError(f"文件解开后超过 {limits.unpacked_mb} MB，为安全起见没有读取。")
    return data


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name; archives made on Chinese Windows write GBK without saying so."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _check(package: zipfile.ZipFile, name: str, limits: Limits) -> None:
    members = package.infolist()
    unpacked = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if unpacked > limits.unpacked_mb * 1024 * 1024:
        raise DocumentError(f"“{name}”解开后超过 {limits.unpacked_mb} MB，为安全起见没有打开。")
    if unpacked > _SMALL_BYTES and unpacked > limits.ratio * max(1, packed):
        raise DocumentError(f"“{name}”的压缩比异常，可能是恶意文件，没有打开。")
    for info in members:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        leaves = path.is_absolute() or ".." in path.parts or ":" in path.parts[0] if path.parts else False
        if leaves or "\x00" in info.filename:
            raise DocumentError(f"“{name}”内有指向包外的文件名，可能是恶意文件，没有打开。")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise DocumentError(f"“{name}”内有符号链接，为安全起见没有打开。请直接打包文件本身。")
        if info.flag_bits & 0x1:
            raise DocumentError(f"“{name}”设有密码，请解密后再添加。")


def _declared_entries(path: Path) -> int:
    """Entries according to the end record, read without building the directory; 0 when there is none."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) < at + 12:
        return 0
    count = int(struct.unpack_from("<H", tail, at + 10)[0])
    at64 = tail.rfind(_END_RECORD_64, 0, at)
    if count == 0xFFFF and at64 >= 0 and len(tail) >= at64 + 40:
        return int(struct.unpack_from("<Q", tail, at64 + 32)[0])
    return count
