"""Ideal quantum circuits on qsim, in single precision.

A source of its own: qsim is several times faster than a state vector in double precision, and each
gate rounds every amplitude to a relative 6e-8, so that values carry an error that grows with the
depth of the circuit and that no shots reduce.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.methods import programs
from backends.methods.program import Program
from backends.schema import Experiment
from backends.simulators import cirq_circuits
from backends.simulators.circuit_backend import Run
from backends.simulators.cost import Speed
from backends.simulators.state_backend import StateBackend
from backends.systems.pauli import ComplexArray

METHODS = tuple(programs.METHODS)


class QsimBackend(StateBackend):
    """State vectors of 32-bit numbers; ``shots=None`` gives the expectation in them."""

    name = "qsim"
    title = "qsim (single precision)"
    packages = ("cirq-core", "qsimcirq")
    speed = Speed(gate=5e-5, amplitude=8e-10)
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=24,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=programs.settings(*METHODS),
    )

    def warm(self) -> None:
        """Import Cirq, qsim and PySCF."""
        import_module("qsimcirq")
        super().warm()

    def states(self, run: Run) -> Iterable[ComplexArray]:
        circuit = cirq_circuits.written(run.circuit)
        order = list(reversed(cirq_circuits.line(run.circuit.qubits)))
        ends = _simulator().simulate_sweep(
            circuit, cirq_circuits.resolvers(run.angles), qubit_order=order
        )
        return _normalised(end.final_state_vector for end in ends)

    def facts(self, program: Program, experiment: Experiment) -> dict[str, Any]:
        return {"details": {"precision": "single: amplitudes of 32-bit numbers"}}


@cache
def _simulator() -> Any:
    import qsimcirq

    return qsimcirq.QSimSimulator(qsimcirq.QSimOptions(cpu_threads=1))


def _normalised(states: Iterable[Any]) -> Iterator[ComplexArray]:
    """In double precision from here on, and of length 1 again."""
    for state in states:
        wide = np.asarray(state, dtype=np.complex128)
        yield wide / np.linalg.norm(wide)
