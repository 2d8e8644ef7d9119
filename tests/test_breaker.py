from __future__ import annotations

from assistant.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_breaker_opens_after_three_failures_in_a_row_and_tries_again_after_the_pause():
    clock = Clock()
    breaker = Breaker(failures=3, pause_s=60, clock=clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    clock.now += 59
    assert not breaker.allows()
    clock.now += 2
    assert breaker.allows()
    assert not breaker.allows(), "only one caller tries while the others keep out"
    breaker.failed()
    clock.now += 59
    assert not breaker.allows()
    clock.now += 2
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_breaker_forgets_failures_after_a_success():
    breaker = Breaker(failures=2, pause_s=60, clock=Clock())
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.allows()
