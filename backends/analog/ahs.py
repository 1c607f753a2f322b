"""Analog Hamiltonian simulation on Amazon Braket's local simulator."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from backends.analog import emulator, limits
from backends.analog.answer import Answer, answer, integrated, mixed
from backends.analog.checks import array_of, check_measured
from backends.analog.cost import cost
from backends.analog.readout import SETTING
from backends.analog.settings import LIMITS, RADIUS, STEPS, Settings
from backends.base import Backend, Capabilities, Kind
from backends.methods.covariance import Covariance
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.systems import RydbergArray
from backends.systems.pauli import ComplexArray

MAX_QUBITS = 14


class BraketAhsBackend(Backend):
    """Braket's own integrator, with its convergence in the number of steps measured.

    ``shots=None`` gives the expectation of its final state; with shots, bit strings of all atoms
    are drawn from it, after the errors of the detection.
    """

    name = "braket-ahs"
    title = "Amazon Braket analog simulator"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=("ahs",),
        max_qubits=MAX_QUBITS,
        max_shots=1_000_000,
        exact=True,
        analog=True,
        settings=(
            (STEPS, None),
            (RADIUS, None),
            (LIMITS, (limits.AQUILA.name, "none")),
            (SETTING, None),
        ),
    )

    def warm(self) -> None:
        """Import the simulator's solvers, which start no thread as all of Braket would."""
        for module in emulator.MODULES:
            import_module(f"{emulator.PACKAGE}.{module}")
        import_module("braket.ahs")

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here or on the hardware, without loading Braket.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        _system(experiment, options)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        Settings.parse(settings)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = _system(experiment, options)
        return cost(system, experiment.points, Settings.parse(experiment.settings))

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        system = _system(experiment, options)
        if options.shots is not None and options.seed is None:
            options = replace(options, seed=secrets.randbits(31))
        settings = Settings.parse(experiment.settings)
        rows, failures = [], {}
        for row, states in enumerate(_states(system, experiment, settings)):
            if isinstance(states, str):
                failures[row] = states
                rows.append(Answer.missing(len(experiment.observables)))
            else:
                rows.append(answer(system, experiment, options, row, states))
        covariance = Covariance.of_points(np.array([row.covariance for row in rows]))
        errors = np.sqrt(covariance.variances)
        return Result(
            values=np.array([row.values for row in rows]),
            std_errors=errors,
            blocks=covariance.blocks(errors),
            mixed_values=mixed(system, experiment, settings.readout),
            truncation_errors=np.array([row.moved for row in rows]),
            failures=failures,
            options=options,
            raw=[{"counts": row.counts} for row in rows] if options.shots else [],
            provenance=Provenance(
                backend=self.name,
                versions={
                    name: version(name)
                    for name in ("amazon-braket-default-simulator", "numpy", "scipy")
                },
                started_at=started,
                finished_at=datetime.now(UTC),
                details=settings.facts(),
            ),
        )


def _states(
    system: RydbergArray, experiment: Experiment, settings: Settings
) -> Iterator[list[ComplexArray] | str]:
    """Final states of each point, or why there are none; a point like the last is not run again."""
    states: list[ComplexArray] | str = []
    for row, point in enumerate(experiment.points):
        if row == 0 or not np.array_equal(point, experiment.points[row - 1]):
            try:
                states = integrated(system, point, settings)
            except emulator.NotIntegrated as error:
                states = f"Braket's solver found no answer: {error}"
        yield states


def _system(experiment: Experiment, options: RunOptions) -> RydbergArray:
    system = array_of(experiment, options, name="braket-ahs", most_atoms=MAX_QUBITS)
    settings = Settings.parse(experiment.settings)
    if settings.limits != "none":
        limits.check(system, experiment.points, limits.AQUILA)
    if options.shots is not None or settings.readout:
        check_measured(experiment, system, otherwise=", or no shots and no readout error")
    return system
