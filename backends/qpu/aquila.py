"""Analog Hamiltonian simulation on QuEra's Aquila, through Amazon Braket.

A task is one point. A shot in which an atom was missing before the evolution says nothing of the
array that was asked for, and is dropped (Wurtz et al., arXiv:2306.11727); an atom that is lost on
the way reads as one in the Rydberg state, which is a bias of the device.

Shapes use ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import numpy as np

from backends.analog import limits
from backends.analog.answer import measured
from backends.analog.checks import MIN_SHOTS, array_of, check_measured
from backends.base import Capabilities, Idempotency, Kind
from backends.errors import ProgramRejected
from backends.methods.covariance import Covariance
from backends.prices import price_table
from backends.qpu import aquila_limits, braket_calibration
from backends.qpu.aquila_shots import Shots
from backends.qpu.braket_device import ANALOG, Live, calibrated_at, calibration_id
from backends.qpu.braket_devices import AQUILA, VENDOR, Device
from backends.qpu.braket_payload import RESULT, Payload
from backends.qpu.braket_queue import RESERVATION, BraketQueue, Task, queue
from backends.qpu.braket_reservation import check_reservation
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.systems import RydbergArray

MAX_SHOTS = 1000


class AquilaBackend(BraketQueue):
    """Arrays of neutral atoms under a global drive."""

    name = "aquila"
    title = "QuEra Aquila on Amazon Braket"
    capabilities = Capabilities(
        kind=Kind.QPU,
        methods=("ahs",),
        max_qubits=AQUILA.qubits,
        max_shots=MAX_SHOTS,
        analog=True,
        paid=True,
        idempotency=Idempotency.TOKEN,
        queue=queue(max_points=1),
        settings=((RESERVATION, None),),
    )
    known = (AQUILA,)

    def device(self, settings: Mapping[str, Any]) -> Device:
        return AQUILA

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what the machine does not accept, without loading Braket.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        _system(experiment, options)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        check_reservation(settings.get(RESERVATION))

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """An upper bound in money."""
        points = len(experiment.points)
        shots = points * (options.shots or 0)
        return Cost(
            money_micro_usd=AQUILA.price.most(tasks=points, shots=shots),
            seconds=1.0,
            memory_bytes=400_000_000,
            shots=shots,
            prices=price_table(VENDOR).version,
        )

    def task(self, experiment: Experiment, options: RunOptions, live: Live) -> Task:
        if len(experiment.points) != 1:
            raise ProgramRejected(
                f"{len(experiment.points)} points in a task; allowed: 1", field="/points"
            )
        live.require(ANALOG, shots=options.shots, reserved=RESERVATION in experiment.settings)
        system = _system(experiment, options)
        limits.check(system, experiment.points, aquila_limits.of(live.capabilities))
        return Task(
            action=_written(system, experiment, live),
            shots=options.shots or 0,
            most_micro_usd=self.estimate(experiment, options).money_micro_usd,
        )

    def read(self, payload: Payload, experiment: Experiment, options: RunOptions) -> Result:
        system = _system(experiment, options)
        shots = Shots.read(payload.document(RESULT), atoms=system.qubits, shots=options.shots or 0)
        operators = system.measurables(experiment.points)[0]
        wanted = [operators[name] for name in experiment.observables]
        values, own = np.full(len(wanted), np.nan), np.full((len(wanted), len(wanted)), np.nan)
        failures = {}
        if shots.kept < MIN_SHOTS:
            failures[0] = (
                f"{shots.kept} of {options.shots} shots had all atoms in place; needed: {MIN_SHOTS}"
            )
        else:
            values, own = measured(wanted, shots.counts, system.qubits)
        covariance = Covariance.of_points(own[None])
        errors = np.sqrt(covariance.variances)
        return Result(
            values=values[None],
            std_errors=errors,
            blocks=covariance.blocks(errors),
            mixed_values=np.array([[one.mixed_value for one in wanted]]),
            options=options,
            failures=failures,
            raw=[shots.to_dict()],
            provenance=self._provenance(payload),
        )

    def _provenance(self, payload: Payload) -> Provenance:
        return Provenance(
            backend=self.name,
            versions={
                name: version(name)
                for name in ("amazon-braket-sdk", "amazon-braket-schemas", "boto3", "numpy")
            },
            started_at=payload.moment("createdAt"),
            finished_at=payload.moment("endedAt"),
            calibration_id=calibration_id(AQUILA.name, payload.calibration),
            calibrated_at=calibrated_at(payload.calibration),
            calibration=braket_calibration.snapshot(AQUILA.name, payload.calibration),
            details={
                "device": AQUILA.name,
                "shots_are": "per point; those with a missing atom are dropped",
            },
        )


def _system(experiment: Experiment, options: RunOptions) -> RydbergArray:
    system = array_of(experiment, options, name="aquila", most_atoms=AQUILA.qubits)
    limits.check(system, experiment.points, aquila_limits.PUBLISHED)
    check_measured(experiment, system, otherwise="")
    return system


def _written(system: RydbergArray, experiment: Experiment, live: Live) -> Any:
    """The SDK's program, with values on the device's grids."""
    from braket.device_schema import DeviceActionType
    from braket.device_schema.quera.quera_ahs_paradigm_properties_v1 import Lattice, Rydberg

    from backends.analog.program import program

    said = live.capabilities["paradigm"]
    machine = SimpleNamespace(
        paradigm=SimpleNamespace(
            lattice=Lattice.parse_obj(said["lattice"]), rydberg=Rydberg.parse_obj(said["rydberg"])
        ),
        action={DeviceActionType.AHS: SimpleNamespace(actionType=DeviceActionType.AHS)},
    )
    written = program(system, experiment.points[0])
    return written.discretize(SimpleNamespace(properties=machine))
