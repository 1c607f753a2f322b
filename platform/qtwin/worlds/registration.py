"""Worlds under the names by which Gymnasium makes them; importing this registers them.

``gymnasium.make("qtwin.worlds.registration:qtwin/Control-v0", world=world)`` gives one environment
and ``gymnasium.make_vec`` with the same arguments a batch. ``world`` is a world or its document.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import gymnasium

from qtwin.worlds.base import Batch, Environment, World
from qtwin.worlds.documents import KINDS, load

IDS = {kind: f"qtwin/{kind.capitalize()}-v0" for kind in KINDS}
"""By the kind of a world."""


def environment(kind: str, *, world: World | Mapping[str, Any]) -> Environment:
    """One environment.

    Raises:
        ValueError: The world is of another kind.
    """
    return _of_kind(kind, world).environment()


def batch(kind: str, *, world: World | Mapping[str, Any], num_envs: int = 1) -> Batch:
    """Environments that step together.

    Raises:
        ValueError: The world is of another kind.
    """
    return _of_kind(kind, world).vector(num_envs)


def _of_kind(kind: str, world: World | Mapping[str, Any]) -> World:
    found = load(world) if isinstance(world, Mapping) else world
    if found.kind != kind:
        raise ValueError(f"{IDS[kind]} with a {found.kind} world; allowed: {IDS[found.kind]}")
    return found


for _kind, _id in IDS.items():
    if _id not in gymnasium.registry:
        gymnasium.register(
            id=_id,
            entry_point=partial(environment, _kind),
            vector_entry_point=partial(batch, _kind),
        )
