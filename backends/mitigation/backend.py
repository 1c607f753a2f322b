"""A circuit simulator behind mitigation techniques: a backend like any other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from backends import systems
from backends.base import Backend, Capabilities
from backends.errors import ProgramRejected, UnknownBackend
from backends.methods import programs
from backends.methods.program import Program
from backends.mitigation import stack
from backends.mitigation.anchors import SETTING, anchors, reports
from backends.mitigation.damping import summary
from backends.mitigation.folding import Fold
from backends.mitigation.measurement import Measurement
from backends.mitigation.projection import expanded
from backends.mitigation.table import Table
from backends.mitigation.task import Estimator, Task
from backends.mitigation.technique import Technique, Wrapped
from backends.schema import Cost, Experiment, KnobLimit, Provenance, Result, RunOptions
from backends.simulators.answer import combined
from backends.simulators.circuit_backend import CircuitBackend
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

NOISE_GAIN = "noise_gain"
# Of a point with its groups in a large batch, and what it costs of a point on its own.
CIRCUIT_S, SHOT_S, BATCHED = 0.002, 5e-6, 0.05


class MitigatedBackend(Backend):
    """Techniques around a simulator, made from a name such as ``zne+fake-ibm``.

    Raises:
        UnknownBackend: A technique is unknown or out of order, or the inner backend runs no
            circuits.
    """

    def __init__(self, name: str = "zne+fake-ibm") -> None:
        from backends import registry

        self.techniques, inner = stack.split(name)
        backend = registry.get(inner)
        if not isinstance(backend, CircuitBackend):
            raise UnknownBackend(f"{inner} in {name[:80]!r} runs no circuits that can be mitigated")
        for one in self.techniques:
            if one.needs_idle_noise and not backend.has_idle_noise:
                raise UnknownBackend(
                    f"{one.name} in {name[:80]!r} works on noise of waiting qubits, which {inner} "
                    "does not have; allowed: fake-ibm"
                )
        self.name = name
        self.inner = backend
        self.title = f"{backend.title} with " + ", ".join(one.title for one in self.techniques)
        self.capabilities = _capabilities(backend.capabilities, self.techniques)

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        """Those of the inner backend, without a gain that a technique takes for itself."""
        taken = {knob for knob, _, _ in self.capabilities.knobs}
        found = self.inner.limits(method, self._inner_settings(settings))
        return tuple(limit for limit in found if limit.name in taken)

    def warm(self) -> None:
        self.inner.warm()

    def prepare(self, settings: Mapping[str, Any]) -> None:
        self.inner.prepare(self._inner_settings(settings))

    def wishes(self) -> list[Any]:
        return self.inner.wishes()

    def fulfil(self, wish: Any) -> Any:
        return self.inner.fulfil(wish)

    def learn(self, wish: Any, answer: Any) -> None:
        self.inner.learn(wish, answer)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """The inner cost, and that of the further circuits, which run in batches."""
        bare = self._bare(experiment)
        twice = replace(
            bare,
            points=np.tile(bare.points, (2, 1)),
            knob_values=np.tile(bare.knob_values, (2, 1)),
        )
        cost, points = self.inner.estimate(bare, options), max(1, len(experiment.points))
        alone = (self.inner.estimate(twice, options).seconds - cost.seconds) / points
        settings = experiment.settings
        circuits = float(np.prod([one.circuits(settings) for one in self.techniques]))
        shots = float(np.prod([one.shots(settings) for one in self.techniques]))
        each = circuits * max(CIRCUIT_S, BATCHED * alone) + shots * SHOT_S * (options.shots or 0)
        beside = 4 if settings.get(SETTING, True) else 0
        return replace(cost, seconds=cost.seconds + each * (points + beside))

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Refuse what can never run here, without loading an SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        self.inner.check(self._bare(experiment), options)
        least = self._estimator().least_shots(experiment.settings)
        if options.shots is not None and options.shots < least:
            raise ProgramRejected(
                f"shots = {options.shots} is too few for {self.name}; allowed: {least} or more",
                field="/shots",
            )

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        for technique in self.techniques:
            technique.check(settings)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        if options.shots is not None and options.seed is None:
            options = replace(options, seed=secrets.randbits(31))
        program = expanded(programs.prepare(self._bare(experiment), options))
        answers = [
            self._answer(one, experiment, replace(options, seed=_seed(options, index)))
            for index, one in enumerate((program, *program.excited))
        ]
        checked = [report for table in answers for report in table.anchors]
        answer = combined(program, [table.answer(program) for table in answers])
        failures = {**program.failures}
        for table in answers:
            failures.update(table.failures)
        values, errors = answer.values.copy(), answer.std_errors.copy()
        values[list(failures)] = errors[list(failures)] = np.nan
        return Result(
            values=values,
            std_errors=errors,
            mixed_values=program.mixed_values,
            options=options,
            provenance=self._provenance(program, experiment, started, checked),
            raw=answer.raw,
            failures=failures,
            truncation_errors=answer.truncation_errors,
            blocks=answer._replace(std_errors=errors).blocks,
        )

    def _answer(self, program: Program, experiment: Experiment, options: RunOptions) -> Table:
        """What one state gives; each state takes shots of its own."""
        table = Table(program, experiment)
        tasks, rows = _tasks(program, experiment, options)
        for technique in self.techniques:
            technique.check_tasks(tasks, Measurement(self.inner))
        found = self._estimator().answers(tasks)
        for task, members, one in zip(tasks, rows, found, strict=True):
            table.take(members, one)
            table.cut(members, Measurement(self.inner).truncation_errors(task))
        if experiment.settings.get(SETTING, True):
            mirrors = all(one.mirrors for one in self.techniques)
            chosen = [one for task in tasks for one in anchors(task, mirrors=mirrors)]
            table.anchors = reports(chosen, Measurement(self.inner), self._estimator())
        return table

    def _estimator(self) -> Estimator:
        estimator: Estimator = Measurement(self.inner)
        for technique in reversed(self.techniques):
            estimator = Wrapped(technique, estimator)
        return estimator

    def _bare(self, experiment: Experiment) -> Experiment:
        return replace(experiment, settings=self._inner_settings(experiment.settings))

    def _inner_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        own = {SETTING} | {name for one in self.techniques for name, _ in one.own}
        return {name: value for name, value in settings.items() if name not in own}

    def _provenance(
        self,
        program: Program,
        experiment: Experiment,
        started: datetime,
        checked: list[dict[str, Any]],
    ) -> Provenance:
        facts = self.inner.facts(program, self._bare(experiment))
        names = (*self.inner.packages, "pyscf", "numpy")
        mine = {
            "mitigation": [one.name for one in self.techniques],
            "anchors": checked,
            "verdicts": summary(experiment.observables, checked)["verdicts"],
            "shots_are": "per point and measurement group, all circuits of a technique together; "
            "calibration and training come on top",
        }
        return Provenance(
            backend=self.name,
            versions={package: version(package) for package in names},
            started_at=started,
            finished_at=datetime.now(UTC),
            details=program.details() | facts.pop("details", {}) | mine,
            **facts,
        )


def _seed(options: RunOptions, state: int) -> int:
    return int(np.random.SeedSequence((options.seed or 0, state)).generate_state(1)[0])


def _tasks(
    program: Program, experiment: Experiment, options: RunOptions
) -> tuple[list[Task], list[list[int]]]:
    """One task for each circuit structure and noise gain, and the rows of each."""
    tasks: list[Task] = []
    members: list[list[int]] = []
    gains = np.ones(len(experiment.points))
    if NOISE_GAIN in experiment.knobs:
        gains = experiment.knob_values[:, experiment.knobs.index(NOISE_GAIN)]
    for part in program.parts:
        for gain in np.unique(gains[part.rows]):
            chosen = np.flatnonzero(gains[part.rows] == gain)
            rows = [int(row) for row in part.rows[chosen]]
            task = Task(
                circuit=part.circuit,
                angles=part.angles[chosen],
                groups=program.groups,
                operators=[_sums(program.operators[row]) for row in rows],
                shots=options.shots,
                seed=options.seed or 0,
                settings=experiment.settings,
                knobs={
                    name: experiment.knob_values[rows, column]
                    for column, name in enumerate(experiment.knobs)
                    if name != NOISE_GAIN
                },
                sector=getattr(systems.load(experiment.system), "sector", ()),
                passes=() if gain == 1 else (Fold(float(gain)),),
            )
            tasks.append(task.seeded(len(tasks)))
            members.append(rows)
    return tasks, members


def _sums(operators: Sequence[Measurable]) -> list[PauliSum]:
    return [one for one in operators if isinstance(one, PauliSum)]


def _capabilities(inner: Capabilities, techniques: tuple[Technique, ...]) -> Capabilities:
    takes_gain = any(one.uses_gain for one in techniques)
    return replace(
        inner,
        methods=tuple(name for name in inner.methods if name not in programs.SOLVED),
        exact=inner.exact and all(one.exact for one in techniques),
        knobs=tuple(knob for knob in inner.knobs if not (takes_gain and knob[0] == NOISE_GAIN)),
        settings=(
            *inner.settings,
            *(setting for one in techniques for setting in one.own),
            (SETTING, (True, False)),
        ),
    )
