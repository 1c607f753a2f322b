"""Circuits on the gate devices of Amazon Braket, and on its simulators in the cloud.

Many points are one task where the device takes program sets; a simulator takes one circuit, and
without shots the expectations of all words of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from backends.base import Capabilities, Idempotency, Kind
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.program import Program
from backends.prices import price_table
from backends.qpu import (
    anchors,
    braket_anchors,
    braket_calibration,
    braket_exact,
    braket_results,
    circuit_count,
)
from backends.qpu.braket_device import CIRCUIT, SET, Live, calibrated_at, calibration_id
from backends.qpu.braket_devices import DEVICE, EXECUTABLES, GATE, VENDOR, Device, device_of
from backends.qpu.braket_entries import entries, size
from backends.qpu.braket_payload import Payload
from backends.qpu.braket_queue import RESERVATION, BraketQueue, Task, queue
from backends.qpu.braket_reservation import check_reservation
from backends.schema import Cost, Experiment, KnobLimit, Provenance, Result, RunOptions
from backends.simulators.answer import Answer, combined, counted, kept
from backends.simulators.solving import solved

METHODS = tuple(programs.METHODS)
LONGEST_S = 60.0
"""What is reserved for a task of a simulator, besides its gates."""


class BraketBackend(BraketQueue):
    """One task of a device, or of a simulator in the cloud."""

    name = "braket"
    title = "Amazon Braket"
    capabilities = Capabilities(
        kind=Kind.QPU,
        methods=METHODS,
        max_qubits=max(device.qubits for device in GATE.values()),
        max_shots=100_000,
        exact=True,
        paid=True,
        idempotency=Idempotency.TOKEN,
        queue=queue(EXECUTABLES),
        knobs=programs.knobs(*METHODS),
        settings=(
            (DEVICE, tuple(GATE)),
            (RESERVATION, None),
            circuit_count.SETTING,
            anchors.SETTING,
            *programs.settings(*METHODS),
        ),
    )
    known = tuple(GATE.values())

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        return programs.limits(method, settings)

    def device(self, settings: Mapping[str, Any]) -> Device:
        return device_of(settings)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run, without loading an SDK or an engine.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        system = programs.validate(experiment, options)
        device = device_of(experiment.settings)
        qubits = getattr(system, "qubits", 0)
        if qubits > device.qubits:
            raise ProgramRejected(
                f"{qubits} qubits on {device.name}; allowed: at most {device.qubits}",
                field="/system",
            )
        _check_shots(device, options, circuit_count.circuits(experiment, system))

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        check_reservation(settings.get(RESERVATION))

    def most_points(self, experiment: Experiment, options: RunOptions) -> int | None:
        """As many as fit into a program set with their anchors; a simulator takes one."""
        if not device_of(experiment.settings).sets:
            return 1
        circuits = EXECUTABLES // circuit_count.circuits(
            experiment, programs.validate(experiment, options)
        )
        return anchors.points_within(circuits, experiment.settings)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """An upper bound in money; no price is known where the table has none."""
        system = programs.validate(experiment, options)
        device, points = device_of(experiment.settings), len(experiment.points)
        per_point = circuit_count.circuits(experiment, system)
        tasks = -(-points // (self.most_points(experiment, options) or points))
        shots = (per_point * points + braket_anchors.circuits(experiment, options)) * (
            options.shots or 0
        )
        cloud_s = tasks * _simulated_s(experiment, system, options) if device.simulator else 0.0
        return Cost(
            money_micro_usd=device.price.most(tasks=tasks, shots=shots, seconds=cloud_s),
            seconds=1.0 + 2 * programs.seconds(experiment, system),
            memory_bytes=500_000_000,
            shots=shots,
            prices=price_table(VENDOR).version,
        )

    def warm(self) -> None:
        """Import what the methods use; Braket itself starts threads."""
        PyscfBackend().warm()

    def task(self, experiment: Experiment, options: RunOptions, live: Live) -> Task:
        program = programs.prepare(experiment, options)
        reserved = RESERVATION in experiment.settings
        able = live.action(CIRCUIT) or {}
        gates = frozenset(map(str.lower, able.get("supportedOperations") or ()))
        live.require_qubits(program.qubits)
        if options.shots is None:
            live.require(CIRCUIT, shots=None, reserved=reserved)
            action = braket_exact.openqasm(program, gates)
            return self._priced(action, 0, experiment, options)
        wanted = entries(program)
        _check_number(size(wanted), experiment, options)
        if size(wanted) == 1:
            live.require(CIRCUIT, shots=options.shots, reserved=reserved)
            action = wanted[0].openqasm(gates, bound=True)
            return self._priced(action, options.shots, experiment, options)
        live.require(SET, shots=options.shots, reserved=reserved)
        live.require_set(size(wanted), options.shots)
        room = live.room(options.shots) - size(wanted)
        made = braket_anchors.riding(program, experiment, options, room=room)
        wanted = entries(program, made.program) if made else wanted
        action = _set([entry.openqasm(gates, bound=False) for entry in wanted])
        return self._priced(action, options.shots * size(wanted), experiment, options)

    def read(self, payload: Payload, experiment: Experiment, options: RunOptions) -> Result:
        program = programs.prepare(experiment, options)
        said: dict[str, Any] = {}
        if options.shots is None:
            values = braket_exact.values(program, payload)
            answer = Answer(values, np.zeros(experiment.shape), [], None)
        else:
            program, answer, said = _sampled(payload, program, experiment, options)
        return Result(
            values=answer.values,
            std_errors=answer.std_errors,
            blocks=answer.blocks,
            mixed_values=program.mixed_values,
            options=options,
            provenance=self._provenance(payload, program, experiment, said),
            raw=answer.raw,
            failures={**program.failures, **answer.failures},
        )

    def _priced(self, action: Any, shots: int, experiment: Experiment, options: RunOptions) -> Task:
        most = self.estimate(experiment, options).money_micro_usd
        return Task(action=action, shots=shots, most_micro_usd=most)

    def _provenance(
        self, payload: Payload, program: Program, experiment: Experiment, said: dict[str, Any]
    ) -> Provenance:
        name = str(experiment.settings[DEVICE])
        return Provenance(
            backend=self.name,
            versions={
                package: version(package)
                for package in ("amazon-braket-sdk", "amazon-braket-schemas", "boto3", "numpy")
            },
            started_at=payload.moment("createdAt"),
            finished_at=payload.moment("endedAt"),
            calibration_id=calibration_id(name, payload.calibration),
            calibrated_at=calibrated_at(payload.calibration),
            calibration=braket_calibration.snapshot(name, payload.calibration),
            details=program.details()
            | {"device": name, "compiled": "by the service, whose layout is its own"}
            | said,
        )


def _set(written: list[Any]) -> Any:
    from braket.ir.openqasm import ProgramSet

    return ProgramSet(programs=written)


def _sampled(
    payload: Payload, program: Program, experiment: Experiment, options: RunOptions
) -> tuple[Program, Answer, dict[str, Any]]:
    """What was counted, for all states, and what the anchors say for the provenance.

    Points that the device could not run have failed.
    """
    wanted, shots, given = entries(program), options.shots or 0, payload.shots()
    made = braket_anchors.sent(program, experiment, options, shots=given)
    wanted = entries(program, made.program) if made else wanted
    if given != shots * size(wanted):
        raise ValueError(f"{given} shots for {size(wanted)} circuits of {shots}")
    every = (program, *program.excited, *((made.program,) if made else ()))
    found, failed = braket_results.seen(payload, every, wanted, shots)
    said = braket_anchors.details(made, found.pop(), failed.pop()) if made else {}
    failures = {**program.failures, **{row: why for own in failed for row, why in own.items()}}
    states = [replace(one, failures=failures, excited=()) for one in (program, *program.excited)]
    answers = []
    for state, one in enumerate(states):
        seen = [
            [] if row in failures else [by_group[index] for index in sorted(by_group)]
            for row, by_group in enumerate(found[state])
        ]
        if one.solver:
            raw = [kept(one, experiment, row, counts) for row, counts in enumerate(seen)]
            given_counts = {row: counts[0] for row, counts in enumerate(seen) if counts}
            answers.append(solved(one, given_counts, raw, experiment.shape, options))
        else:
            answers.append(counted(one, experiment, seen))
    whole = replace(program, failures=failures)
    return whole, combined(whole, answers), said


def _check_shots(device: Device, options: RunOptions, circuits: int) -> None:
    if options.shots is None and not device.simulator:
        raise ProgramRejected(f"{device.name} needs shots; allowed: 1 to 100000", field="/shots")
    if options.shots is not None and not device.sets and circuits > 1:
        raise ProgramRejected(
            f"a point takes {circuits} circuits, and a task of {device.name} is one; allowed: "
            "observables that are measured together, no shots, or a device with program sets",
            field="/shots",
        )


def _check_number(wanted: int, experiment: Experiment, options: RunOptions) -> None:
    """Keep the bound that the budget was reserved for."""
    most = circuit_count.circuits(experiment, programs.validate(experiment, options))
    most *= len(experiment.points)
    if wanted == 0:
        raise ProgramRejected("there is nothing to measure at any point", field="/observables")
    if wanted > most:
        raise ProgramRejected(
            f"the points take {wanted} circuits, and {most} are paid for; allowed: a setting "
            f"{circuit_count.CIRCUITS} of {-(-wanted // len(experiment.points))} or more",
            field=f"/settings/{circuit_count.CIRCUITS}",
        )


def _simulated_s(experiment: Experiment, system: Any, options: RunOptions) -> float:
    """Seconds that are reserved for one task of a simulator: far more than it should take."""
    dense = experiment.settings[DEVICE] == "amazon/dm1"
    qubits = getattr(system, "qubits", 10)
    entries_of = 2.0 ** (2 * qubits if dense else qubits)
    gates = programs.gates(experiment, system)
    return LONGEST_S + 10 * gates * (1e-3 + 5e-9 * entries_of) + 1e-3 * (options.shots or 0)
