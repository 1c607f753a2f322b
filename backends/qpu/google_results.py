"""Numbers from the results of a job, in the order in which its circuits were sent."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from backends.methods import programs
from backends.methods.program import Program
from backends.qpu.braket_entries import Entry, entries, size
from backends.qpu.google_payload import Payload, counts
from backends.schema import Experiment, Provenance, Result, RunOptions
from backends.simulators.answer import Answer, PointCounts, combined, counted, kept
from backends.simulators.solving import solved

PACKAGES = ("cirq-core", "cirq-google", "numpy")
Seen = list[list[dict[int, dict[str, int]]]]
"""Counts by measurement group, of each point of each state."""


def read(payload: Payload, experiment: Experiment, options: RunOptions, backend: str) -> Result:
    """The result of an experiment.

    Raises:
        ValueError: The payload is not what was asked for.
    """
    program = programs.prepare(experiment, options)
    answer = _answer(payload, program, experiment, options)
    return Result(
        values=answer.values,
        std_errors=answer.std_errors,
        blocks=answer.blocks,
        mixed_values=program.mixed_values,
        options=options,
        provenance=_provenance(payload, program, backend),
        raw=answer.raw,
        failures={**program.failures, **answer.failures},
    )


def _answer(
    payload: Payload, program: Program, experiment: Experiment, options: RunOptions
) -> Answer:
    states = (program, *program.excited)
    found = _seen(payload, states, entries(program), options.shots or 0)
    answers = []
    for one, points in zip(states, found, strict=True):
        seen: list[PointCounts] = [
            [] if row in program.failures else [by_group[index] for index in sorted(by_group)]
            for row, by_group in enumerate(points)
        ]
        state = replace(one, failures=program.failures, excited=())
        if one.solver:
            raw = [kept(state, experiment, row, given) for row, given in enumerate(seen)]
            given = {row: given[0] for row, given in enumerate(seen) if given}
            answers.append(solved(state, given, raw, experiment.shape, options))
        else:
            answers.append(counted(state, experiment, seen))
    return combined(program, answers)


def _seen(payload: Payload, states: tuple[Program, ...], wanted: list[Entry], shots: int) -> Seen:
    if len(payload.results) != size(wanted):
        raise ValueError(f"results of {len(payload.results)} circuits instead of {size(wanted)}")
    found: Seen = [[{} for _ in one.operators] for one in states]
    given = iter(payload.results)
    for entry in wanted:
        for row in entry.rows.tolist():
            found[entry.state][row][entry.group] = counts(
                next(given), qubits=entry.circuit.qubits, shots=shots
            )
    return found


def _provenance(payload: Payload, program: Program, backend: str) -> Provenance:
    processor, at = str(payload.job.get("processor", "")), payload.calibrated_at
    return Provenance(
        backend=backend,
        versions={package: version(package) for package in PACKAGES},
        started_at=payload.moment("created_at"),
        finished_at=payload.moment("updated_at"),
        remote_id=str(payload.job.get("name", "")),
        calibration_id=f"{processor}@{at:%Y%m%dT%H%M%S}" if at else "",
        calibrated_at=at,
        details=program.details() | {"device": processor, "sent": "one job, angles as sweeps"},
    )
