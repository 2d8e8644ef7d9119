"""Old Word files (.doc), WPS and RTF: converted by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import DocumentError

_CONVERTER = "soffice"
_WALL_S = 120.0
_MISSING = "不能直接读取“{name}”（旧版 Word、WPS 或 RTF 格式）。请用 Word 或 WPS 打开，另存为 docx 后再添加。"
_FAILED = "“{name}”转换失败：文件可能已损坏或设有密码，或者本机的 LibreOffice 没有装 Writer。请用 Word 或 WPS 打开，另存为 docx 后再添加。"


@contextmanager
def as_docx(path: Path) -> Iterator[Path]:
    """The file converted to .docx in a folder that lives as long as the context.

    Raises:
        DocumentError: LibreOffice is not installed, or cannot convert the file.
    """
    program = shutil.which(_CONVERTER)
    if program is None:
        raise DocumentError(_MISSING.format(name=path.name))
    with tempfile.TemporaryDirectory(prefix="ingest-office-") as folder:
        source = Path(folder) / f"source{path.suffix.lower() or '.doc'}"
        shutil.copyfile(path, source)
        command = [program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation=file://{folder}/profile",
                   "--convert-to", "docx", "--outdir", f"{folder}/out", str(source)]  # fmt: skip
        try:
            subprocess.run(
                command, timeout=_WALL_S, check=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as exc:
            raise DocumentError(_FAILED.format(name=path.name)) from exc
        converted = Path(folder) / "out" / "source.docx"
        if not converted.exists():
            raise DocumentError(_FAILED.format(name=path.name))
        yield converted
