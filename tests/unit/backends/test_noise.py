"""The noise of our own definition: every engine against Kraus operators in full dimension."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Result, RunOptions
from tests.contract.cases import experiment_of
from tests.unit.backends.circuit_runs import dense, every_gate, mean, run_of, words

ENGINES = ("aer", "cirq", "braket-dm")
LABELS = ("IIZ", "IXI", "YII", "ZZX", "YXZ", "ZIZ")
NOISES = (
    {"depolarizing_1q": 0.03},
    {"depolarizing_2q": 0.05},
    {"amplitude_damping": 0.04},
    {"readout_error": 0.06},
    {
        "depolarizing_1q": 0.01,
        "depolarizing_2q": 0.02,
        "amplitude_damping": 0.015,
        "readout_error": 0.03,
    },
)
ALL = NOISES[-1]
CIRCUIT = every_gate(3)
ANGLES = np.random.default_rng(2).uniform(-3, 3, (2, CIRCUIT.angles))


def run(name: str, method: str, options: RunOptions, settings: dict[str, Any]) -> Result:
    asked = experiment_of(method, settings=settings)
    result = registry.get(name).submit(asked, options, token="t")
    assert isinstance(result, Result)
    return result


@pytest.mark.parametrize("noise", NOISES, ids="+".join)
@pytest.mark.parametrize("name", ENGINES)
def test_exact_values_are_those_of_kraus_operators(name: str, noise: dict[str, float]) -> None:
    backend: Any = registry.get(name)
    found = backend.expectations(run_of(CIRCUIT, ANGLES, settings=noise), [words(*LABELS)] * 2)
    for row, angles in enumerate(ANGLES):
        density = dense(CIRCUIT, angles.tolist(), noise)
        wanted = [mean(density, label, noise.get("readout_error", 0.0)) for label in LABELS]
        np.testing.assert_allclose(found[row], wanted, atol=1e-9)


@pytest.mark.parametrize("method", ["vqe", "trotter"])
def test_noisy_energies_agree_between_engines(method: str) -> None:
    energies = [run(name, method, RunOptions(), ALL).values for name in ENGINES]
    for other in energies[1:]:
        np.testing.assert_allclose(other, energies[0], atol=1e-8)
    ideal = run("aer", method, RunOptions(), {}).values
    assert (np.abs(energies[0] - ideal) > 0.01).any()


@pytest.mark.parametrize("name", ENGINES)
def test_samples_of_noisy_circuits_have_the_exact_mean(name: str) -> None:
    exact = run(name, "trotter", RunOptions(), ALL)
    sampled = run(name, "trotter", RunOptions(shots=20_000, seed=4), ALL)
    assert (np.abs(sampled.values - exact.values) < 5 * sampled.std_errors).all()


@pytest.mark.slow
def test_trajectories_have_the_mean_of_the_density_matrix() -> None:
    backend: Any = registry.get("aer")
    density = dense(CIRCUIT, ANGLES[0].tolist(), ALL)
    settings = {**ALL, "simulation": "statevector"}
    bases = ("ZZZ", "XXX", "YXZ")
    shots = 20_000
    ((*groups,),) = backend.counts(
        run_of(CIRCUIT, ANGLES[:1], bases=bases, shots=shots, settings=settings)
    )
    for basis, counts in zip(bases, groups, strict=True):
        seen = sum((1 - 2 * (bits.count("1") % 2)) * n for bits, n in counts.items()) / shots
        wanted = mean(density, basis, ALL["readout_error"])
        assert seen == pytest.approx(wanted, abs=5 / np.sqrt(shots))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"depolarizing_1q": 1.5}, "/settings/depolarizing_1q"),
        ({"simulation": "matrix_product_state", "amplitude_damping": 0.1}, "/settings/simulation"),
        ({"simulation": "stabilizer", "depolarizing_2q": 0.1}, "/settings/simulation"),
        ({"simulation": "statevector", "depolarizing_2q": 0.1}, "/settings/simulation"),
    ],
)
def test_noise_that_cannot_be_is_refused(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        registry.get("aer").check(experiment_of("vqe", settings=settings), RunOptions())
    assert refused.value.field == field


def test_a_density_matrix_that_is_too_large_is_refused_unless_trajectories_can_run() -> None:
    system = {**experiment_of("trotter").system, "sites": 12}
    system["state"] = {**system["state"], "initial": "0" * 12}
    asked = experiment_of("trotter", system=system, settings={"depolarizing_1q": 0.01})
    for name in ENGINES:
        with pytest.raises(ProgramRejected, match="12 qubits"):
            registry.get(name).check(asked, RunOptions())
    registry.get("aer").check(asked, RunOptions(shots=100))
