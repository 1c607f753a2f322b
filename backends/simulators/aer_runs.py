"""Each of Aer's simulations: how a part of a program is written for it, run, and read.

Nothing is transpiled: Aer runs our gates as they are, and compiling for it costs 100 times more
than running a small circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from backends.errors import ProgramRejected
from backends.methods.clifford import quarter_turns
from backends.methods.expectation import Operators, combine, damping, words_of
from backends.schema.experiment import FloatArray
from backends.simulators import aer_noise
from backends.simulators.circuit_backend import Run
from backends.simulators.circuits import measured, written
from backends.simulators.execution import Batch, Counts, run_batches, sample, saved
from backends.simulators.noise import Noise
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord
from backends.systems.projector import Projector

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator


@cache
def simulator(method: str, readout_error: float = 0.0, bond: int | None = None) -> AerSimulator:
    """One of Aer's simulators, single-threaded."""
    from qiskit_aer import AerSimulator

    options: dict[str, Any] = {}
    if readout_error:
        options["noise_model"] = aer_noise.readout(Noise(readout_error=readout_error))
    if bond is not None:
        options["matrix_product_state_max_bond_dimension"] = bond
    return AerSimulator(method=method, max_parallel_threads=1, **options)


def statevectors(run: Run) -> list[ComplexArray]:
    """State vector of each row, without noise."""
    engine = simulator("statevector")  # importing Aer gives circuits their save_… methods
    circuit = written(run.circuit)
    circuit.save_statevector()
    return [np.asarray(state) for state in saved(engine, Batch(circuit, run.angles), "statevector")]


def statevector_counts(run: Run) -> list[list[Counts]]:
    """Drawn from state vectors; from trajectories where there is noise in gates."""
    noise = Noise.of(run.settings)
    circuit = aer_noise.errors(run.circuit, noise) if noise.in_gates else written(run.circuit)
    return _sampled(run, circuit, simulator("statevector", noise.readout_error))


def product_state_counts(run: Run, rows: NDArray[np.int64], bond: int) -> list[list[Counts]]:
    """Drawn from matrix product states of a bond dimension, for some of the rows."""
    part = replace(run.part, rows=run.part.rows[rows], angles=run.angles[rows])
    engine = simulator("matrix_product_state", Noise.of(run.settings).readout_error, bond)
    return _sampled(replace(run, part=part), written(run.circuit), engine)


def product_state_values(
    run: Run, rows: NDArray[np.int64], operators: Operators, bond: int
) -> FloatArray:
    """Exact values in matrix product states of a bond dimension, shape ``(R, O)``."""
    engine = simulator("matrix_product_state", bond=bond)
    return _values(run, engine, [Batch(written(run.circuit), run.angles[rows])], operators)


def stabilizer_counts(run: Run) -> list[list[Counts]]:
    """Each row by itself, since its angles decide its gates."""
    engine = simulator("stabilizer", Noise.of(run.settings).readout_error)
    batches = [
        Batch(measured(written(circuit), basis), np.empty((1, 0)))
        for circuit in _clifford_rows(run)
        for basis in run.bases
    ]
    seen = [counts for (counts,) in sample(engine, batches, shots=run.shots, seed=run.seed)]
    groups = len(run.bases)
    return [seen[row * groups : (row + 1) * groups] for row in range(len(run.angles))]


def stabilizer_values(run: Run, operators: Operators) -> FloatArray:
    """Exact values, shape ``(R, O)``."""
    batches = [Batch(written(circuit), np.empty((1, 0))) for circuit in _clifford_rows(run)]
    return _values(run, simulator("stabilizer"), batches, operators)


def density_matrices(run: Run) -> list[ComplexArray]:
    """Density matrix of each row."""
    engine = simulator("density_matrix")
    circuit = aer_noise.superoperators(run.circuit, Noise.of(run.settings))
    circuit.save_density_matrix()
    found = saved(engine, Batch(circuit, run.angles), "density_matrix")
    return [np.asarray(density) for density in found]


def _sampled(run: Run, circuit: QuantumCircuit, engine: AerSimulator) -> list[list[Counts]]:
    batches = [Batch(measured(circuit, basis), run.angles) for basis in run.bases]
    by_group = sample(engine, batches, shots=run.shots, seed=run.seed)
    return [list(point) for point in zip(*by_group, strict=True)]


def _clifford_rows(run: Run) -> list[Any]:
    return [quarter_turns(run.circuit, angles) for angles in run.angles]


def _values(
    run: Run, engine: AerSimulator, batches: Sequence[Batch], operators: Operators
) -> FloatArray:
    """Values of observables by those of their words, which Aer computes without a state vector."""
    words = sorted({w for row in operators for w in words_of(row)}, key=lambda w: (w.x, w.z))
    strings = sorted({one.bits for row in operators for one in row if isinstance(one, Projector)})
    flip = Noise.of(run.settings).readout_error
    if strings and flip:
        raise ProgramRejected(
            f"exact probabilities with readout_error = {flip:g}; allowed: shots, or a state vector",
            field="/settings/readout_error",
        )
    factors = damping(words, flip)
    for batch in batches:
        _save(batch.circuit, words, run.circuit.qubits)
        for bits in strings:
            _save_probability(batch.circuit, bits)
    values = np.empty((len(operators), len(operators[0])))
    answers = run_batches(engine, batches)
    for row, wanted in enumerate(operators):
        answer = answers.data(row)
        means = np.array([answer[str(index)] for index in range(len(words))]) * factors
        values[row] = [
            combine(one, words, means)
            if isinstance(one, PauliSum)
            else float(answer[f"p{one.bits}"][0])
            for one in wanted
        ]
    return values


def _save(circuit: QuantumCircuit, words: Sequence[PauliWord], qubits: int) -> None:
    from qiskit.quantum_info import Pauli

    for index, word in enumerate(words):
        support = [qubit for qubit in range(qubits) if word.support >> qubit & 1] or [0]
        label = "".join(word.letter(qubit) for qubit in reversed(support))
        circuit.save_expectation_value(Pauli(label), support, label=str(index))


def _save_probability(circuit: QuantumCircuit, bits: int) -> None:
    """By turning the string into that of zeros: Aer's product states lose the order of others."""
    ones = [qubit for qubit in range(circuit.num_qubits) if bits >> qubit & 1]
    if ones:
        circuit.x(ones)
    circuit.save_amplitudes_squared([0], label=f"p{bits}")
    if ones:
        circuit.x(ones)
