import json

import pytest
from evals_fakes import finished_run

from evals.calibration import Scored, calibration, thinned

# surest first: right, right, wrong, right
FOUR = [Scored(0.95, 1.0), Scored(0.85, 1.0), Scored(0.75, 0.0), Scored(0.35, 1.0)]


def test_risk_coverage_by_hand():
    found = calibration(list(reversed(FOUR)))
    assert [(at.coverage, at.confidence, pytest.approx(at.risk)) for at in found.curve] == [
        (0.25, 0.95, 0.0),
        (0.5, 0.85, 0.0),
        (0.75, 0.75, 1 / 3),
        (1.0, 0.35, 0.25),
    ]
    assert found.aurc == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    # bins of one answer each: |0.95−1| + |0.85−1| + |0.75−0| + |0.35−1| over 4
    assert found.ece == pytest.approx((0.05 + 0.15 + 0.75 + 0.65) / 4)


def test_equal_confidences_are_one_threshold_and_their_order_does_not_matter():
    tied = [Scored(0.5, 1.0), Scored(0.5, 0.0)]
    found = calibration(tied)
    assert [(at.coverage, at.risk) for at in found.curve] == [(1.0, 0.5)]
    assert found.aurc == calibration(tied[::-1]).aurc == 0.5


def test_bins_hold_their_lower_end_and_certainty_is_in_the_last():
    found = calibration([Scored(0.1, 1.0), Scored(0.19, 0.0), Scored(1.0, 1.0)])
    assert [(b.low, b.high, b.correct.n) for b in found.bins] == [(0.1, 0.2, 2), (0.9, 1.0, 1)]
    assert found.bins[0].confidence == pytest.approx(0.145)
    assert found.bins[0].correct.value == 0.5


def test_a_perfect_order_has_less_area_than_a_reversed_one():
    good = [Scored(n / 100, float(n >= 20)) for n in range(100)]
    bad = [Scored(n / 100, float(n < 80)) for n in range(100)]
    assert calibration(good).aurc < 0.05
    assert calibration(bad).aurc > 0.5


def test_the_kept_curve_is_short_and_ends_with_all_answers():
    found = calibration([Scored(n / 1000, float(n % 3 > 0)) for n in range(1000)])
    kept = thinned(found.curve)
    assert len(kept) == 20
    assert kept[-1] == found.curve[-1]
    assert json.loads(json.dumps(found.to_json()))["risk_coverage"][-1]["coverage"] == 1.0
    assert thinned(calibration([Scored(0.5, 1.0)]).curve) == [*calibration([Scored(0.5, 1.0)]).curve]


def test_nothing_to_judge_gives_no_curve(tmp_path):
    assert calibration([]) is None
    assert finished_run(tmp_path, records=[{"id": "a", "question": "备案"}]).summary()["calibration"] is None
