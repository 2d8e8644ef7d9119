"""The SQLite file in which serving keeps its records: conversations, accounts, audit log, draft questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.errors import CatalogueError

FILE_NAME = "conversations.sqlite3"


def open_records(home: Path, tables: sa.MetaData) -> sa.Engine:
    """The file of a home folder, with these tables created in it when they are missing.

    Raises:
        CatalogueError: The file is damaged.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE_NAME
    engine = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", _journalled)
    try:
        tables.create_all(engine)
    except sa.exc.DatabaseError as exc:
        hint = "请把它移到别处后再启动，对话记录会重新开始，文件库不受影响。"
        raise CatalogueError(f"对话记录 {path} 已损坏（{exc.orig}）。{hint}") from exc
    return engine


@contextmanager
def changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction: everything in the block is written, or nothing.

    Raises:
        CatalogueError: The disk is full or the file cannot be written.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.OperationalError as exc:
        hint = "请检查磁盘空间和数据文件夹的写入权限。"
        raise CatalogueError(f"这次操作没能保存到本机（{exc.orig}）。{hint}") from exc


def _journalled(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last question, never the file
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA secure_delete=ON")  # what is removed is not left readable in the file
    cursor.close()
