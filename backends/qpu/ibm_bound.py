"""The most that an experiment may take of an IBM computer; IBM is told to stop there.

A group of words at a point takes ``shots`` runs of a circuit, each at most `SHOT_S`, with a wait of
250 us between them; a job takes at most `JOB_S` besides. Both are guesses from IBM's documentation,
on the high side: what is really used is settled.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from backends.methods import programs
from backends.methods.grouping import all_z, group
from backends.methods.variational.vqe import wanted_levels
from backends.prices import price_table
from backends.qpu.ibm_settings import ESTIMATOR, LONGEST_S, SESSION, IbmSettings
from backends.qpu.ibm_share import gains_of
from backends.schema import Cost, Experiment, RunOptions
from backends.systems import QubitSystem
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN

JOB_S, SHOT_S = 10.0, 0.0006
MOST_POINTS = 300
"""Of one job."""
UNKNOWN_GROUPS = 64
"""Allowed where the words are known only to a solver of molecules."""
PLAN = "pay-as-you-go"
TWIRLS, TWIRL_SHOTS = 32, 64
"""The client twirls with as many shots as 32 randomisations of at least 64 need."""


class Bound(NamedTuple):
    """Of one job."""

    shots: int
    qpu_s: int


def cost(experiment: Experiment, options: RunOptions) -> Cost:
    """Of all jobs of an experiment."""
    rows = range(0, len(experiment.points), MOST_POINTS)
    parts = [bound(experiment.rows(row, row + MOST_POINTS), options) for row in rows]
    seconds, table = sum(part.qpu_s for part in parts), price_table("ibm")
    return Cost(
        money_micro_usd=table.price(PLAN).most(tasks=len(parts), shots=0, seconds=seconds),
        seconds=float(seconds),
        qpu_seconds=float(seconds),
        shots=sum(part.shots for part in parts),
        prices=table.version,
    )


def bound(experiment: Experiment, options: RunOptions) -> Bound:
    """Of the one job of at most `MOST_POINTS` points."""
    own = IbmSettings.of(experiment.settings)
    settings_at_a_point = groups(experiment, own) * _states(experiment)
    configurations = len(experiment.points) * settings_at_a_point
    if own.primitive == ESTIMATOR:
        configurations = (configurations + 1) * _factors(experiment, own)
    shots = configurations * shots_of(options.shots or 0, own)
    seconds = math.ceil(JOB_S + SHOT_S * shots)
    if own.most_qpu_s is not None:
        seconds = own.most_qpu_s
    if own.mode == SESSION:
        seconds = max(seconds, own.session_s)
    return Bound(shots, min(seconds, LONGEST_S))


def shots_of(shots: int, own: IbmSettings) -> int:
    """Shots of one circuit: randomisations have equal numbers of them."""
    if not own.twirled and not own.resilience_level:
        return shots
    each = max(TWIRL_SHOTS, math.ceil(shots / TWIRLS))
    return math.ceil(shots / each) * each


def groups(experiment: Experiment, own: IbmSettings) -> int:
    """Most measurement groups of a point."""
    if own.most_groups is not None:
        return own.most_groups
    system = programs.validate(experiment, RunOptions(shots=programs.MIN_SHOTS))
    qubits = int(getattr(system, "qubits", 4))
    if experiment.method in programs.SOLVED:
        return 1
    if not isinstance(system, QubitSystem):
        return UNKNOWN_GROUPS if qubits > 3 else int(3**qubits)
    words: set[Any] = set()
    for found in system.measurables(experiment.points):
        for name in experiment.observables:
            one = found.get(name, found.get(HAMILTONIAN))  # levels are of the Hamiltonian
            words.update(one.terms if isinstance(one, PauliSum) else [all_z(qubits)])
    return max(1, len(group(words)))


def _states(experiment: Experiment) -> int:
    return 1 + wanted_levels(experiment) if experiment.method == "vqe" else 1


def _factors(experiment: Experiment, own: IbmSettings) -> int:
    """How often each configuration is run, for extrapolation or for the knob."""
    gains = len(set(gains_of(experiment).tolist()) | {1.0})
    return 3 if own.resilience_level == 2 else max(1, gains)
