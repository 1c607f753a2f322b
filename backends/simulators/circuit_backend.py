"""What every simulator of circuits shares: from an experiment to programs, and from runs to values.

Shapes use ``P`` for points, ``R`` for the points of one part, ``T`` for angles and ``O`` for
observables.
"""

from __future__ import annotations

import secrets
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np

from backends.base import Backend
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.circuit import Circuit
from backends.methods.expectation import Operators, expectations
from backends.methods.program import Part, Program
from backends.schema import Cost, Experiment, KnobLimit, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import cost
from backends.simulators.answer import Answer, PointCounts, combined, counted, kept
from backends.simulators.compiled import Compiled, as_written
from backends.simulators.noise import Noise
from backends.simulators.sampling import distributions
from backends.simulators.solving import solved
from backends.systems.pauli import ComplexArray, PauliWord


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One part of a program with what a simulator needs besides it.

    Attributes:
        part: Circuit, rows and angles.
        bases: Word that each measurement group measures.
        seed: Of this part alone.
        settings: Of the source.
        knobs: Each knob's value at each row of the part, shape ``(R,)``.
        places: Set for a circuit that is already compiled and runs as it is: which of its qubits
            each bit is read from. It has one basis, and no knob that changes circuits.
        decoupling: Sequence of pulses on waiting qubits, or empty.
    """

    part: Part
    bases: tuple[PauliWord, ...]
    shots: int
    seed: int
    settings: Mapping[str, Any]
    knobs: Mapping[str, FloatArray]
    places: tuple[int, ...] | None = None
    decoupling: str = ""

    @property
    def circuit(self) -> Circuit:
        return self.part.circuit

    @property
    def angles(self) -> FloatArray:
        return self.part.angles


class CircuitBackend(Backend):
    """A simulator of circuits. One implements `counts`, and `states` where it is exact.

    Attributes:
        has_idle_noise: Whether waiting qubits can have noise that decoupling undoes.
    """

    packages: ClassVar[tuple[str, ...]] = ()
    speed: ClassVar[cost.Speed] = cost.Speed()
    noisy_speed: ClassVar[cost.Speed] = cost.Speed()
    has_idle_noise: ClassVar[bool] = False

    @abstractmethod
    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        """Counts of each row and measurement group; bit strings have qubit 0 rightmost."""

    def counts_of(self, runs: Sequence[Run]) -> list[list[list[dict[str, int]]]]:
        """`counts` of several compiled runs, which a simulator may make faster together."""
        return [self.counts(run) for run in runs]

    def states(self, run: Run) -> Iterable[ComplexArray]:
        """State vector of each row, shape ``(2**n,)``."""
        raise NotImplementedError(f"{self.name} has no state vector")

    def expectations(self, run: Run, operators: Operators) -> FloatArray:
        """Exact value of each row's observables, noise included, shape ``(R, O)``.

        From `states` unless a simulator has another way, such as a density matrix.
        """
        return expectations(self.states(run), operators)

    def distributions(self, run: Run) -> Iterable[FloatArray]:
        """Probability of each outcome in Z of each row, noise included, shape ``(2**n,)``."""
        flip = Noise.of(run.settings).readout_error
        return distributions(self.states(run), run.circuit.qubits, flip)

    def truncation_errors(
        self, run: Run, operators: Operators, values: FloatArray | None
    ) -> FloatArray | None:
        """How far values move when the simulation's limit is doubled, shape ``(R, O)``.

        None where nothing is truncated. ``values`` are those of `expectations`, where known.
        """
        return None

    def compiled(
        self, circuit: Circuit, bases: tuple[PauliWord, ...], settings: Mapping[str, Any]
    ) -> Sequence[Compiled]:
        """The circuit measured in each basis, in the gates that are run, all on the same qubits."""
        return [as_written(circuit, basis) for basis in bases]

    def pulses(self, run: Run) -> int:
        """How many pulses decoupling inserts into a compiled run."""
        return 0

    def facts(self, program: Program, experiment: Experiment) -> dict[str, Any]:
        """Further keyword arguments of the provenance; ``details`` adds to the program's."""
        return {}

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        return programs.limits(method, settings)

    def warm(self) -> None:
        """Import what the methods use; a simulator adds its SDK."""
        PyscfBackend().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading an SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        system = programs.validate(experiment, options)
        self.check_size(getattr(system, "qubits", 0), experiment, options)

    def check_size(self, qubits: int, experiment: Experiment, options: RunOptions) -> None:
        """Reject a circuit with too many qubits; loads no SDK either.

        Raises:
            ProgramRejected: Names the number and the largest one that is allowed.
        """
        most = self.capabilities.max_qubits
        if most is not None and qubits > most:
            raise ProgramRejected(
                f"{qubits} qubits on {self.name}; allowed: at most {most}", field="/system"
            )

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = programs.validate(experiment, options)
        dense = Noise.of(experiment.settings).in_gates
        speed = self.noisy_speed if dense else self.speed
        return cost.estimate(experiment, options, system, speed, dense=dense)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        if options.shots is not None and options.seed is None:
            options = replace(options, seed=secrets.randbits(31))
        program = programs.prepare(experiment, options)
        states = (program, *program.excited)
        answers = [self._answer(one, experiment, options, k) for k, one in enumerate(states)]
        answer = combined(program, answers)
        return Result(
            values=answer.values,
            std_errors=answer.std_errors,
            mixed_values=program.mixed_values,
            options=options,
            provenance=self._provenance(program, experiment, started),
            raw=answer.raw,
            failures={**program.failures, **answer.failures},
            truncation_errors=answer.truncation_errors,
            blocks=answer.blocks,
        )

    def _answer(
        self, program: Program, experiment: Experiment, options: RunOptions, state: int
    ) -> Answer:
        """What one state gives; each state takes shots of its own."""
        own = replace(options, seed=_seed(options.seed or 0, state, "state"))
        runs = _runs(program, experiment, own)
        if program.solver:
            return self._solved(program, runs, experiment, own)
        if options.shots is not None:
            seen = self._sampled(runs, len(experiment.points))
            truncated = self._truncated(program, runs, None, experiment)
            return counted(program, experiment, seen, truncated)
        values = self._exact(program, runs, experiment)
        return Answer(
            values=values,
            std_errors=np.zeros(experiment.shape),
            raw=[dict(entry) for entry in program.raw],
            truncation_errors=self._truncated(program, runs, values, experiment),
        )

    def _solved(
        self, program: Program, runs: Sequence[Run], experiment: Experiment, options: RunOptions
    ) -> Answer:
        """What the program's solver makes of each point."""
        if options.shots is None:
            given: dict[int, Any] = {
                int(row): one
                for run in runs
                for row, one in zip(run.part.rows, self.distributions(run), strict=True)
            }
            raw = [dict(entry) for entry in program.raw]
        else:
            seen = self._sampled(runs, len(experiment.points))
            given = {row: counts[0] for row, counts in enumerate(seen) if counts}
            raw = [kept(program, experiment, row, counts) for row, counts in enumerate(seen)]
        return solved(program, given, raw, experiment.shape, options)

    def _exact(self, program: Program, runs: Sequence[Run], experiment: Experiment) -> FloatArray:
        values = np.full(experiment.shape, np.nan)
        for run in runs:
            values[run.part.rows] = self.expectations(run, _operators(program, run))
        return values

    def _truncated(
        self,
        program: Program,
        runs: Sequence[Run],
        exact: FloatArray | None,
        experiment: Experiment,
    ) -> FloatArray | None:
        found, truncates = np.full(experiment.shape, np.nan), False
        for run in runs:
            rows = run.part.rows
            known = None if exact is None else exact[rows]
            errors = self.truncation_errors(run, _operators(program, run), known)
            found[rows] = 0.0 if errors is None else errors
            truncates |= errors is not None
        return found if truncates else None

    def _sampled(self, runs: Sequence[Run], points: int) -> list[PointCounts]:
        seen: list[PointCounts] = [[] for _ in range(points)]
        for run in runs:
            if not run.bases:  # a constant needs no measurement
                continue
            for row, counts in zip(run.part.rows, self.counts(run), strict=True):
                seen[row] = counts
        return seen

    def _provenance(
        self, program: Program, experiment: Experiment, started: datetime
    ) -> Provenance:
        own = self.facts(program, experiment)
        chemistry = ("pyscf",) if experiment.system.get("kind") == "molecule" else ()
        names = (*self.packages, *chemistry, "numpy")
        return Provenance(
            backend=self.name,
            versions={package: version(package) for package in names},
            started_at=started,
            finished_at=datetime.now(UTC),
            details=program.details() | own.pop("details", {}),
            **own,
        )


def _runs(program: Program, experiment: Experiment, options: RunOptions) -> list[Run]:
    bases = tuple(group.basis for group in program.groups)
    return [
        Run(
            part=part,
            bases=bases,
            shots=options.shots or 0,
            seed=_seed(options.seed or 0, index),
            settings=experiment.settings,
            knobs={
                name: experiment.knob_values[part.rows, column]
                for column, name in enumerate(experiment.knobs)
            },
        )
        for index, part in enumerate(program.parts)
    ]


def _operators(program: Program, run: Run) -> Operators:
    return [program.operators[row] for row in run.part.rows]


def _seed(seed: int, index: int, of: str = "part") -> int:
    """A seed of its own for each part and for each state; the first keeps the run's."""
    path = (seed, index) if of == "part" else (seed, 0, index)
    return int(np.random.SeedSequence(path).generate_state(1)[0]) if index else seed
