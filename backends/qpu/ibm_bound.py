"""The most that an experiment may take of an IBM computer; IBM is told to stop there.

Each circuit of a point (see `backends.qpu.circuit_count`) takes ``shots`` runs of at most `SHOT_S`,
their wait of 250 us included; a job takes at most `JOB_S` besides. Both are guesses from IBM's
documentation, on the high side: what is really used is settled.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from backends.methods import programs
from backends.prices import price_table
from backends.qpu.anchors import number
from backends.qpu.circuit_count import circuits
from backends.qpu.ibm_settings import ESTIMATOR, LONGEST_S, SESSION, IbmSettings
from backends.qpu.ibm_share import gains_of
from backends.schema import Cost, Experiment, RunOptions

JOB_S, SHOT_S = 10.0, 0.0006
MOST_POINTS = 300
"""Of one job."""
PLAN = "pay-as-you-go"
TWIRLS, TWIRL_SHOTS = 32, 64
"""The client twirls with as many shots as 32 randomisations of at least 64 need."""


class Bound(NamedTuple):
    """Of one job.

    Attributes:
        circuits: At all points and anchors together, before twirling and amplification.
    """

    circuits: int
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
    system = programs.validate(experiment, options)
    points = len(experiment.points) + number(experiment)
    known = configurations = points * circuits(experiment, system)
    if own.primitive == ESTIMATOR:
        configurations = (configurations + 1) * _factors(experiment, own)
    shots = configurations * shots_of(options.shots or 0, own)
    seconds = math.ceil(JOB_S + SHOT_S * shots)
    if own.most_qpu_s is not None:
        seconds = own.most_qpu_s
    if own.mode == SESSION:
        seconds = max(seconds, own.session_s)
    return Bound(known, shots, min(seconds, LONGEST_S))


def shots_of(shots: int, own: IbmSettings) -> int:
    """Shots of one circuit: randomisations have equal numbers of them."""
    if not own.twirled and not own.resilience_level:
        return shots
    each = max(TWIRL_SHOTS, math.ceil(shots / TWIRLS))
    return math.ceil(shots / each) * each


def _factors(experiment: Experiment, own: IbmSettings) -> int:
    """How often each configuration is run, for extrapolation or for the knob."""
    gains = len(set(gains_of(experiment).tolist()) | {1.0})
    return 3 if own.resilience_level == 2 else max(1, gains)
