"""A drift widens a posterior by what is declared, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.worlds.calibration import Drift, drifted
from qtwin.worlds.posterior import Posterior

DRAWS = np.random.default_rng(0).normal([1.0, 0.1], [0.01, 0.02], (4000, 2))
POSTERIOR = Posterior(
    names=("rabi_scale", "detuning_offset"),
    units=("dimensionless", "rad/us"),
    draws=DRAWS,
    nominal=np.array([1.0, 0.0]),
    facts={"seed": 4},
)


def test_variances_of_data_and_drift_add() -> None:
    found = drifted(POSTERIOR, {"rabi_scale": Drift(std=0.03)}, 1)
    assert found.column("rabi_scale").std() == pytest.approx(np.hypot(0.01, 0.03), rel=0.05)
    assert found.column("rabi_scale").mean() == pytest.approx(1.0, abs=0.003)
    assert np.array_equal(found.column("detuning_offset"), DRAWS[:, 1])
    assert found.nominal.tolist() == [1.0, 0.0]


def test_a_spread_of_atoms_is_held_and_told() -> None:
    drift = Drift(std=0.1, unit="um", held=True, source="a data sheet")
    found = drifted(POSTERIOR, {"position_jitter": drift}, 1)
    assert np.all(found.column("position_jitter") == 0.1)
    assert found.nominal[-1] == 0.0
    assert found.facts["seed"] == 4
    assert found.facts["drift"]["position_jitter"]["source"] == "a data sheet"


def test_one_seed_gives_one_drift() -> None:
    one, two, other = (
        drifted(POSTERIOR, {"rabi_scale": Drift(std=0.03)}, seed).draws for seed in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("drift", "message"),
    [
        (Drift(std=-1.0), "-1.0; allowed: finite, 0 or more"),
        (Drift(std=float("nan")), "nan; allowed"),
        (Drift(std=1.0, unit="um"), "'um'; allowed: dimensionless"),
    ],
)
def test_a_drift_that_makes_no_sense_is_refused(drift: Drift, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drifted(POSTERIOR, {"rabi_scale": drift}, 0)
