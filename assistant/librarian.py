"""Has documents added, corrected and removed (文件管理) by `ingest` commands in child processes, one at a time.

The serving process never writes to the catalogue: the child takes the home's lock. What it
publishes is done once the serving process answers from it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import IO, Any

from assistant.config import Settings, child_environment
from assistant.errors import AssistantError, DocumentError, NotFoundError

_NICENESS = 10  # questions come first on a small machine
_JOBS_KEPT = 100
_PROGRESS = re.compile(r"(?P<stage>\S.*) (?P<done>\d+)/(?P<total>\d+)")
_LOOKING = ("check",)  # commands that publish nothing
_FAULT = "出错了："
_UNEXPLAINED = "没有办成：程序意外结束。请重试；如果还不行，请查看服务的运行日志。"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A command as it stands: waiting or running, finished with a `result`, or failed with a `fault`.

    `kind` is the command's name, `title` says in Chinese what is done, `total` 0 means that
    the length of the stage is not known. `fault` is Chinese, empty unless it failed; with a
    `result` beside it, the command was done and the serving process cannot answer from what it published.
    """

    id: str
    kind: str
    title: str
    stage: str = "排队等待"
    done: int = 0
    total: int = 0
    finished: bool = False
    result: Any = None
    fault: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it is finished and did what was asked."""
        return self.finished and not self.fault


class Librarian:
    """Starts commands and remembers the last ones. Safe to use from several threads."""

    def __init__(
        self, settings: Settings, *, handover: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        """The commands get these settings, the home among them; those that publish run within a `handover`."""
        self._environment = child_environment(settings)
        self._handover = handover
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def ask(self, command: str, *arguments: str) -> Any:  # noqa: ANN401 - the command's JSON
        """The result of a command that only looks, at once.

        Raises:
            DocumentError: The command refused or failed; the message says why.
        """
        return self._run((command, *arguments), lambda _line: None)

    def start(
        self, command: str, *arguments: str, title: str, then: Callable[[Job], None] = lambda _job: None
    ) -> Job:
        """Begin a command and return at once; `then` is called with the job when it is finished."""
        job = Job(secrets.token_hex(8), command, title)
        self._keep(job)
        worker = threading.Thread(target=self._work, args=(job, arguments, then), name="ingest", daemon=True)
        worker.start()
        return job

    def job(self, job_id: str) -> Job:
        """How a job stands.

        Raises:
            NotFoundError: It is unknown, or so long ago that it was forgotten.
        """
        with self._guard:
            if job_id not in self._jobs:
                raise NotFoundError("没有找到这项操作，可能服务重启过。结果请看文件列表和操作记录。")
            return self._jobs[job_id]

    def close(self) -> None:
        """Stop the running command; documents stored so far are safe, the next publication finishes the rest."""
        self._closed = True
        child = self._child
        if child is not None:
            child.terminate()

    def _work(self, job: Job, arguments: Sequence[str], then: Callable[[Job], None]) -> None:
        with self._turn:
            self._keep(replace(job, stage="正在准备"))
            ended = replace(job, stage="", finished=True)
            try:
                with nullcontext() if job.kind in _LOOKING else self._handover():
                    result = self._run((job.kind, *arguments), lambda line: self._report(job, line))
                    ended = replace(ended, result=result)
                    self._keep(replace(job, stage="启用新的索引版本"))
            except AssistantError as exc:
                ended = replace(ended, fault=str(exc))
            except Exception:
                logger.exception("command %s broke down", job.kind)
                ended = replace(ended, fault=_UNEXPLAINED)
        then(ended)
        self._keep(ended)

    def _report(self, job: Job, line: str) -> None:
        if said := _PROGRESS.fullmatch(line):
            self._keep(replace(job, stage=said["stage"], done=int(said["done"]), total=int(said["total"])))

    def _keep(self, job: Job) -> None:
        with self._guard:
            self._jobs[job.id] = job
            while len(self._jobs) > _JOBS_KEPT:
                self._jobs.popitem(last=False)

    def _run(self, words: Sequence[str], on_line: Callable[[str], None]) -> Any:  # noqa: ANN401 - JSON
        command = [sys.executable, "-X", "utf8", "-m", "ingest", words[0], "--json", *words[1:]]
        if self._closed:
            raise DocumentError("服务正在停止，没有改动。")
        with tempfile.TemporaryFile() as out:
            with subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env=self._environment,
            ) as child:
                self._child = child
                _let_others_first(child.pid)
                assert child.stderr is not None
                said = _follow(child.stderr, on_line)
            self._child = None
            out.seek(0)
            if child.returncode in (0, 1):  # 1: some of the files were refused, as the result says
                return json.loads(out.read())
        raise DocumentError(next((line for line in reversed(said) if line), _UNEXPLAINED))


def _follow(stream: IO[bytes], on_line: Callable[[str], None]) -> list[str]:
    """Pass on each line as it comes; the faults among them, without their mark."""
    faults = []
    for raw in stream:
        line = raw.decode("utf-8", "replace").strip()
        if line.startswith(_FAULT):
            faults.append(line.removeprefix(_FAULT))
        on_line(line)
    return faults


def _let_others_first(pid: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, _NICENESS)
    except OSError:
        logger.debug("priority of %d not changed", pid)
