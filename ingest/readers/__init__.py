"""One reader per format: a file in, a `RawPage` out."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import DocumentError
from ingest.readers.raw import RawPage


def read_file(path: Path) -> RawPage:
    """Read a file with the reader its suffix asks for.

    Raises:
        DocumentError: No reader for this format, or the file cannot be read.
    """
    from ingest.readers.plain import read_markdown, read_text

    suffix = path.suffix.lower()
    try:
        if suffix in (".md", ".markdown"):
            return read_markdown(path)
        if suffix in (".txt", ".text"):
            return read_text(path)
    except OSError as exc:
        raise DocumentError(f"打不开“{path.name}”：{exc.strerror}。请检查文件是否存在、是否有权限。") from exc
    raise DocumentError(
        f"不支持“{suffix or path.name}”格式，请另存为 PDF、Word（docx）、网页或文本后再添加。"
    )
