"""The stages of a question: named as they begin, timed as they end; and the steps of a long task."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Stage = Callable[[str], None]
Progress = Callable[[str, int, int], None]  # stage, done, total


class Clock:
    """Tells a listener each stage's Chinese name and keeps its milliseconds."""

    def __init__(self, on_stage: Stage) -> None:
        """Starts the total."""
        self._on_stage = on_stage
        self._begun = time.perf_counter()
        self._times: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, label: str) -> Iterator[None]:
        """Announce and time one stage."""
        self._on_stage(label)
        begun = time.perf_counter()
        yield
        self._times[name] = (time.perf_counter() - begun) * 1000

    def times(self) -> dict[str, float]:
        """Milliseconds by stage, and `total` since the clock was made."""
        return self._times | {"total": (time.perf_counter() - self._begun) * 1000}
