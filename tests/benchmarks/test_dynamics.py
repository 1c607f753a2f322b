"""Batched evolution against one trajectory at a time, and against QuTiP on the same trajectories.

Seven atoms, 2 us, each trajectory with its own calibration. CPU seconds of this process; rounds
alternate, and the median of their ratios counts. QuTiP takes the solver and tolerance that reach
the same error soonest. `test_control_world` measures the same through the environments of a world.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy

from backends import systems
from backends.dynamics import evolve, substeps_for
from backends.dynamics.rydberg import Rydberg
from tests.benchmarks.by_qutip import Drive, Solver, seconds
from tests.benchmarks.conftest import Bar

TIMES = np.array([0.0, 0.3, 1.7, 2.0])
RABI, DETUNING = np.array([0, 15.0, 15.0, 0]), np.array([-30, -30, 40.0, 40.0])
ATOMS, ROWS, ALONE, SOLVED, ROUNDS = 7, 256, 3, 6, 9
KINDS: dict[str, tuple[Any, float]] = {
    "single 1e-3": (np.complex64, 1e-3),
    "double 1e-3": (np.complex128, 1e-3),
    "double 1e-6": (np.complex128, 1e-6),
}
"""Precision and tolerance."""
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

    def by_qutip(self) -> Solver:
        """The same by QuTiP."""
        rows = zip(self.scales[:SOLVED], self.offsets[:SOLVED], strict=True)
        drives = [Drive(TIMES, one * RABI, DETUNING + other) for one, other in rows]
        return Solver(self.driven.model.diagonals, drives)


@pytest.mark.parametrize("case", KINDS)
def test_batched_evolution(case: str, bar: Bar) -> None:
    import qutip

    kind, tolerance = KINDS[case]
    work = Work(kind, tolerance)
    exact = Work(np.complex128, 1e-9).evolved(slice(0, SOLVED))
    ours = np.linalg.norm(work.evolved(slice(0, SOLVED)) - exact, axis=1).max()
    qutips = work.by_qutip()
    method, demand, error = qutips.soonest(exact[:2], ours)
    rounds = []
    for _ in range(ROUNDS):
        batch = seconds(work.batched) / ROWS
        alone = seconds(work.one_at_a_time) / ALONE
        theirs = seconds(lambda: qutips.states(SOLVED, method, demand)) / SOLVED
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
    bar(f"13 {case}", slower, note=f"{1 / batch:.0f} trajectories/s")
    bar(f"QuTiP {case}", qutip_slower, note=f"{method}, rtol {demand:.0e}")
