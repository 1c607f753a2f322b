"""Numbers from the results of a job, in the order in which its circuits were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from backends.methods import programs
from backends.methods.program import Program
from backends.qpu import google_bits, google_calibration
from backends.qpu.braket_entries import Entry, entries, size
from backends.qpu.google_payload import Payload
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
    runs = google_bits.runs(payload.result)
    answer = _answer(runs, program, experiment, options)
    return Result(
        values=answer.values,
        std_errors=answer.std_errors,
        blocks=answer.blocks,
        mixed_values=program.mixed_values,
        options=options,
        provenance=_provenance(payload, program, runs, backend),
        raw=answer.raw,
        failures={**program.failures, **answer.failures},
    )


def _answer(
    runs: Sequence[Any], program: Program, experiment: Experiment, options: RunOptions
) -> Answer:
    states = (program, *program.excited)
    found = _seen(runs, states, entries(program), options.shots or 0)
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


def _seen(
    runs: Sequence[Any], states: tuple[Program, ...], wanted: list[Entry], shots: int
) -> Seen:
    if len(runs) != size(wanted):
        raise ValueError(f"results of {len(runs)} circuits instead of {size(wanted)}")
    found: Seen = [[{} for _ in one.operators] for one in states]
    given = iter(runs)
    for entry in wanted:
        for row in entry.rows.tolist():
            found[entry.state][row][entry.group] = google_bits.counts(
                next(given), qubits=entry.circuit.qubits, shots=shots
            )
    return found


def _provenance(
    payload: Payload, program: Program, runs: Sequence[Any], backend: str
) -> Provenance:
    processor, at = payload.processor, google_calibration.calibrated_at(payload.calibration)
    return Provenance(
        backend=backend,
        versions={package: version(package) for package in PACKAGES},
        started_at=payload.moment("created_at"),
        finished_at=payload.moment("updated_at"),
        remote_id=str(payload.job.get("name", "")),
        calibration_id=google_calibration.identifier(processor, at),
        calibrated_at=at,
        calibration=google_calibration.snapshot(processor, payload.calibration),
        details=program.details()
        | {"device": processor, "sent": "one job, angles as sweeps"}
        | _places(runs),
    )


def _places(runs: Sequence[Any]) -> dict[str, list[int]]:
    """The qubits of the device, where all circuits ran on the same."""
    named = {tuple(google_bits.places(run)) for run in runs}
    try:
        (names,) = named
        return {"qubits_used": [google_calibration.number(name) for name in names]}
    except ValueError:
        return {}
