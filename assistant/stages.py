"""The stages of a question: named as they begin, timed as they end; and the steps of a long task."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STAGE_NAMES = {  # of a question, in their order, and what they are called
    "understand": "理解问题",
    "retrieve": "查找条款",
    "judge": "判断依据",
    "compose": "摘录原文",
    "verify": "核对引文",
    "write": "改写核对",
}
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
    def stage(self, name: str) -> Iterator[None]:
        """Announce and time one stage of `STAGE_NAMES`."""
        self._on_stage(STAGE_NAMES[name])
        begun = time.perf_counter()
        yield
        self._times[name] = (time.perf_counter() - begun) * 1000

    def times(self) -> dict[str, float]:
        """Milliseconds by stage, and `total` since the clock was made."""
        return self._times | {"total": (time.perf_counter() - self._begun) * 1000}
