"""Worlds as agents meet them, from their rows. Workers only: what is imported here is heavy."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from qtwin.projects.services import artifact_read
from qtwin.training.models import World
from qtwin.twins.models import TwinFit, TwinVersion

if TYPE_CHECKING:
    from qtwin.worlds.base import World as Played
    from qtwin.worlds.posterior import Posterior


def world_load(world: World, *, held_out: bool = False) -> Played:
    """The world of a row that was made.

    Args:
        held_out: With the parameters of the version that nothing is trained on.

    Raises:
        ProgramRejected: The document is wrong, or there is no such version.
    """
    from qtwin.worlds.posterior import read_posterior

    version = world.held_out_version if held_out else world.twin_version
    artifact = world.held_out_posterior if held_out else world.posterior
    posterior = None if artifact is None else read_posterior(artifact_read(artifact))
    return played(world, posterior, version)


def played(world: World, posterior: Posterior | None, version: TwinVersion | None) -> Played:
    """The world of a document, with its parameters and the twin's fit.

    Raises:
        ProgramRejected: Its field is a pointer into the request.
    """
    from qtwin.worlds.documents import load

    try:
        return load(world.document, posterior, fit_of(world, version))
    except ProgramRejected as error:
        error.field = f"/document{error.field}"
        raise


def fit_of(world: World, version: TwinVersion | None) -> Any:
    """The version's fit of the observable that the calibration names; of the first without one.

    Raises:
        ProgramRejected: The version has no such fit.
    """
    from qtwin.fusion.star.posterior import load_fit

    if version is None:
        return None
    fits = TwinFit.objects.filter(version=version).select_related("artifact", "observable")
    wanted = world.calibration.get("observable")
    known = {fit.observable.name: fit for fit in fits}
    if wanted is None:
        found = next(iter(known.values()), None)
    elif wanted in known:
        found = known[wanted]
    else:
        raise ProgramRejected(
            f"observable = {wanted!r}; allowed: {', '.join(known) or 'none is fitted'}",
            field="/calibration/observable",
        )
    return None if found is None else load_fit(artifact_read(found.artifact))


def world_digest(world: World, *posteriors: str) -> str:
    """SHA-256 of all that decides what agents meet.

    Args:
        posteriors: Digests of their files.
    """
    version = world.twin_version
    fits = [] if version is None else sorted(version.fits.values_list("digest", flat=True))
    told = {"document": world.document, "posteriors": posteriors, "fits": fits}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
