import threading

import pytest

from assistant.errors import BusyError, TooManyQuestionsError
from assistant.web.limits import Gate, Share


def test_share_is_used_up_and_comes_back_after_a_minute():
    now = [100.0]
    share = Share(2, clock=lambda: now[0])
    share.take("a")
    now[0] = 110.0
    share.take("a")
    now[0] = 130.5
    with pytest.raises(TooManyQuestionsError, match="30 秒") as refused:
        share.take("a")
    assert refused.value.retry_after_s == 30
    now[0] = 160.0
    share.take("a")


def test_share_is_counted_for_each_key():
    share = Share(1, clock=lambda: 0.0)
    share.take("a")
    share.take("b")
    with pytest.raises(TooManyQuestionsError):
        share.take("b")


def test_share_forgets_the_longest_silent_asker_first():
    share = Share(1, clock=lambda: 0.0)
    share.take("first")
    for number in range(9_999):
        share.take(str(number))
    with pytest.raises(TooManyQuestionsError):  # all 10,000 are remembered; asking again makes it the latest
        share.take("first")
    share.take("one too many")
    share.take("0")  # the longest silent was forgotten
    with pytest.raises(TooManyQuestionsError):
        share.take("first")


def test_gate_turns_away_when_nobody_leaves():
    gate = Gate(at_once=1, waiting=1, wait_s=0.01)
    with gate.enter(), pytest.raises(BusyError, match="系统繁忙"), gate.enter():
        pass


def test_gate_lets_the_next_in_when_one_leaves():
    gate = Gate(at_once=1, waiting=1, wait_s=5)
    inside, leave, entered = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with gate.enter():
            inside.set()
            leave.wait(5)

    def second() -> None:
        with gate.enter():
            entered.set()

    threading.Thread(target=first).start()
    assert inside.wait(5)
    threading.Thread(target=second).start()
    assert not entered.is_set()
    leave.set()
    assert entered.wait(5)


def test_gate_is_left_even_after_a_fault():
    gate = Gate(at_once=1, waiting=1, wait_s=0.01)
    with pytest.raises(ZeroDivisionError), gate.enter():
        raise ZeroDivisionError
    with gate.enter():
        pass


def test_gate_turns_away_at_once_whom_there_is_no_room_to_wait_for():
    gate = Gate(at_once=1, waiting=0, wait_s=60)
    with gate.enter(), pytest.raises(BusyError) as refused, gate.enter():
        pass
    assert refused.value.retry_after_s == 60
    with gate.enter():  # and the one turned away took no room with it
        pass
