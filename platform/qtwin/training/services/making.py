"""A world is made: its parameters are learned, its document is read, and what was found is kept."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from backends.errors import ProgramRejected
from qtwin.projects.services import artifact_note, artifact_store
from qtwin.projects.services.artifact import Stored
from qtwin.training.limits import MOST_CRASHES
from qtwin.training.models import World
from qtwin.training.services.calibrating import calibrated
from qtwin.training.services.lease import work_end, work_wants_cancel
from qtwin.training.services.loading import played, world_digest
from qtwin.training.states import State
from qtwin.twins.models import TwinVersion

if TYPE_CHECKING:
    from qtwin.worlds.base import World as Played
    from qtwin.worlds.posterior import Posterior

log = logging.getLogger(__name__)
POSTERIOR = "posterior"
"""Kind of the artifacts of draws."""


def world_make(world: World) -> None:
    """Make a claimed world, or say what is wrong with it.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if world.crashes > MOST_CRASHES:
            raise ProgramRejected(f"{MOST_CRASHES} workers in a row died while they made it")
        _make(world)
    except ProgramRejected as error:
        work_end(world, State.FAILED, reason=str(error), field=error.field[:200])
    except (ValueError, ArithmeticError, LookupError, OSError, MemoryError) as error:
        log.warning("world %s cannot be made", world.pk, exc_info=error)
        reason = f"It cannot be made: {type(error).__name__}: {str(error)[:300]}"
        work_end(world, State.FAILED, reason=reason)


def _make(world: World) -> None:
    began = time.monotonic()
    drawn = _posterior(world, world.twin_version)
    held_out = None
    if world.held_out_version is not None:
        held_out = _posterior(world, world.held_out_version)
    found = played(world, drawn, world.twin_version)
    facts = facts_of(found, drawn)
    stored = [_stored(one) for one in (drawn, held_out)]
    if work_wants_cancel(world):
        work_end(world, State.CANCELLED, reason="It was cancelled.")
        return
    with transaction.atomic():
        mine, theirs = (
            None if one is None else artifact_note(project=world.project, stored=one)
            for one in stored
        )
        work_end(
            world,
            State.DONE,
            facts=facts,
            posterior=mine,
            held_out_posterior=theirs,
            digest=world_digest(world, *(one.sha256 for one in stored if one is not None)),
            making_seconds=time.monotonic() - began,
        )


def _posterior(world: World, version: TwinVersion | None) -> Posterior | None:
    if world.kind != "control" or not world.calibration:
        return None
    return calibrated(world.project, version, world.calibration)


def _stored(posterior: Posterior | None) -> Stored | None:
    from qtwin.worlds.posterior import dump_posterior

    if posterior is None:
        return None
    return artifact_store(kind=POSTERIOR, data=dump_posterior(posterior))


def facts_of(world: Played, posterior: Posterior | None) -> dict[str, Any]:
    """What people want to know of a world, as plain JSON."""
    spaces = {
        name: {
            "shape": list(space.shape),
            "lower": _plain(space.low),
            "upper": _plain(space.high),
        }
        for name, space in (
            ("observation", world.observation_space),
            ("action", world.action_space),
        )
    }
    return {
        "kind": world.kind,
        "steps": world.steps,
        "spaces": spaces,
        "document": world.to_dict(),
        "parameters": [] if posterior is None else _parameters(posterior),
        "posterior": {} if posterior is None else dict(posterior.facts),
    }


def _parameters(posterior: Posterior) -> list[dict[str, Any]]:
    """Mean, standard deviation and the ends of the central 95 % of each parameter's draws."""
    lower, upper = np.quantile(posterior.draws, [0.025, 0.975], axis=0)
    return [
        {
            "name": name,
            "unit": posterior.units[index],
            "nominal": float(posterior.nominal[index]),
            "mean": float(posterior.draws[:, index].mean()),
            "std": float(posterior.draws[:, index].std(ddof=1))
            if len(posterior.draws) > 1
            else 0.0,
            "lower": float(lower[index]),
            "upper": float(upper[index]),
        }
        for index, name in enumerate(posterior.names)
    ]


def _plain(bounds: Any) -> list[float | None]:
    """Numbers of a space's bounds; None for one that is infinite."""
    return [float(b) if np.isfinite(b) else None for b in np.asarray(bounds).ravel()]
