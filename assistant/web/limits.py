"""How much one asker, and all together, may ask: a share per minute and a gate."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from assistant.errors import BusyError, TooManyQuestionsError
from assistant.web import wording

WINDOW_S = 60.0
_KEYS_KEPT = 10_000  # askers remembered; the longest silent are forgotten first


class Share:
    """At most `per_minute` questions in any 60 seconds for each key."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing used. `per_minute` is at least 1; `clock` counts seconds."""
        self._per_minute = per_minute
        self._clock = clock
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Use up one question of this key.

        Raises:
            TooManyQuestionsError: The minute's share is used up; nothing is counted.
        """
        now = self._clock()
        with self._lock:
            times = self._taken.setdefault(key, deque())
            self._taken.move_to_end(key)
            while times and times[0] <= now - WINDOW_S:
                times.popleft()
            if len(times) >= self._per_minute:
                wait = ceil(times[0] + WINDOW_S - now)
                raise TooManyQuestionsError(wording.TOO_MANY.format(wait=wait), retry_after_s=wait)
            times.append(now)
            if len(self._taken) > _KEYS_KEPT:
                self._taken.popitem(last=False)


class Gate:
    """Lets a few questions be worked on at once; some others wait a little, the rest are told at once to come back.

    Each one waiting holds a thread of the server. Without a bound a crowd would take all
    of them, and those behind it would wait for a thread before their own wait begins.
    """

    def __init__(self, *, at_once: int, waiting: int, wait_s: float) -> None:
        """`at_once` questions run together, `waiting` more wait for a place, `wait_s` seconds at most."""
        self._free = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)
        self._wait_s = wait_s

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            BusyError: Too many are waiting already, or no place became free in time.
        """
        if not self._room.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._free.acquire(timeout=self._wait_s):
                raise self._busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room.release()

    def _busy(self) -> BusyError:
        return BusyError(wording.BUSY, retry_after_s=ceil(self._wait_s))
