"""A twin of runs off the limit of a knob says what the limit is: checked against exact physics."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pyscf import fci, gto, scf
from scipy.linalg import expm

from qtwin.fusion import fit_star
from qtwin.fusion.base import Claim, FloatArray, Knob, Observations, Role, SourceSpec
from tests.unit.fusion.synthetic import NAN

X = np.array([[0.0, 1.0], [1.0, 0.0]])
Z = np.diag([1.0, -1.0])
SPINS = 3
TIME = 1.0
FIELDS = np.linspace(0.5, 1.5, 7)
BETWEEN = np.linspace(0.5, 1.5, 21)
STEPS = np.array([4, 5, 6, 8])
BOUNDS = np.array([[0.5, 1.5]])


def _on(operators: dict[int, FloatArray], spins: int = SPINS) -> FloatArray:
    """A product of operators on some spins."""
    whole: FloatArray = np.eye(1)
    for site in range(spins):
        whole = np.kron(whole, operators.get(site, np.eye(2))).astype(np.float64)
    return whole


BONDS = sum((_on({i: Z, i + 1: Z}) for i in range(SPINS - 1)), np.zeros((2**SPINS, 2**SPINS)))
FLIPS = sum((_on({i: X}) for i in range(SPINS)), np.zeros((2**SPINS, 2**SPINS)))
SEEN = _on({0: Z})


def _seen(evolution: np.ndarray) -> float:
    state = evolution[:, 0]  # from all spins up
    return float(np.real(np.vdot(state, SEEN @ state)))


@cache
def _exact(field: float) -> float:
    """Magnetisation of the first spin of an Ising chain after a quench."""
    return _seen(expm(-1j * TIME * (BONDS + field * FLIPS)))


@cache
def _trotter(field: float, steps: int, order: int) -> float:
    dt = TIME / steps
    bonds, flips = expm(-1j * dt * BONDS), expm(-1j * dt * field * FLIPS)
    half = expm(-0.5j * dt * field * FLIPS)
    step = half @ bonds @ half if order == 2 else bonds @ flips
    return _seen(np.linalg.matrix_power(step, steps))


def _runs(order: int) -> Observations:
    """A reference with a Trotter step, that never ran at its limit."""
    knob = Knob(name="dt", limit=0.0, order=float(order))
    source = SourceSpec(name="trotter", role=Role.REFERENCE, knobs=(knob,))
    field, steps = (grid.ravel() for grid in np.meshgrid(FIELDS, STEPS))
    y = np.array([_trotter(a, int(b), order) for a, b in zip(field, steps, strict=True)])
    return Observations(
        x=field[:, None],
        bounds=BOUNDS,
        y=y,
        std=np.zeros(len(y)),
        source=np.zeros(len(y), dtype=np.int64),
        sources=(source,),
        gain=np.full(len(y), NAN),
        mixed_value=np.full(len(y), NAN),
        knobs={"dt": TIME / steps},
    )


def _richardson(field: float, order: int) -> float:
    """The polynomial through all runs with the powers that the order allows, at dt = 0."""
    powers = [0, *(order * np.arange(1, len(STEPS)))]
    powers = [0, 1, 2, 3] if order == 1 else powers
    design = (TIME / STEPS)[:, None] ** np.array(powers)
    values = [_trotter(field, int(steps), order) for steps in STEPS]
    return float(np.linalg.solve(design, values)[0])


def _rms(error: FloatArray) -> float:
    return float(np.sqrt(np.mean(error**2)))


@pytest.mark.parametrize("order", [1, 2])
def test_no_run_at_the_limit_is_needed_to_predict_it(order: int) -> None:
    fit = fit_star(_runs(order), steps=240)
    belief, between = fit.predict(FIELDS[:, None]), fit.predict(BETWEEN[:, None])
    exact = np.array([_exact(field) for field in FIELDS])
    finest = np.array([_trotter(field, int(STEPS[-1]), order) for field in FIELDS])
    richardson = np.array([_richardson(field, order) for field in FIELDS])
    assert np.all((belief.lower <= exact) & (exact <= belief.upper))
    assert _rms(belief.mean - exact) < _rms(finest - exact) / 4
    assert np.all((belief.lower <= richardson) & (richardson <= belief.upper))
    assert belief.claim is not Claim.CALIBRATED
    values = np.array([_exact(field) for field in BETWEEN])
    assert np.mean((between.lower <= values) & (values <= between.upper)) >= 0.95


def test_runs_at_the_limit_and_off_it_are_one_source() -> None:
    """Two exact points calibrate the rest: the better band of both kinds of runs."""
    runs = _runs(1)
    at_limit = np.array([_exact(field) for field in FIELDS[[0, -1]]])
    exact = replace(
        runs,
        x=np.concatenate([runs.x, FIELDS[[0, -1], None]]),
        y=np.concatenate([runs.y, at_limit]),
        std=np.zeros(len(runs.y) + 2),
        source=np.zeros(len(runs.y) + 2, dtype=np.int64),
        gain=np.full(len(runs.y) + 2, NAN),
        mixed_value=np.full(len(runs.y) + 2, NAN),
        knobs={"dt": np.concatenate([runs.knobs["dt"], [0.0, 0.0]])},
    )
    belief = fit_star(exact, steps=240).predict(FIELDS[:, None])
    values = np.array([_exact(field) for field in FIELDS])
    assert (belief.references, belief.claim) == (2, Claim.NOMINAL)
    assert np.all((belief.lower <= values) & (values <= belief.upper))
    assert belief.mean[[0, -1]] == pytest.approx(at_limit, abs=1e-4)


def _chain(field: float, spins: int = 8) -> FloatArray:
    """Hamiltonian of an open Ising chain near its transition."""
    bonds = [_on({i: Z, i + 1: Z}, spins) for i in range(spins - 1)]
    flips = [field * _on({i: X}, spins) for i in range(spins)]
    return -sum([*bonds, *flips], np.zeros((2**spins, 2**spins)))


def _truncated(field: float, bonds: tuple[int, ...]) -> tuple[float, list[float]]:
    """Exact energy, and those of the state cut in the middle to some bond dimensions."""
    hamiltonian = _chain(field)
    energies, states = np.linalg.eigh(hamiltonian)
    left, weights, right = np.linalg.svd(states[:, 0].reshape(16, 16))
    found = []
    for bond in bonds:
        state = ((left[:, :bond] * weights[:bond]) @ right[:bond]).ravel()
        found.append(float(state @ hamiltonian @ state / (state @ state)))
    return float(energies[0]), found


@pytest.mark.parametrize("order", [1.0, 2.0])
def test_an_error_that_follows_no_power_is_no_confident_falsehood(order: float) -> None:
    """Truncation errors fall exponentially: at bond dimension 1 by 0.2, at 4 by 1e-6."""
    bonds, fields = (1, 2, 3, 4), np.linspace(0.8, 1.2, 5)
    runs = [_truncated(field, bonds) for field in fields]
    n = len(bonds) * len(fields)
    knob = Knob(name="bond", limit=np.inf, order=order)
    data = Observations(
        x=np.repeat(fields, len(bonds))[:, None],
        bounds=np.array([[0.8, 1.2]]),
        y=np.concatenate([found for _, found in runs]),
        std=np.zeros(n),
        source=np.zeros(n, dtype=np.int64),
        sources=(SourceSpec(name="mps", role=Role.REFERENCE, knobs=(knob,)),),
        gain=np.full(n, NAN),
        mixed_value=np.full(n, NAN),
        knobs={"bond": np.tile(np.array(bonds, dtype=np.float64), len(fields))},
    )
    belief = fit_star(data, steps=240).predict(fields[:, None])
    exact = np.array([energy for energy, _ in runs])
    assert belief.claim is Claim.NOMINAL
    assert np.all((belief.lower <= exact) & (exact <= belief.upper))
    assert _rms(belief.mean - exact) < 0.2 * np.std(data.y)


def test_three_basis_sets_give_the_energy_of_helium_in_a_complete_one() -> None:
    """Full configuration interaction in cc-pVDZ to cc-pVQZ; -2.903724377 is Drake's exact value."""
    energies = []
    for name in ("cc-pvdz", "cc-pvtz", "cc-pvqz"):
        field = scf.RHF(gto.M(atom="He", basis=name, verbose=0)).run()
        energies.append(float(fci.FCI(field).kernel()[0]))
    knob = Knob(name="basis", limit=np.inf, order=3.0)
    data = Observations(
        x=np.zeros((3, 1)),
        bounds=np.array([[-1.0, 1.0]]),
        y=np.array(energies),
        std=np.zeros(3),
        source=np.zeros(3, dtype=np.int64),
        sources=(SourceSpec(name="fci", role=Role.REFERENCE, knobs=(knob,)),),
        gain=np.full(3, NAN),
        mixed_value=np.full(3, NAN),
        knobs={"basis": np.array([2.0, 3.0, 4.0])},
    )
    belief = fit_star(data, steps=240).predict(np.zeros((1, 1)))
    assert belief.lower[0] <= -2.903724377 <= belief.upper[0]
    assert abs(belief.mean[0] + 2.903724377) < abs(energies[-1] + 2.903724377) / 2
