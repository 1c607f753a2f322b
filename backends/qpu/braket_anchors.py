"""Anchors of a task on Amazon Braket: circuits of its program set behind those of its points.

A device states the size of a program set when a task is sent. Anchors that do not fit are left out,
the last first; how many were sent is told by the shots of the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backends.methods import programs
from backends.methods.program import Program
from backends.qpu import anchors, circuit_count
from backends.qpu.anchors import Anchors
from backends.qpu.braket_devices import device_of
from backends.qpu.braket_entries import entries, size
from backends.schema import Experiment, RunOptions
from backends.simulators.answer import counted


def circuits(experiment: Experiment, options: RunOptions) -> int:
    """Most circuits of the anchors; a device without program sets has none."""
    if not device_of(experiment.settings).sets:
        return 0
    system = programs.validate(experiment, options)
    return anchors.number(experiment) * circuit_count.circuits(experiment, system)


def riding(
    program: Program, experiment: Experiment, options: RunOptions, *, room: int
) -> Anchors | None:
    """Anchors that are sent with the points; None where there are none.

    Args:
        room: How many more circuits the task takes.
    """
    groups = len(program.groups)
    if not groups or not circuits(experiment, options):
        return None
    paid = circuit_count.circuits(experiment, programs.validate(experiment, options))
    paid *= len(experiment.points) + anchors.number(experiment)
    most = min(room, paid - size(entries(program))) // groups
    made = anchors.anchors(program, experiment, most)
    return made if made and len(made.program.groups) == groups else None


def sent(
    program: Program, experiment: Experiment, options: RunOptions, *, shots: int
) -> Anchors | None:
    """Those that a task of so many shots had; None for one of its points alone."""
    further = shots // (options.shots or 1) - size(entries(program))
    return riding(program, experiment, options, room=further) if further > 0 else None


def details(
    made: Anchors, seen: Sequence[Mapping[int, dict[str, int]]], failed: Mapping[int, str]
) -> dict[str, Any]:
    """For the provenance, from the counts of each anchor by measurement group.

    Args:
        failed: Why an anchor has none, by its place.
    """
    whole = replace(made.program, failures=failed)
    counts = [
        [] if row in failed else [by_group[index] for index in sorted(by_group)]
        for row, by_group in enumerate(seen)
    ]
    answer = counted(whole, made.experiment, counts)
    return made.details((answer.values, answer.std_errors), None)
