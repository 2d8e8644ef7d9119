"""`evals bench start`: how long until the first answer, on a new machine and on every later day."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.bench.commands import BenchError, resident_mb, run_module, run_python
from evals.bench.figures import BenchResult, Figure
from evals.bench.options import BenchOptions, built_in_home, corpus_texts, first_texts
from evals.bench.usual import LABEL, build_usual

_READY_TIMEOUT_S = 180
_USUAL_CHARS_SHORT = 40_000  # its time is then scaled up to the whole corpus
_QUESTION = "社区合唱团备案找谁"
_USUAL_IMPORTS = "import sentence_transformers, chromadb, langchain, langchain_openai"


def bench_start(options: BenchOptions) -> BenchResult:
    """Times of `--help`, first synchronisation, a cold question, and the server until it is ready."""
    work = options.folder("start")
    bare = run_python("-c", "pass", log=work / "bare")
    help_ = min(run_module("assistant", "--help", log=work / "help").wall_s for _ in range(3))
    texts = corpus_texts()
    part = first_texts(texts, _USUAL_CHARS_SHORT) if options.short else texts
    usual = build_usual(part, work / "usual")
    usual_s = usual.seconds * sum(map(len, texts)) / usual.characters
    first = run_module("ingest", "sync", "--home", str(work / "home"), log=work / "first")
    home = built_in_home(options)
    ask = run_module("assistant", "ask", _QUESTION, "--home", str(home), log=work / "ask", expect=(0, 1))
    imports = run_python("-c", _USUAL_IMPORTS, log=work / "imports")
    with serving(home, log=work / "serve") as server:
        ready_s, memory = server.ready_s, server.memory_mb()
    figures = (
        Figure("--help", help_, "s", baseline=bare.wall_s, budget=1.0),
        Figure("首次建库：内置文件库可检索", first.wall_s, "s", baseline=usual_s, budget=20.0),
        Figure("命令行冷启动问一题", ask.wall_s, "s", baseline=imports.wall_s, budget=4.0),
        Figure("网页服务再次启动到就绪", ready_s, "s", budget=6.0),
        Figure("网页服务就绪时内存", memory, "MB", baseline=imports.peak_mb, budget=500.0),
    )
    against = f"空的 Python；{LABEL} 建同一文件库；只导入常见 RAG 库"
    return BenchResult("start", "启动", against, figures)


@dataclass(frozen=True, slots=True)
class Server:
    """A running web service on loopback."""

    port: int
    pid: int
    ready_s: float

    def memory_mb(self) -> float:
        """Resident memory now, 0.0 where /proc does not tell."""
        return resident_mb(self.pid)

    def cpu_s(self) -> float:
        """Processor seconds used so far, 0.0 where /proc does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self) -> int:
        """Open files and sockets, 0 where /proc does not tell."""
        folder = Path(f"/proc/{self.pid}/fd")
        return len(list(folder.iterdir())) if folder.is_dir() else 0


@contextmanager
def serving(home: Path, *, log: Path) -> Iterator[Server]:
    """Run `assistant serve` on a free port until the block ends.

    Raises:
        BenchError: It ended or was not ready in time.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--home", str(home)]
    environment = {
        **os.environ,
        "ASSISTANT_QUESTIONS_PER_MINUTE": "1000000",
    }  # one address asks for many users
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        try:
            while not documents_served(port):
                if process.poll() is not None or time.perf_counter() - started > _READY_TIMEOUT_S:
                    raise BenchError(f"网页服务没有启动成功，日志在 {log}。")
                time.sleep(0.05)
            yield Server(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(timeout=30)


def documents_served(port: int) -> int:
    """How many documents the server answers from, 0 when it is not ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return int(json.loads(response.read())["documents"]) if response.status == 200 else 0
    except (OSError, ValueError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
