"""Rules of the interval, and that predicting stays light."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from qtwin.fusion.base import Claim
from qtwin.fusion.interval import jackknife_plus, rule_for, score_quantile


@pytest.mark.parametrize("references", [1, 2, 5, 19])
def test_few_references_give_a_student_t_interval(references: int) -> None:
    rule = rule_for(references)
    assert rule.nu == max(references - 1, 1)
    assert rule.quantile == pytest.approx(stats.t.ppf(0.975, rule.nu))
    assert not rule.jackknife


@pytest.mark.parametrize(
    ("references", "claim", "jackknife"),
    [(0, Claim.UNANCHORED, False), (20, Claim.CALIBRATED, True), (60, Claim.CALIBRATED, True)],
)
def test_no_or_many_references_give_none(references: int, claim: Claim, jackknife: bool) -> None:
    rule = rule_for(references)
    assert (rule.claim, rule.nu, rule.jackknife) == (claim, None, jackknife)
    assert rule.quantile == pytest.approx(stats.norm.ppf(0.975))


def test_jackknife_plus_covers_exchangeable_data() -> None:
    """Residuals of equal law: coverage of at least 1 - 2 alpha, near 1 - alpha."""
    rng = np.random.default_rng(0)
    repeats, n = 2000, 40
    draws = rng.standard_normal((repeats, n + 1))
    inside = 0
    for row in draws:
        mean = (row[:n].sum() - row[:n]) / (n - 1)
        lower, upper = jackknife_plus(mean[:, None], np.ones((n, 1)), np.abs(row[:n] - mean))
        inside += int(lower[0] <= row[n] <= upper[0])
    assert 0.93 <= inside / repeats <= 0.985


def test_scores_of_nearly_nothing_still_leave_a_sigma() -> None:
    """An exact constant leaves no residual; its band must not vanish."""
    mean, std = np.full((30, 2), 5.0), np.full((30, 2), 0.1)
    lower, upper = jackknife_plus(mean, std, np.zeros(30))
    assert lower == pytest.approx(4.9)
    assert upper == pytest.approx(5.1)
    assert score_quantile(np.zeros(30)) == 1.0
    assert score_quantile(np.arange(30.0)) == 29.0


def test_reading_and_predicting_do_not_import_scipy() -> None:
    code = "import sys, qtwin.fusion.codec; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
