"""What a system is on qubits, written out at one point, for somebody who is about to describe it.

A molecule's Hamiltonian needs integrals and a circuit a parser, so that neither is written out in a
process that serves users: this runs in the sandbox, as a backend that nobody can name as a source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import numpy as np

from backends import systems
from backends.base import Backend, Capabilities, Kind
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods.problem import problem
from backends.qasm.expand import expand
from backends.qasm.outline import outline
from backends.qasm.parser import parse
from backends.qasm.tape import NotFiniteError
from backends.qasm.tokens import QasmError, tokens
from backends.schema import Experiment, Provenance, Result, RunOptions
from backends.systems import Molecule, ParametricCircuit, QubitSystem, System
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN

MOST_ORBITALS = 12
"""Active orbitals of a molecule whose words are written out: 24 qubits, some 10 000 words."""
MOST_BASIS = 120
"""Orbitals of the basis of such a molecule."""
MOST_TERMS = 60
"""Terms that are told, the largest first."""
MOST_GATES = 5_000
"""Gates of a circuit that are told, the first ones."""
METHOD, TERMS = "preview", "terms"
TARGET = "backends.methods.preview:Preview"


class Preview(Backend):
    """Answers with one value, the number of terms or gates, and with what is told as raw data."""

    name = "preview"
    capabilities = Capabilities(kind=Kind.CLASSICAL, methods=(METHOD,), exact=True)

    def warm(self) -> None:
        """Import PySCF, if it is there."""
        with suppress(ImportError):
            PyscfBackend().warm()

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        began = datetime.now(UTC)
        told = written_out(systems.load(experiment.system))
        count = float(told.get("count", told.get("gates", 0)))
        return Result(
            values=np.array([[count]]),
            std_errors=np.zeros((1, 1)),
            options=options,
            provenance=Provenance(
                backend=self.name, versions={}, started_at=began, finished_at=datetime.now(UTC)
            ),
            raw=[told],
        )


def middle_of(system: System) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The point in the middle of the controls' ranges, shape ``(1, C)``."""
    return np.array([[(control.lower + control.upper) / 2 for control in system.controls]])


def needs_engine(system: System) -> bool:
    """Whether `written_out` takes more than arithmetic."""
    return isinstance(system, Molecule | ParametricCircuit)


def written_out(system: System) -> dict[str, Any]:
    """The Hamiltonian at the middle of the ranges, or the gates of a circuit; JSON values.

    ``qubits``, and ``terms`` as pairs of a word and its coefficient, the largest first, with the
    ``count`` of all, whether a ``constant`` is among them, and the sum of the magnitudes of the
    others, ``norm``; of a circuit ``gates``, ``depth``, the gates ``by_name``, and as they are
    ``written`` in the program (`backends.qasm.outline`).

    Raises:
        ProgramRejected: It cannot be written out, at this point or at all.
    """
    point = middle_of(system)
    system.check_points(point)
    if isinstance(system, ParametricCircuit):
        return _circuit(system, point)
    if isinstance(system, Molecule):
        return _molecule(system, point)
    assert isinstance(system, QubitSystem)
    return _terms(system.operators(point)[0][HAMILTONIAN])


def _molecule(system: Molecule, point: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    if system.space.orbitals > MOST_ORBITALS or system.orbitals > MOST_BASIS:
        raise ProgramRejected(
            f"{system.space.orbitals} active orbitals of {system.orbitals} are not written out; "
            f"allowed: at most {MOST_ORBITALS} of {MOST_BASIS}",
            field="/active_space",
        )
    found = problem(system, point)
    if found.failures:
        raise ProgramRejected(f"at the middle of the ranges: {found.failures[0]}", field="")
    return _terms(found.operators[0]["energy"])


def _terms(energy: PauliSum) -> dict[str, Any]:
    pairs = sorted(energy.terms.items(), key=lambda pair: -abs(pair[1]))
    norm = sum(abs(value) for word, value in pairs if word.support)
    told = [[_spelt(word.x, word.z, energy.qubits), value] for word, value in pairs[:MOST_TERMS]]
    return {
        "qubits": energy.qubits,
        "count": len(pairs),
        "constant": any(not word.support for word, _ in pairs),
        "norm": norm,
        TERMS: told,
    }


def _spelt(x: int, z: int, qubits: int) -> str:
    """A word by its letters that are not the identity: ``X0 Z3``; ``1`` for the identity."""
    letters = [
        ("IXZY"[(x >> qubit & 1) + 2 * (z >> qubit & 1)], qubit)
        for qubit in range(qubits)
        if (x | z) >> qubit & 1
    ]
    return " ".join(f"{letter}{qubit}" for letter, qubit in letters) or "1"


def _circuit(
    system: ParametricCircuit, point: np.ndarray[Any, np.dtype[np.float64]]
) -> dict[str, Any]:
    columns: Mapping[str, Any] = system.columns(point)
    try:
        inputs = {name: columns[name] for name in system.screened.inputs}
        syntax = parse(tokens(system.qasm))
        circuit, _ = expand(syntax, inputs, len(point))
        written = outline(syntax, inputs, most=MOST_GATES)
    except (QasmError, NotFiniteError) as error:
        raise ProgramRejected(str(error), field="/qasm") from None
    ends = [0] * circuit.qubits
    for gate in circuit.gates:
        end = 1 + max(ends[qubit] for qubit in gate.qubits)
        for qubit in gate.qubits:
            ends[qubit] = end
    names = Counter(gate.name for gate in circuit.gates)
    return {
        "qubits": circuit.qubits,
        "gates": len(circuit.gates),
        "depth": max(ends),
        "by_name": [[name, count] for name, count in names.most_common()],
        "written": written,
    }
