"""Old Word files (.doc), WPS and RTF: converted by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.errors import DocumentError

_CONVERTER = "soffice"
_WALL_S = 120.0
_MISSING = "不能直接读取“{name}”（旧版 Word、WPS 或 RTF 格式）。请用 Word 或 WPS 打开，另存为 docx 后再添加。"
_FAILED = "“{name}”转换失败：文件可能已损坏或设有密码，或者本机的 LibreOffice 没有装 Writer。请用 Word 或 WPS 打开，另存为 docx 后再添加。"
_TOO_SLOW = "转换“{name}”用时过长，已停止。请用 Word 或 WPS 打开，另存为 docx 后再添加。"
# A profile of its own for each file: no macros, no linked pictures or fields fetched from elsewhere.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@contextmanager
def as_docx(path: Path, *, wall_s: float = _WALL_S) -> Iterator[Path]:
    """The file converted to .docx in a folder that lives as long as the context.

    Raises:
        DocumentError: LibreOffice is not installed, cannot convert the file, or takes
            longer than `wall_s`.
    """
    program = shutil.which(_CONVERTER)
    if program is None:
        raise DocumentError(_MISSING.format(name=path.name))
    with tempfile.TemporaryDirectory(prefix="ingest-office-") as place:
        folder = Path(place)
        source = folder / f"source{path.suffix.lower() or '.doc'}"
        shutil.copyfile(path, source)
        _write_profile(folder / "profile")
        command = [program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation=file://{place}/profile",
                   "--convert-to", "docx", "--outdir", f"{place}/out", str(source)]  # fmt: skip
        if not _ends_in_time(command, wall_s):
            raise DocumentError(_TOO_SLOW.format(name=path.name))
        converted = folder / "out" / "source.docx"
        if not converted.exists():
            raise DocumentError(_FAILED.format(name=path.name))
        yield converted


def _write_profile(folder: Path) -> None:
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")


def _ends_in_time(command: list[str], wall_s: float) -> bool:
    """Run to the end; when it takes too long, kill all of it: soffice is a script that starts others."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(wall_s)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
