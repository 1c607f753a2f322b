"""Runs a user's own circuit: see `backends.qasm`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit
from backends.methods.measured import check_measured, measured_operators
from backends.methods.program import Part, Program
from backends.qasm.expand import expand
from backends.qasm.parser import parse
from backends.qasm.syntax import Syntax
from backends.qasm.tape import NotFiniteError
from backends.qasm.tokens import QasmError, tokens
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import ParametricCircuit, check

MOST_ANGLES = 20_000_000


def validate(experiment: Experiment, options: RunOptions) -> ParametricCircuit:
    """Check that there is a circuit, without parsing it.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, ParametricCircuit):
        raise ProgramRejected(
            f"circuit cannot run a {system.kind}; allowed: {ParametricCircuit.kind}",
            field="/system/kind",
        )
    check_measured(experiment, system)
    most = max(1, MOST_ANGLES // max(1, system.screened.gates))
    if len(experiment.points) > most:
        raise ProgramRejected(
            f"{len(experiment.points)} points of {system.screened.gates} gates; allowed: {most} "
            "points at once",
            field="/points",
        )
    return system


def prepare(experiment: Experiment, system: ParametricCircuit) -> Program:
    """Parse the program and write its angles for every point.

    Raises:
        ProgramRejected: Says what is wrong with the program, on which line, or at which point.
    """
    points = experiment.points
    circuit, angles = compiled(system, points, at="/system/qasm")
    return Program(
        parts=(Part(rows=np.arange(len(points)), circuit=circuit, angles=angles),),
        operators=measured_operators(experiment, system),
        facts={"gates": len(circuit.gates), "angles": circuit.angles},
    )


def gates(experiment: Experiment, system: ParametricCircuit) -> int:
    """How many gates the circuit has, as far as that is known without parsing it."""
    return system.screened.gates


def compiled(
    system: ParametricCircuit, points: FloatArray, *, at: str
) -> tuple[Circuit, FloatArray]:
    """The circuit, and its angles at points of shape ``(P, C)``, shape ``(P, T)``.

    Args:
        at: JSON pointer of the program.

    Raises:
        ProgramRejected: Says what is wrong with the program, on which line, or at which point.
    """
    try:
        return expand(_parsed(system.qasm), system.columns(points), len(points))
    except QasmError as error:
        raise ProgramRejected(str(error), field=at) from None
    except NotFiniteError as error:
        raise ProgramRejected(str(error), field=f"/points/{error.row}") from None


def summary(system: ParametricCircuit, points: FloatArray) -> str:
    """What the program expands into, in words; parses it.

    Raises:
        ProgramRejected: As `compiled`.
    """
    circuit, _ = compiled(system, points, at="/qasm")
    return (
        f"it is a circuit of {len(circuit.gates)} gates on {circuit.qubits} qubits, "
        f"{circuit.two_qubit_gates} of them on two, with {circuit.angles} different angles"
    )


@lru_cache(maxsize=8)
def _parsed(program: str) -> Syntax:
    return parse(tokens(program))
