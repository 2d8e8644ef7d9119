"""Run a reader in a child process with bounds on time, memory and output.

Parsers of foreign files loop, swell and crash; there it costs a child, not the
service. The child is `python -m ingest.sandbox READER FILE`; it writes one JSON
object to its standard output, and before it, from readers that are slow by nature,
one line per page done.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.raw import PageDone, RawLine, RawPage, unheard

_LOG = logging.getLogger(__name__)
_TOO_COSTLY = (
    "读取“{name}”用时过长，可能是内容过于复杂或文件异常，已停止。请拆成较小的文件，或另存为文本后再添加。"
)
_TOO_LARGE = "读取“{name}”占用内存过多，已停止。请拆成较小的文件后再添加。"
_BROKEN = "读不出“{name}”：文件可能已损坏或格式不规范。请用办公软件打开，另存一份后再试。"
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")


def read_isolated(
    reader: str, path: Path, *, limits: Limits, wall_s: float | None = None, page_done: PageDone = unheard
) -> RawPage:
    """Read `path` with the reader of that name (`readers.READERS`) in a child process.

    Args:
        reader: A key of `readers.READERS`.
        path: The file.
        limits: Bounds for the child.
        wall_s: Wall time instead of `limits.wall_s`, for readers that are slow by nature.
        page_done: Told as pages are recognised.

    Raises:
        DocumentError: The reader refused the file, or the child broke a bound or died.
    """
    command = [sys.executable, "-m", "ingest.sandbox", reader, str(path), json.dumps(asdict(limits))]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    )
    try:
        output = _output(child, time.monotonic() + (wall_s or limits.wall_s), page_done)
    except TimeoutError as exc:
        raise DocumentError(_TOO_COSTLY.format(name=path.name)) from exc
    finally:
        _end(child)
    return _result(output, child.returncode, path.name)


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[1])
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _output(child: subprocess.Popen[bytes], deadline: float, page_done: PageDone) -> bytes:
    """What the child writes after its progress lines; `TimeoutError` when it has not ended by the deadline."""
    assert child.stdout is not None
    output = bytearray()
    with selectors.DefaultSelector() as ready, child.stdout as pipe:
        ready.register(pipe, selectors.EVENT_READ)
        while ready.select(max(0.0, deadline - time.monotonic())):
            if not (part := os.read(pipe.fileno(), 1 << 16)):
                child.wait(max(0.1, deadline - time.monotonic()))
                return bytes(output)
            output += part
            while b"\n" in part and (end := output.find(b"\n")) >= 0:
                done, _, total = output[:end].partition(b"/")
                del output[: end + 1]
                page_done(int(done), int(total))
    raise TimeoutError


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child's whole process group, if any of it is left, and reap the child."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            _LOG.debug("child %d was already gone", child.pid)
    child.wait()


def _result(output: bytes, code: int, name: str) -> RawPage:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise DocumentError(_TOO_COSTLY.format(name=name))
    try:
        answer = json.loads(output)
    except ValueError as exc:
        _LOG.info("reader ended with code %s without an answer", code)
        raise DocumentError(_BROKEN.format(name=name)) from exc
    if message := answer.get("refused"):
        raise DocumentError(message)
    if answer.get("memory"):
        raise DocumentError(_TOO_LARGE.format(name=name))
    if "fault" in answer:
        _LOG.info("reader failed: %s", answer["fault"])
        raise DocumentError(_BROKEN.format(name=name))
    return _raw_page(answer["page"])


def _raw_page(fields: Mapping[str, object]) -> RawPage:
    values = dict(fields)
    lines = values.pop("lines")
    info, attachments = values.pop("info"), values.pop("attachments")
    warnings, recognised = values.pop("warnings"), values.pop("ocr_pages")
    assert isinstance(lines, list) and isinstance(info, list) and isinstance(warnings, list)
    assert isinstance(attachments, list) and isinstance(recognised, list)
    return RawPage(
        lines=tuple(RawLine(text, page) for text, page in lines),
        info=tuple((str(key), str(value)) for key, value in info),
        attachments=tuple((str(name), str(link)) for name, link in attachments),
        warnings=tuple(str(warning) for warning in warnings),
        ocr_pages=tuple(int(number) for number in recognised),
        **values,  # type: ignore[arg-type]
    )


def _as_json(page: RawPage) -> str:
    fields = asdict(page) | {"lines": [(line.text, line.page) for line in page.lines]}
    return json.dumps({"page": fields}, ensure_ascii=False)


def _bound_child(limits: Limits) -> None:
    import resource

    memory = limits.memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(reader: str, path: Path, limits: Limits, page_done: PageDone) -> str:
    from ingest.readers import READERS

    try:
        page = READERS[reader](path, limits, page_done)
        if sum(len(line.text) for line in page.lines) > limits.text_chars:
            raise DocumentError(
                f"“{path.name}”的文字超过 {limits.text_chars // 10_000} 万字，请拆分后再添加。"
            )
        return _as_json(page)
    except DocumentError as exc:
        return json.dumps({"refused": str(exc)}, ensure_ascii=False)
    except MemoryError:
        return json.dumps({"memory": True})
    except Exception as exc:  # noqa: BLE001 - the parent turns any fault of a parser into a refusal
        return json.dumps({"fault": f"{type(exc).__name__}: {exc}"[:500]}, ensure_ascii=False, default=str)


def _tell(stream: TextIO, done: int, total: int) -> None:
    stream.write(f"{done}/{total}\n")
    stream.flush()


def main(arguments: list[str]) -> int:
    """The child's side: bound itself, read, answer on standard output."""
    reader, path, limits = arguments[0], Path(arguments[1]), Limits(**json.loads(arguments[2]))
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)  # what parsers print must not mix with the answer
    _bound_child(limits)
    with answer_to:
        answer_to.write(_answer(reader, path, limits, lambda done, total: _tell(answer_to, done, total)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
