import pytest

from evals.intervals import difference_with_interval, mean_with_interval, percentile


def test_mean_with_interval_brackets_the_mean_and_repeats_itself():
    values = [1.0] * 30 + [0.0] * 70
    first = mean_with_interval(values)
    assert first == mean_with_interval(list(reversed(values)))
    assert (first.value, first.n) == (0.3, 100)
    # normal approximation: 0.3 ± 1.96·sqrt(0.3·0.7/100) = 0.21–0.39
    assert first.low == pytest.approx(0.21, abs=0.015)
    assert first.high == pytest.approx(0.39, abs=0.015)


def test_all_equal_values_still_have_an_interval():
    # exact binomial: 0.025 ** (1/5) = 0.478
    perfect = mean_with_interval([1.0] * 5)
    assert perfect.low == pytest.approx(0.478, abs=0.001)
    assert perfect.high == 1.0
    nothing = mean_with_interval([0.0] * 5)
    assert nothing.high == pytest.approx(0.522, abs=0.001)


def test_no_difference_may_hide_one_in_either_direction():
    same = difference_with_interval([0.0] * 5, share=True)
    assert (same.value, same.low, same.high) == (0.0, -same.high, pytest.approx(0.522, abs=0.001))
    assert difference_with_interval([0.0] * 5, share=False).high == 0.0
    assert difference_with_interval([1.0, 0.0], share=True) == mean_with_interval([1.0, 0.0])
    assert difference_with_interval([], share=True) is None


def test_no_values_no_estimate():
    assert mean_with_interval([]) is None
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (1.0, 10), (0.1, 1)])
def test_percentile_is_nearest_rank(share, value):
    assert percentile(list(range(10, 0, -1)), share) == value
