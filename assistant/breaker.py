"""Circuit breaker (熔断): after several failures in a row a service is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3
PAUSE_S = 60.0


class Breaker:
    """Says whether a service may be called now. Safe to use from several threads."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Only assigns.

        Args:
            failures: Failures in a row that open the circuit.
            pause_s: Seconds without calls after that; then one call is let through to try.
            clock: Seconds that only ever grow.
        """
        self._failures = failures
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """True when a call may be made; after a pause true for one caller only, until it reports."""
        with self._lock:
            if self._failed < self._failures:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + self._pause_s
            return True

    def succeeded(self) -> None:
        """A call went well: the circuit closes."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """A call failed: the last straw, or one more of several, opens the circuit."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._failures:
                self._open_until = self._clock() + self._pause_s
