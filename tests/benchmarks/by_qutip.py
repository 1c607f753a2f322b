"""QuTiP on trajectories of a Rydberg array, by the solver that reaches an error soonest."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SOLVERS = [
    (method, 10.0**-power)
    for method in ("adams", "vern7", "vern9", "tsit5", "dop853", "lsoda")
    for power in (4, 5, 6, 7, 8, 9)
]
Floats = NDArray[np.float64]


class Drive(NamedTuple):
    """Rabi frequency and detuning, rad/us, at the times of knots, us, each shape ``(K,)``."""

    times: Floats
    rabi: Floats
    detuning: Floats


class Solver:
    """One Hamiltonian whose operators are built once; each trajectory has its own drive.

    Args:
        diagonals: Number of excited atoms and their interaction, shape ``(2, 2**n)``.
    """

    def __init__(self, diagonals: Floats, drives: Sequence[Drive]) -> None:
        self.diagonals, self.drives = diagonals, drives
        self.atoms = diagonals.shape[1].bit_length() - 1

    @cached_property
    def operators(self) -> list[Any]:
        """Sum of X, number of excited atoms, interaction."""
        import qutip

        one = [qutip.qeye(2)] * self.atoms
        flips = [qutip.tensor([*one[:q], qutip.sigmax(), *one[q + 1 :]]) for q in range(self.atoms)]
        dims = [[2] * self.atoms] * 2
        diagonals = [qutip.qdiags(values, 0, dims=dims) for values in self.diagonals]
        return [operator.to("csr") for operator in (sum(flips), *diagonals)]

    def states(self, count: int, method: str, error: float) -> Any:
        """Final states of the first trajectories, shape ``(count, 2**n)``."""
        return np.array([self._solved(drive, method, error) for drive in self.drives[:count]])

    def soonest(self, exact: Any, error: float) -> tuple[str, float, float]:
        """Method and tolerance that reach an error in the least time, and the error they have."""
        self.states(1, "adams", 1e-3)
        found = []
        for method, demand in SOLVERS:
            began = time.process_time()
            states = self.states(len(exact), method, demand)
            took = time.process_time() - began
            off = np.linalg.norm(states - exact, axis=1).max()
            if off <= error:
                found.append((took, method, demand, float(off)))
        assert found, "no solver of QuTiP reaches the error"
        return min(found)[1:]

    def _solved(self, drive: Drive, method: str, error: float) -> Any:
        import qutip

        flip, number, interaction = self.operators
        rabi = qutip.coefficient(drive.rabi / 2 + 0j, tlist=drive.times, order=1)
        detuning = qutip.coefficient(-drive.detuning + 0j, tlist=drive.times, order=1)
        evolution = qutip.QobjEvo([interaction, [flip, rabi], [number, detuning]])
        options = {
            "method": method, "atol": error / 100, "rtol": error, "nsteps": 10**6,
            "progress_bar": "", "store_states": False, "store_final_state": True,
        }  # fmt: skip
        start = qutip.basis([2] * self.atoms, [0] * self.atoms)
        found = qutip.sesolve(evolution, start, drive.times, options=options)
        return found.final_state.full()[:, 0]


def seconds(work: Callable[[], object]) -> float:
    """Of this process's CPU."""
    began = time.process_time()
    work()
    return time.process_time() - began
