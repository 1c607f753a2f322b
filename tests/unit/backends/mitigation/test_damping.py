"""What anchors say of a device: its damping with an honest error, and whether mitigation helped."""

from __future__ import annotations

import numpy as np
import pytest

from backends.mitigation.damping import Damping, Verdict, damping, pooled, summary, verdict

TRUE, SIGMA = 0.7, 0.04


def drawn(rng: np.random.Generator, count: int, *, spread: float = 0.0) -> Damping:
    """From anchors whose damping scatters around the true one."""
    known = rng.choice([-1.0, -0.5, 0.5, 1.0], count)
    mixed = np.full(count, 0.3)
    factors = TRUE + spread * rng.standard_normal(count)
    values = mixed + factors * known + SIGMA * rng.standard_normal(count)
    found = damping(mixed + known, mixed, values, np.full(count, SIGMA))
    assert found is not None
    return found


@pytest.mark.parametrize("count", [1, 2, 5])
def test_its_error_is_that_of_the_shots(count: int) -> None:
    rng = np.random.default_rng(5)
    found = [drawn(rng, count) for _ in range(2000)]
    pulls = np.array([(one.value - TRUE) / one.std_error for one in found])
    assert abs(pulls.mean()) < 0.07
    assert 0.92 < np.mean(np.abs(pulls) < 1.96) < 0.985


def test_anchors_that_differ_by_more_than_their_shots_widen_it() -> None:
    rng = np.random.default_rng(6)
    found = [drawn(rng, 8, spread=0.15) for _ in range(1000)]
    pulls = np.array([(one.value - TRUE) / one.std_error for one in found])
    assert np.mean(np.abs(pulls) < 1.96) > 0.88
    assert np.median([one.scatter for one in found]) > 2.0


def test_an_anchor_at_the_mixed_value_tells_nothing() -> None:
    flat = np.zeros(2)
    assert damping(flat, flat, np.array([0.1, -0.1]), np.full(2, 0.1)) is None
    found = damping(np.array([0.0, 1.0]), flat, np.array([0.1, 0.6]), np.full(2, 0.1))
    assert found is not None
    assert found.value == pytest.approx(0.6)
    assert found.anchors == 1


def test_runs_are_pooled_by_their_variances() -> None:
    one = Damping(value=0.6, std_error=0.01, anchors=2, scatter=1.0)
    other = Damping(value=0.61, std_error=0.02, anchors=1, scatter=1.0)
    both = pooled([one, other])
    assert both is not None
    assert both.value == pytest.approx((0.6 / 1e-4 + 0.61 / 4e-4) / (1e4 + 2.5e3))
    assert both.std_error == pytest.approx((1e4 + 2.5e3) ** -0.5)
    assert both.anchors == 3
    apart = pooled([one, Damping(value=0.9, std_error=0.01, anchors=2, scatter=1.0)])
    assert apart is not None
    assert apart.std_error > 0.1
    assert pooled([]) is None
    many = [drawn(np.random.default_rng(seed), 3) for seed in range(9)]
    assert pooled(many) == pooled(many[::-1]) == pooled([*many[4:], *many[:4]])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(0.7, 1.01, Verdict.BETTER), (0.95, 0.4, Verdict.WORSE), (0.9, 1.1, Verdict.OPEN)],
)
def test_mitigation_is_judged_beyond_the_noise(before: float, after: float, said: str) -> None:
    exact, error = np.array([1.0, -1.0]), np.full(2, 0.03)
    assert verdict(exact, (before * exact, error), (after * exact, error)) == said


def test_mitigation_that_changes_nothing_is_seldom_called_anything() -> None:
    rng, exact, error = np.random.default_rng(7), np.ones(3), np.full(3, 0.03)

    def said() -> Verdict | None:
        raw, mitigated = (0.8 + 0.03 * rng.standard_normal((2, 3))).tolist()
        return verdict(exact, (np.array(raw), error), (np.array(mitigated), error))

    assert np.mean([said() is Verdict.OPEN for _ in range(1000)]) > 0.9


def test_a_summary_speaks_of_what_the_source_reports() -> None:
    report = {
        "ideal": [1.0, 0.0],
        "mixed": [0.0, 0.0],
        "raw": {"values": [0.5, 0.1], "std_errors": [0.02, 0.02]},
        "mitigated": {"values": [0.95, 0.1], "std_errors": [0.02, 0.02]},
    }
    said = summary(("zz", "xx"), [report])
    assert said["damping"]["zz"]["value"] == pytest.approx(0.95)
    assert said["verdicts"] == {"zz": "better", "xx": "open"}
    raw = summary(("zz", "xx"), [{**report, "mitigated": None}])
    assert list(raw["damping"]) == ["zz"]
    assert raw["damping"]["zz"]["value"] == pytest.approx(0.5)
    assert raw["verdicts"] == {}
    assert summary(("zz",), []) == {"damping": {}, "verdicts": {}}
