"""Amazon Braket's local simulator of Rydberg arrays (``braket_ahs``), asked for its final state.

The simulator holds the drive constant over each of its time steps, at the value at the start of
the step: its error falls with the first power of the number of steps. Its ``run`` only gives shots
drawn from NumPy's global generator, which no seed of a caller reaches; this module calls its
solvers as ``run`` does, and draws nothing. The solvers are an implicit Runge-Kutta method on dense
matrices and ZVODE on sparse ones; ``run`` changes from one to the other at 1000 states, this module
at `MOST_DENSE`, where they take equal times.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from backends.analog.program import program
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray
from backends.systems.rydberg_array import RydbergArray

MOST_DENSE = 300
RELATIVE, ABSOLUTE = 1e-8, 1e-10
"""Tolerances of ZVODE within one step."""
MOST_SUBSTEPS = 100_000
OVERSHOOT = "The solver uses intermediate time value"
"""ZVODE looks beyond the last step and the simulator warns that it holds the last value."""
MODULES = ("numpy_solver", "scipy_solver", "rydberg_simulator_unit_converter")
PACKAGE = "braket.analog_hamiltonian_simulator.rydberg"


class NotIntegrated(Exception):
    """The simulator's solver gave up."""


def final_state(
    system: RydbergArray, point: FloatArray, *, steps: int, blockade_radius: float
) -> ComplexArray:
    """State vector at the end, shape ``(2**n,)``.

    Args:
        point: Shape ``(C,)``.
        steps: Points in time, the first and the last among them.
        blockade_radius: States with two excited atoms at this distance, um, or nearer are left out.

    Raises:
        NotIntegrated: The solver gave up.
    """
    from braket.analog_hamiltonian_simulator.rydberg import rydberg_simulator_helpers as helpers
    from braket.analog_hamiltonian_simulator.rydberg import rydberg_simulator_unit_converter

    asked = program(system, point, phase=-1).to_ir()
    asked = rydberg_simulator_unit_converter.convert_unit(asked)
    states = helpers.get_blockade_configurations(asked.setup.ahs_register, blockade_radius)
    times = np.linspace(0.0, float(system.durations(point[None, :])[0]), steps)
    amplitudes = _solve(asked, states, times, system.c6)
    full = np.zeros(2**system.qubits, dtype=np.complex128)
    full[[_index(state) for state in states]] = amplitudes
    norm = float(np.linalg.norm(full))
    if not np.isfinite(norm) or abs(norm - 1) > 1e-3:
        raise NotIntegrated(f"the norm of the final state is {norm:g}")
    return np.asarray(full / norm, dtype=np.complex128)


def _solve(asked: Any, states: list[str], times: FloatArray, c6: float) -> Any:
    from braket.analog_hamiltonian_simulator.rydberg.numpy_solver import rk_run
    from braket.analog_hamiltonian_simulator.rydberg.scipy_solver import scipy_integrate_ode_run

    if len(states) <= MOST_DENSE:
        return rk_run(asked, states, times, c6)[-1]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = scipy_integrate_ode_run(
                asked, states, times, c6, atol=ABSOLUTE, rtol=RELATIVE, nsteps=MOST_SUBSTEPS
            )
        except RuntimeError as error:
            raise NotIntegrated(str(error)) from error
    # A failure in the last step is only a warning, and the state is normalised after it.
    for warning in caught:
        if not str(warning.message).startswith(OVERSHOOT):
            raise NotIntegrated(str(warning.message))
    return found[-1]


def _index(state: str) -> int:
    """Number of a basis state; the simulator writes atom 0 first."""
    return sum(1 << atom for atom, letter in enumerate(state) if letter == "r")
