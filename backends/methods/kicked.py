"""Kicked Ising dynamics as circuits: Kim et al., Nature 618, 500 (2023).

Each step kicks all sites by ``rx(theta_h)`` and then couples all bonds by ``rzz(theta_j)``. The
circuit is the dynamics itself: nothing is approximated. At multiples of pi/2 it is Clifford.
"""

from __future__ import annotations

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, Gate, product_state
from backends.methods.measured import check_measured, measured_operators
from backends.methods.program import Part, Program
from backends.schema import Experiment, RunOptions
from backends.systems import SpinLattice, check
from backends.systems.state import Kicked

_THETA_H, _THETA_J = 0, 1


def validate(experiment: Experiment, options: RunOptions) -> SpinLattice:
    """Check that the system asks for a kicked state, without loading a simulator.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, SpinLattice) or not isinstance(system.state, Kicked):
        raise ProgramRejected(
            f"kicked needs kicks; this {system.kind} asks for another state; allowed: an ising "
            'spin_lattice with "state": {"kind": "kicked", …}',
            field="/system/state",
        )
    check_measured(experiment, system)
    return system


def prepare(experiment: Experiment, system: SpinLattice) -> Program:
    """One circuit for all points, with two angles."""
    assert isinstance(system.state, Kicked)
    points = experiment.points
    part = Part(
        rows=np.arange(len(points)),
        circuit=_circuit(system, system.state),
        angles=system.state.angles(system.columns(points), len(points)),
    )
    return Program(
        parts=(part,),
        operators=measured_operators(experiment, system),
        facts={"kicks": system.state.steps, "bonds": len(system.lattice.bonds)},
    )


def gates(experiment: Experiment, system: SpinLattice) -> int:
    """How many gates the circuit has."""
    assert isinstance(system.state, Kicked)
    return system.qubits + system.state.steps * (system.qubits + len(system.lattice.bonds))


def _circuit(system: SpinLattice, state: Kicked) -> Circuit:
    step = [
        *(Gate("rx", (site,), _THETA_H) for site in range(system.qubits)),
        *(Gate("rzz", bond, _THETA_J) for bond in system.lattice.bonds),
    ]
    return Circuit(system.qubits, (*product_state(state.initial), *step * state.steps), 2)
