"""Anchors of a job on an IBM computer: PUBs behind those of its points, without amplified noise.

They never make a job be refused: where the circuits that are paid for, or those that one job takes,
leave no room, there are fewer or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from backends.methods.program import Program
from backends.qpu import ibm_estimate, ibm_result
from backends.qpu.anchors import Anchors, Pair, anchors
from backends.qpu.ibm_settings import ESTIMATOR, IbmSettings
from backends.qpu.ibm_share import Share, shares
from backends.schema import Experiment, RunOptions
from backends.simulators.answer import counted

MOST_PUBS = 1000
"""Of one job."""


class Riding(NamedTuple):
    """Anchors with how they are cut into PUBs; None and nothing where there are none."""

    anchors: Anchors | None
    cut: tuple[Share, ...]


def riding(program: Program, experiment: Experiment, *, paid: int) -> Riding:
    """The anchors that are sent with a job.

    Args:
        paid: Circuits that are paid for, those of the points among them.
    """
    cut = tuple(shares(program, experiment))
    bases = max((len(share.bases) for share in cut), default=0)
    room = paid - configurations(cut)
    made = anchors(program, experiment, room // bases) if bases else None
    if made is None:
        return Riding(None, ())
    own = tuple(shares(made.program, made.experiment))
    fits = configurations(own) <= room and pubs(cut) + pubs(own) <= MOST_PUBS
    return Riding(made, own) if fits else Riding(None, ())


def configurations(cut: Sequence[Share]) -> int:
    """Circuits with their angles, each in each basis."""
    return sum(len(share.rows) * len(share.bases) for share in cut)


def pubs(cut: Sequence[Share]) -> int:
    """PUBs of a sampler."""
    return sum(share.pubs * len(share.bases) for share in cut)


def results_of(cut: Sequence[Share], own: IbmSettings) -> int:
    """How many results the points have; behind them are those of the anchors."""
    return sum(share.pubs for share in cut) if own.primitive == ESTIMATOR else pubs(cut)


def details(
    results: Sequence[Any],
    sent: Riding,
    cut: Sequence[Share],
    options: RunOptions,
    own: IbmSettings,
) -> dict[str, Any]:
    """For the provenance, from the results behind those of the points; empty where there are none.

    A job that was sent before there were anchors has none.

    Args:
        cut: How the points were cut into PUBs.

    Raises:
        ValueError: The results are not those of the anchors.
    """
    if sent.anchors is None or not results:
        return {}
    if own.primitive == ESTIMATOR:
        raw, mitigated = _estimated(results, sent.anchors, sent.cut, cut, own)
        return sent.anchors.details(raw, mitigated)
    program, experiment = sent.anchors.program, sent.anchors.experiment
    seen = ibm_result.counts(results, sent.cut, len(sent.anchors.rows), options.shots or 0, own)
    answer = counted(program, experiment, seen[0])
    return sent.anchors.details((answer.values, answer.std_errors), None)


def _estimated(
    results: Sequence[Any],
    made: Anchors,
    own_cut: Sequence[Share],
    cut: Sequence[Share],
    own: IbmSettings,
) -> tuple[Pair | None, Pair | None]:
    """Raw and mitigated values of an estimator.

    Readout mitigation leaves no raw values; extrapolation leaves those at noise factor 1.
    """
    shape = made.exact.shape
    gains = ibm_estimate.factors([*cut, *own_cut])
    (pair,) = ibm_result.values(results, made.program, own_cut, shape, gains=gains).values()
    if not own.resilience_level:
        return pair, None
    if own.resilience_level == 1:
        return None, pair
    unextrapolated = (np.full(shape, np.nan), np.full(shape, np.nan))
    ahead = iter(results)
    for share in own_cut:
        for place in range(share.pubs):
            data = next(ahead).data
            rows = share.rows if share.pubs == 1 else share.rows[place : place + 1]
            for target, table in zip(
                unextrapolated, (data.evs_noise_factors, data.stds_noise_factors), strict=True
            ):
                target[rows] = np.asarray(table)[..., 0].reshape(len(rows), shape[1])
    return unextrapolated, pair
