"""Clifford circuits as stabilizer tableaus, exactly or sampled: Gidney, Quantum 5, 497 (2021)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.expectation import Operators, words_of
from backends.methods.measured import measured_operators
from backends.schema import Cost, Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import stim_circuits
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.systems import ParametricCircuit, SpinLattice
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.state import Kicked

METHODS = ("kicked", "circuit")


class StimBackend(CircuitBackend):
    """Circuits whose angles are multiples of pi/2 at every point; others are refused."""

    name = "stim"
    title = "Stim (Clifford circuits)"
    packages = ("stim",)
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=1024,
        max_shots=100_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=programs.settings(*METHODS),
    )

    def warm(self) -> None:
        """Import Stim."""
        import_module("stim")

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading Stim.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        system = programs.validate(experiment, options)
        if isinstance(system, SpinLattice) and isinstance(system.state, Kicked):
            points = experiment.points
            angles = system.state.angles(system.columns(points), len(points))
            stim_circuits.check_angles(angles, np.arange(len(points)))

    def check_certain(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject also circuits whose angles would have to be multiples of pi/2.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        self.check(experiment, options)
        system = programs.validate(experiment, options)
        if isinstance(system, ParametricCircuit) and not system.screened.clifford:
            raise ProgramRejected(
                "the circuit is Clifford only if its angles are multiples of pi/2, which is seen "
                "when it runs; allowed: Clifford gates without angles",
                field="/system/qasm",
            )

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = programs.validate(experiment, options)
        qubits, shots = system.qubits, options.shots or 0
        words = len(words_of(measured_operators(experiment.rows(0, 1), system)[0]))
        tableau = 1e-6 * programs.gates(experiment, system) + 1e-8 * qubits**2
        reading = 6e-9 * shots * (qubits + words) if shots else 1.5e-5 * words
        return Cost(
            seconds=0.01 + (0.002 + tableau + reading) * len(experiment.points),
            memory_bytes=200_000_000 + 100 * shots * qubits,
        )

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        stim_circuits.check_angles(run.angles, run.part.rows)
        return [
            [
                _counted(
                    stim_circuits.measured(run.circuit, angles, basis, run.places),
                    run.shots,
                    np.random.SeedSequence((run.seed, row, group)),
                )
                for group, basis in enumerate(run.bases)
            ]
            for row, angles in enumerate(run.angles)
        ]

    def expectations(self, run: Run, operators: Operators) -> FloatArray:
        """Exact value of each row's observables, shape ``(R, O)``."""
        stim_circuits.check_angles(run.angles, run.part.rows)
        values = np.empty((len(operators), len(operators[0])))
        for row, (angles, wanted) in enumerate(zip(run.angles, operators, strict=True)):
            tableau = _tableau(stim_circuits.written(run.circuit, angles))
            means: dict[PauliWord, int] = {}
            for column, one in enumerate(wanted):
                values[row, column] = (
                    _mean(tableau, one, means)
                    if isinstance(one, PauliSum)
                    else _probability(tableau, one.bits, one.qubits)
                )
        return values


def _tableau(circuit: Any) -> Any:
    import stim

    simulator = stim.TableauSimulator()
    simulator.do(circuit)
    return simulator


def _mean(tableau: Any, operator: PauliSum, known: dict[PauliWord, int]) -> float:
    """Value of a sum; each word is 1, -1 or 0, and looked up once."""
    total = 0.0
    for word, coefficient in operator.terms.items():
        if word not in known:
            known[word] = tableau.peek_observable_expectation(
                stim_circuits.pauli(word, operator.qubits)
            )
        total += coefficient * known[word]
    return total


def _probability(tableau: Any, bits: int, qubits: int) -> float:
    """Probability of a basis state: a half for each qubit whose bit is still open."""
    rest, probability = tableau.copy(), 1.0
    for qubit in range(qubits):
        wanted = bool(bits >> qubit & 1)
        sign = rest.peek_z(qubit)
        if sign == 0:
            probability /= 2
            rest.postselect_z(qubit, desired_value=wanted)
        elif (sign < 0) != wanted:
            return 0.0
    return probability


def _counted(circuit: Any, shots: int, seed: np.random.SeedSequence) -> dict[str, int]:
    """Counts of bit strings, the first measured qubit rightmost."""
    sampler = circuit.compile_sampler(
        seed=int(seed.generate_state(1, np.uint64)[0] >> np.uint64(1))
    )
    packed = sampler.sample_bit_packed(shots)
    seen, times = np.unique(packed, axis=0, return_counts=True)
    width = circuit.num_measurements
    return {
        f"{int.from_bytes(row.tobytes(), 'little'):0{width}b}": int(count)
        for row, count in zip(seen, times, strict=True)
    }
