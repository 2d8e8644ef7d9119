"""One writer for a home folder: serving, adding and publishing exclude each other; readers never wait."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import HomeLockedError

LOCK = "LOCK"


@contextmanager
def writing(home: Path, *, purpose: str) -> Iterator[None]:
    """Hold the home's writer lock; the system lets go of it when the process dies, however it dies.

    Raises:
        HomeLockedError: Another process holds it; the message says which and for what.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            file.seek(0)
            holder = file.read().strip() or "另一个程序"
            raise HomeLockedError(
                f"数据文件夹 {home} 正被{holder}使用，请等它结束；若是网页服务在运行，请在管理页面操作或先停止服务。"
            ) from exc
        file.seek(0)
        file.truncate()
        file.write(f"{purpose}（进程 {os.getpid()}）")
        file.flush()
        yield
