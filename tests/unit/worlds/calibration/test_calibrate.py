"""The posterior of a machine's parameters is the right one, and a wrong model makes it wide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from backends.errors import ProgramRejected
from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration import QUICK, CalibrationData, Effort, Prior, calibrate
from qtwin.worlds.posterior import Posterior, dump_posterior, read_posterior
from tests.unit.worlds.calibration.rabi import PRIORS, RABI, TIMES, excited, shots, values

TRUTH = (1.03, 0.3, 0.06)
STD = 0.004
KEEN = Effort(particles=768, populations=2, moves=8, rounds=2, checked=8)


def measured(seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    found: FloatArray = excited(*TRUTH) + STD * rng.standard_normal(len(TIMES))
    return found


def test_precise_data_give_the_posterior_of_least_squares() -> None:
    """With data that leave the prior nothing to say, it is normal around the best fit."""
    data = measured(1)
    found = calibrate(RABI, values(data, STD), PRIORS, 5, effort=KEEN)
    means, widths = np.array([1.0, 0.0, 0.05]), np.array([0.05, 0.5, 0.03])

    def residuals(z: FloatArray) -> FloatArray:
        return np.concatenate([(excited(*(means + widths * z)) - data) / STD, z])

    best: Any = least_squares(residuals, np.zeros(3))
    spread = widths * np.sqrt(np.diag(np.linalg.inv(best.jac.T @ best.jac)))
    assert np.all(np.abs(found.mean() - (means + widths * best.x)) < 0.35 * spread)
    # The discrepancy, which least squares does not have, can only widen.
    assert np.all(found.draws.std(axis=0) > 0.85 * spread)
    assert np.all(found.draws.std(axis=0) < 1.7 * spread)


def test_one_parameter_has_the_posterior_of_a_grid() -> None:
    data = shots(excited(*TRUTH), 40, np.random.default_rng(2))
    priors = {"rabi_scale": Prior.uniform(0.7, 1.3)}
    found = calibrate(RABI, data, priors, 7, effort=KEEN).column("rabi_scale")
    grid = np.linspace(0.7, 1.3, 4001)
    chances = np.array([excited(scale, 0.0, 0.0) for scale in grid]).clip(1e-12, 1 - 1e-12)
    ones = data.counts[:, 1]
    logs = ones @ np.log(chances).T + (40 - ones) @ np.log(1 - chances).T
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    mean = weights @ grid
    std = np.sqrt(weights @ (grid - mean) ** 2)
    assert found.mean() == pytest.approx(mean, abs=0.5 * std)
    assert found.std() == pytest.approx(std, rel=0.5)


def test_ramsey_fringes_tell_the_detuning_and_the_dephasing() -> None:
    """``p_1 = (1 + exp(-gamma t) cos(delta t)) / 2`` after two quick quarter turns of length ``q``.

    During these the phase goes on as for ``4 q / pi`` of free time, up to ``(delta / Omega)**2``.
    """
    turn = np.pi / 2 / 100.0
    fringes: dict[str, Any] = RABI | {
        "rabi": {
            "times": [0, turn, f"{turn} + 1e-6", f"{turn} + 1e-6 + t", f"{turn} + 2e-6 + t",
                      f"{2 * turn} + 2e-6 + t"],
            "values": [100, 100, 0, 0, 100, 100],
        },
        "detuning": 3.0,
        "state": {"kind": "evolved", "initial": "0"},
    }  # fmt: skip
    times = np.linspace(0.1, 2.0, 10)
    free = times + 4 * turn / np.pi
    chances = (1 + np.exp(-0.4 * free) * np.cos(3.5 * free)) / 2
    ones = np.random.default_rng(3).binomial(2000, chances)
    data = CalibrationData(
        points=times[:, None],
        count_points=np.arange(10),
        counts=np.stack([2000 - ones, ones], axis=1),
    )
    priors = {
        "detuning_offset": Prior.normal(0.0, 0.5),
        "dephasing": Prior.normal(0.0, 0.5, bounds=(0.0, np.inf)),
    }
    found = calibrate(fringes, data, priors, 1, effort=QUICK)
    for name, truth in (("detuning_offset", 0.5), ("dephasing", 0.4)):
        column = found.column(name)
        assert column.std() < 0.08
        assert abs(column.mean() - truth) < 4 * column.std() + 0.02


def test_a_wrong_model_is_wide_rather_than_sure() -> None:
    """Contrast that no parameter can take away: the scale stays uncertain."""
    priors = {"rabi_scale": Prior.normal(1.0, 0.1)}
    right = calibrate(RABI, values(excited(1.03, 0.0, 0.0), STD), priors, 2, effort=QUICK)
    wrong = excited(1.03, 0.0, 0.0) * 0.8 + 0.1
    wide = calibrate(RABI, values(wrong, STD), priors, 2, effort=QUICK)
    assert right.column("rabi_scale").std() < 0.01
    assert wide.column("rabi_scale").std() > 3 * right.column("rabi_scale").std()
    assert wide.facts["discrepancy"]["quantiles"]["0.5"] > 0.03
    assert right.facts["discrepancy"]["quantiles"]["0.5"] < 0.005
    lower, upper = np.quantile(wide.column("rabi_scale"), [0.025, 0.975])
    assert lower < 1.03 < upper


def test_one_seed_gives_one_posterior_that_survives_as_bytes() -> None:
    data = shots(excited(*TRUTH), 400, np.random.default_rng(4))
    first, again, other = (calibrate(RABI, data, PRIORS, seed, effort=QUICK) for seed in (1, 1, 2))
    assert dump_posterior(first) == dump_posterior(again)
    assert not np.array_equal(first.draws, other.draws)
    kept = read_posterior(dump_posterior(first))
    assert np.array_equal(kept.draws, first.draws)
    assert kept.facts == first.facts
    assert kept.facts["evidence"]["digest"] == data.digest()


def test_a_posterior_reports_that_its_populations_agree() -> None:
    data = shots(excited(*TRUTH), 400, np.random.default_rng(4))
    found: Posterior = calibrate(RABI, data, PRIORS, 3, effort=KEEN)
    told = found.facts["diagnostics"]
    assert set(told["r_hat"]) == {*PRIORS, "discrepancy"}
    assert max(told["r_hat"].values()) < 1.05
    assert told["log_likelihood_error"] < 0.05
    assert all(ladder[0] == 0.0 and ladder[-1] == 1.0 for ladder in told["ladders"])
    assert found.units == ("dimensionless", "rad/us", "dimensionless")
    assert found.nominal.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("system", "priors", "field"),
    [
        (RABI, {"j_scale": Prior.normal(1.0, 0.1)}, "/priors/j_scale"),
        (RABI, {}, "/priors"),
        ({**RABI, "state": {"kind": "ground"}, "controls": []}, PRIORS, "/state/kind"),
        (
            {"kind": "parametric_circuit", "schema_version": 1, "controls": [],
             "qasm": "OPENQASM 3.0;\nqubit q;\n",
             "observables": [{"name": "z", "label": "Z", "pauli": {"Z": 1}}]},
            PRIORS, "/kind",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_calibrated_is_refused_by_its_field(
    system: dict[str, Any], priors: dict[str, Prior], field: str
) -> None:
    data = shots(excited(*TRUTH), 10, np.random.default_rng(0))
    with pytest.raises(ProgramRejected) as refused:
        calibrate(system, data, priors, 0, effort=QUICK)
    assert refused.value.field == field


def test_settings_beyond_the_controls_are_refused() -> None:
    data = shots(excited(*TRUTH), 10, np.random.default_rng(0))
    with pytest.raises(ProgramRejected, match="allowed: 0 to 2"):
        calibrate(
            RABI,
            CalibrationData(
                points=data.points + 1.0, count_points=data.count_points, counts=data.counts
            ),
            PRIORS,
        )
