"""Batched evolution against one trajectory at a time, and against QuTiP on the same trajectories.

Seven atoms, 2 us, each trajectory with its own calibration. CPU seconds of this process; rounds
alternate, and the median of their ratios counts. QuTiP solves each trajectory by the solver
and tolerances of `SOLVERS` that reach the wanted error in the least time, chosen here on the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy

from backends import systems
from backends.dynamics import evolve, substeps_for
from backends.dynamics.rydberg import Rydberg
from tests.benchmarks.conftest import Bar

TIMES = np.array([0.0, 0.3, 1.7, 2.0])
RABI, DETUNING = np.array([0, 15.0, 15.0, 0]), np.array([-30, -30, 40.0, 40.0])
ATOMS, ROWS, ALONE, SOLVED, ROUNDS = 7, 256, 1, 6, 3
SOLVERS = [
    (method, 10.0**-power)
    for method in ("adams", "vern7", "vern9", "tsit5", "dop853", "lsoda")
    for power in (4, 5, 6, 7, 8, 9)
]
KINDS = [(np.complex64, 1e-3), (np.complex128, 1e-3), (np.complex128, 1e-6)]
"""Precision and tolerance."""
TIMES_FASTER, THAN_QUTIP = 20, 5
NAMES = {np.complex128: "double", np.complex64: "single"}


class Work:
    """The same trajectories for all."""

    def __init__(self, kind: Any, tolerance: float) -> None:
        document = {
            "kind": "rydberg_array", "schema_version": 1, "geometry": "chain", "atoms": ATOMS,
            "spacing": 6.1, "rabi": 0, "detuning": 0, "controls": [],
            "state": {"kind": "evolved", "time": 1},
        }  # fmt: skip
        system: Any = systems.load(document)
        rng = np.random.default_rng(0)
        self.scales = 1 + 0.02 * rng.standard_normal(ROWS)
        self.offsets = 0.5 * rng.standard_normal(ROWS)
        self.kind, self.driven = kind, Rydberg.of(system)
        model = self.driven.model
        terms = self.driven.terms(
            {"rabi": RABI, "detuning": DETUNING},
            {"rabi_scale": self.scales, "detuning_offset": self.offsets},
        )
        self.durations = np.diff(TIMES)
        self.parts = (terms.weights, terms.drives)
        self.order = 6 if tolerance < 3e-5 else 4
        self.substeps = substeps_for(
            model, self.driven.start, *self.parts, self.durations, tolerance=tolerance,
            order=self.order,
        )  # fmt: skip

    def evolved(self, rows: slice, **kinds: Any) -> Any:
        weights, drives = (np.broadcast_to(p, (ROWS, *p.shape[1:]))[rows] for p in self.parts)
        return evolve(
            self.driven.model, self.driven.start.astype(self.kind), weights, drives, self.durations,
            **{"substeps": self.substeps, "order": self.order, **kinds},
        )  # fmt: skip

    def batched(self) -> None:
        self.evolved(slice(None))

    def one_at_a_time(self) -> None:
        for row in range(ALONE):
            self.evolved(slice(row, row + 1))

    def by_qutip(self, rows: int, method: str, error: float) -> Any:
        """Final states, from a Hamiltonian that is built once and takes each row's parameters."""
        return [self._solve(row, method, error) for row in range(rows)]

    def _solve(self, row: int, method: str, error: float) -> Any:
        import qutip

        if not hasattr(self, "operators"):
            one = [qutip.qeye(2)] * ATOMS
            flips = [qutip.tensor([*one[:q], qutip.sigmax(), *one[q + 1 :]]) for q in range(ATOMS)]
            diagonals = [
                qutip.qdiags(values, 0, dims=[[2] * ATOMS] * 2)
                for values in self.driven.model.diagonals
            ]
            self.operators = [one.to("csr") for one in (sum(flips), *diagonals)]
            self.start = qutip.basis([2] * ATOMS, [0] * ATOMS)
        flip, number, interaction = self.operators
        rabi = qutip.coefficient(self.scales[row] * RABI / 2 + 0j, tlist=TIMES, order=1)
        detuning = qutip.coefficient(-DETUNING - self.offsets[row] + 0j, tlist=TIMES, order=1)
        evolution = qutip.QobjEvo([interaction, [flip, rabi], [number, detuning]])
        options = {
            "method": method, "atol": error / 100, "rtol": error, "nsteps": 10**6,
            "progress_bar": "", "store_states": False, "store_final_state": True,
        }  # fmt: skip
        return qutip.sesolve(evolution, self.start, TIMES, options=options).final_state.full()[:, 0]


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize(("kind", "tolerance"), KINDS)
def test_batched_evolution(kind: Any, tolerance: float, bar: Bar) -> None:
    import qutip

    work = Work(kind, tolerance)
    exact = Work(np.complex128, 1e-9).evolved(slice(0, SOLVED))
    ours = np.linalg.norm(work.evolved(slice(0, SOLVED)) - exact, axis=1).max()
    method, demand, error = best_solver(work, exact[:2], ours)
    rounds = []
    for _ in range(ROUNDS):
        batch = seconds(work.batched) / ROWS
        alone = seconds(work.one_at_a_time) / ALONE
        theirs = seconds(lambda: work.by_qutip(SOLVED, method, demand)) / SOLVED
        rounds.append((batch, alone, theirs))
    batch, alone, theirs = np.median(rounds, axis=0)
    ratios = [(one / b, q / b) for b, one, q in rounds]
    slower, qutip_slower = np.median(ratios, axis=0)
    print(  # noqa: T201
        f"\nNumPy {np.__version__}, SciPy {scipy.__version__}, QuTiP {qutip.__version__}\n"
        f"{NAMES[kind]} precision, order {work.order}, substeps {work.substeps.tolist()}: "
        f"error {ours:.1e}, {1e3 * batch:.2f} ms a trajectory in a batch of {ROWS} "
        f"({1 / batch:.0f}/s), {1e3 * alone:.1f} ms alone\n"
        f"QuTiP {method}, rtol {demand:.0e}: error {error:.1e}, {1e3 * theirs:.1f} ms a trajectory"
    )
    what = f"{NAMES[kind]} precision at an error of {tolerance:g}"
    bar(f"{what}: batched / one at a time, CPU", slower, at_least=TIMES_FASTER)
    bar(f"{what}: batched / QuTiP's sesolve, CPU", qutip_slower, at_least=THAN_QUTIP)


def best_solver(work: Work, exact: Any, error: float) -> tuple[str, float, float]:
    """The method and tolerance that reach an error in the least time, and the error they have."""
    work.by_qutip(1, "adams", 1e-3)
    found = []
    for method, demand in SOLVERS:
        began = time.process_time()
        states = np.array(work.by_qutip(len(exact), method, demand))
        took = time.process_time() - began
        off = np.linalg.norm(states - exact, axis=1).max()
        if off <= error:
            found.append((took, method, demand, float(off)))
    assert found, "no solver of QuTiP reaches the error"
    return min(found)[1:]
