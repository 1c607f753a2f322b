"""Control worlds with truths and noise, made from the documents."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.documents import load
from qtwin.worlds.posterior import Posterior
from tests.unit.worlds.control.documents import ALL

UNCERTAIN = {
    "rydberg": ("rabi_scale", "site_detuning", "position_jitter", "false_excited", "false_ground"),
    "spaced": ("detuning_offset", "c6_scale"),
    "anneal": ("j_scale", "hz_offset", "false_one"),
    "pulse": ("amplitude_scale", "dephasing"),
    "pair": ("frequency_offset",),
}
DRAWS = 7
ID = "qtwin.worlds.registration:qtwin/Control-v0"


def control_world(document: dict[str, Any], posterior: Posterior | None = None) -> ControlWorld:
    """What the document describes."""
    world = load(document, posterior)
    assert isinstance(world, ControlWorld)
    return world


def posterior_of(document: dict[str, Any], names: tuple[str, ...], spread: float) -> Posterior:
    """Some draws around the nominal values, none below 0."""
    quantities = control_world(document).driven.dynamics(resolved=False).parameters
    known = {quantity.name: quantity for quantity in quantities}
    nominal = np.array([known[name].nominal for name in names])
    noise = np.random.default_rng(5).standard_normal((DRAWS, len(names)))
    return Posterior(
        names=names,
        units=tuple(known[name].unit for name in names),
        draws=np.abs(nominal + spread * noise),
        nominal=nominal,
    )


@cache
def uncertain(name: str, precision: str | None = None) -> ControlWorld:
    """The world of a document whose truths differ between episodes."""
    said = {} if precision is None else {"precision": precision}
    return control_world({**ALL[name], **said}, posterior_of(ALL[name], UNCERTAIN[name], 0.05))
