"""The folder of one run (评测目录): what it was made from, and where an interrupted run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from evals.rows import Row

RESULTS, SUMMARY, RUN = "results.jsonl", "summary.json", "run.json"


class RunFolderError(AssistantError):
    """A run's folder cannot be used, or holds another run."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder with results.jsonl, summary.json and run.json (what the run was made from)."""

    path: Path

    @property
    def results(self) -> Path:
        """One JSON object a line, in the order of the question set."""
        return self.path / RESULTS

    def begin(
        self, identity: Mapping[str, object], ids: Sequence[str], *, restart: bool = False
    ) -> list[str]:
        """Make the folder ready and return the ids already answered, a beginning of `ids`.

        A finished run is begun anew. An interrupted one goes on when it was made from
        the same questions, index and settings (`identity`).

        Raises:
            RunFolderError: Not a folder, not writable, or an interrupted run of
                another identity is in it and `restart` is False.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            interrupted = self.results.exists() and not (self.path / SUMMARY).exists()
            if restart or not interrupted:
                return self._fresh(identity)
            if self._identity() != json.loads(json.dumps(identity)):
                raise RunFolderError(
                    f"{self.path} 里有一次没跑完的评测，但题集、索引版本或设置与这次不同。"
                    "换一个 --out，或加 --restart 丢弃它重新开始。"
                )
            done = self._drop_torn_tail()
        except OSError as exc:
            raise RunFolderError(f"评测目录 {self.path} 不能用（{exc.strerror}），请换一个 --out。") from exc
        return done if done == list(ids[: len(done)]) else self._fresh(identity)

    def finish(self, summary: Mapping[str, object]) -> None:
        """Write summary.json, complete or not at all; its presence marks the run as finished."""
        write_json(self.path / SUMMARY, summary)

    def summary(self) -> dict[str, object]:
        """The summary of a finished run.

        Raises:
            RunFolderError: The run is not finished or the folder is no run.
        """
        try:
            found = json.loads((self.path / SUMMARY).read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise RunFolderError(f"{self.path} 里没有可读的 {SUMMARY}，请先用 evals run 跑完。") from exc
        return dict(found)

    def rows(self) -> Iterator[Row]:
        """Rows of results.jsonl one by one; none when there is no such file.

        Raises:
            RunFolderError: A line is damaged.
        """
        if not self.results.exists():
            return
        with self.results.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield Row.from_json(self._record(number, line))

    def _record(self, number: int, line: bytes) -> dict[str, object]:
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError) as exc:
            raise RunFolderError(
                f"{self.results} 第 {number} 行已损坏，不能用；请用 evals run --restart 重新跑。"
            ) from exc

    def _fresh(self, identity: Mapping[str, object]) -> list[str]:
        (self.path / SUMMARY).unlink(missing_ok=True)
        self.results.unlink(missing_ok=True)
        write_json(self.path / RUN, identity)
        self.results.touch()
        return []

    def _identity(self) -> object:
        try:
            return json.loads((self.path / RUN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _drop_torn_tail(self) -> list[str]:
        """Cut a half-written last line off and return the ids before it."""
        done, good = [], 0
        with self.results.open("rb+") as file:
            for line in file:
                try:
                    done.append(str(json.loads(line)["id"]))
                except (ValueError, KeyError, TypeError):
                    break
                if not line.endswith(b"\n"):
                    done.pop()
                    break
                good += len(line)
            file.truncate(good)
        return done


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn whatever keeps a file from being written into a message.

    Raises:
        RunFolderError: The disk is full, the folder is missing or closed to us, and the like.
    """
    try:
        yield
    except OSError as exc:
        raise RunFolderError(f"写不了 {path}（{exc.strerror}），请检查磁盘空间和权限，或换个位置。") from exc


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write a JSON file aside and put it in place in one step.

    Raises:
        RunFolderError: It cannot be written there.
    """
    aside = path.with_suffix(path.suffix + ".tmp")
    with writing(path):
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
