"""A policy as bytes: arrays and JSON, never a pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.archive import Arrays, pack, unpack
from qtwin.worlds.policies.architecture import (
    KINDS,
    MOST_PARAMETERS,
    Architecture,
    Linear,
    Mlp,
    OpenLoop,
    layers_of,
)
from qtwin.worlds.policies.policy import Policy, Provenance
from qtwin.worlds.policies.scaling import Scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qtwin.worlds.base import World

KIND = "policy"
SCHEMA_VERSION = 1
PARAMETERS, CENTRE, WIDTH = "parameters", "centre", "width"
TEXTS = ("world", "world_kind", "twin_version")
OBJECTS = ("learner", "training")
MOST_STEPS = 100_000


def dump_policy(policy: Policy) -> bytes:
    """The same bytes for the same policy."""
    architecture = policy.architecture
    meta = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "policy": architecture.kind,
        "shape": architecture.shape(),
        **asdict(policy.provenance),
    }
    arrays: dict[str, NDArray[Any]] = {PARAMETERS: policy.parameters}
    if isinstance(architecture, Mlp):
        arrays |= {CENTRE: architecture.scaling.centre, WIDTH: architecture.scaling.width}
    return pack(meta, arrays)


def read_policy(blob: bytes, world: World | None = None) -> Policy:
    """Read what ``dump_policy`` wrote.

    Args:
        world: That the policy shall act in, so that its sizes are checked.

    Raises:
        ValueError: The bytes are no policy, or one of a newer version, or one of other sizes than
            the world's, with the field and the allowed values.
    """
    meta, arrays = unpack(blob, kind=KIND, schema_version=SCHEMA_VERSION)
    architecture = _architecture(meta, arrays)
    names = {PARAMETERS} | ({CENTRE, WIDTH} if isinstance(architecture, Mlp) else set())
    if other := sorted(set(arrays) ^ names):
        raise ValueError(f"/{other[0]}: allowed arrays: {', '.join(sorted(names))}")
    policy = Policy(
        architecture=architecture,
        parameters=_floats(arrays, PARAMETERS),
        provenance=_provenance(meta),
    )
    if world is not None:
        policy.check_fits(world)
    return policy


def _architecture(meta: Mapping[str, Any], arrays: Arrays) -> Architecture:
    kind, shape = meta.get("policy"), meta.get("shape")
    if kind not in KINDS:
        raise ValueError(f"/policy: value {kind!r}; allowed: {', '.join(KINDS)}")
    if not isinstance(shape, dict):
        raise ValueError("/shape: allowed: an object with sizes")
    actions = _size(shape, "actions", MOST_PARAMETERS)
    if kind == OpenLoop.kind:
        return OpenLoop(steps=_size(shape, "steps", MOST_STEPS), actions=actions)
    scaling = Scaling(centre=_floats(arrays, CENTRE), width=_floats(arrays, WIDTH))
    if _size(shape, "observations", MOST_PARAMETERS) != len(scaling.centre):
        raise ValueError(f"/shape/observations: allowed: {len(scaling.centre)} as {CENTRE} has")
    hidden = layers_of(shape.get("hidden"), "/shape/hidden")
    made = Linear if kind == Linear.kind else Mlp
    return made(actions=actions, scaling=scaling, hidden=hidden, squash=shape.get("squash", ""))


def _size(shape: Mapping[str, Any], name: str, most: int) -> int:
    value = shape.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise ValueError(f"/shape/{name}: value {value!r}; allowed: 1 to {most}")
    return value


def _floats(arrays: Arrays, name: str) -> FloatArray:
    if name not in arrays:
        raise ValueError(f"/{name}: is missing")
    array = arrays[name]
    if array.dtype != np.float64 or array.ndim != 1:
        raise ValueError(f"/{name}: {array.ndim} axes of {array.dtype}; allowed: one of float64")
    return array


def _provenance(meta: Mapping[str, Any]) -> Provenance:
    for name in TEXTS:
        if not isinstance(meta.get(name), str):
            raise ValueError(f"/{name}: value {meta.get(name)!r}; allowed: a text")
    for name in OBJECTS:
        if not isinstance(meta.get(name), dict):
            raise ValueError(f"/{name}: value {meta.get(name)!r}; allowed: an object")
    seed = meta.get("seed")
    if seed is not None and (type(seed) is not int or seed < 0):
        raise ValueError(f"/seed: value {seed!r}; allowed: null, or a whole number from 0")
    return Provenance(seed=seed, **{name: meta[name] for name in (*TEXTS, *OBJECTS)})
