"""Where a training stands, as arrays and JSON, from which it goes on as if nothing had been."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from backends.systems.document import is_number
from qtwin.fusion.base import FloatArray
from qtwin.worlds.archive import pack, unpack
from qtwin.worlds.learners.curve import Row
from qtwin.worlds.learners.optimiser import Arrays
from qtwin.worlds.policies.policy import Policy

KIND = "checkpoint"
SCHEMA_VERSION = 1
ROWS, BEST = "rows", "best_parameters"
STATE = "state_"
COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """What was done.

    Attributes:
        identity: Of the training: world, learner, seed, start. Another's is refused.
        generation: The next one.
        best: Candidate with the highest mean return so far, shape ``(dim,)``.
        state: Of the optimiser.
    """

    identity: Mapping[str, Any]
    generation: int
    curve: tuple[Row, ...]
    best: FloatArray
    state: Arrays


def identity_of(policy: Policy) -> dict[str, Any]:
    """What a checkpoint must share with a training that starts from a policy."""
    provenance = policy.provenance
    return {
        "world": provenance.world,
        "learner": dict(provenance.learner),
        "seed": provenance.seed,
        "start": hashlib.sha256(policy.parameters.tobytes()).hexdigest(),
    }


def dump_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The same bytes for the same checkpoint."""
    meta = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "identity": dict(checkpoint.identity),
        "generation": checkpoint.generation,
    }
    rows = [[float(getattr(row, name)) for name in COLUMNS] for row in checkpoint.curve]
    arrays = {f"{STATE}{name}": array for name, array in checkpoint.state.items()}
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS))
    return pack(meta, {ROWS: table, BEST: checkpoint.best, **arrays})


def read_checkpoint(blob: bytes, identity: Mapping[str, Any]) -> Checkpoint:
    """Read what ``dump_checkpoint`` wrote for the same training.

    Raises:
        ValueError: The bytes are no checkpoint, or one of another training.
    """
    meta, arrays = unpack(blob, kind=KIND, schema_version=SCHEMA_VERSION)
    found = meta.get("identity")
    if not isinstance(found, dict):
        raise ValueError("/identity: allowed: an object")
    for name, value in identity.items():
        if found.get(name) != value:
            raise ValueError(f"/identity/{name}: this is a checkpoint of another training")
    generation = meta.get("generation")
    if not is_number(generation) or type(generation) is not int or generation < 1:
        raise ValueError(f"/generation: value {generation!r}; allowed: 1 or more")
    rows, best = arrays.get(ROWS), arrays.get(BEST)
    if rows is None or rows.ndim != 2 or rows.shape[1] != len(COLUMNS) or len(rows) == 0:
        raise ValueError(f"/{ROWS}: allowed: a table of {', '.join(COLUMNS)}")
    if best is None or best.ndim != 1 or best.dtype != np.float64:
        raise ValueError(f"/{BEST}: allowed: the parameters of a policy")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("NaN or infinite numbers; allowed: finite numbers")
    return Checkpoint(
        identity=found,
        generation=generation,
        curve=tuple(_row(row) for row in rows),
        best=best,
        state={
            name.removeprefix(STATE): array
            for name, array in arrays.items()
            if name.startswith(STATE)
        },
    )


def _row(values: FloatArray) -> Row:
    named = dict(zip(COLUMNS, (float(value) for value in values), strict=True))
    return Row(**{**named, "evaluations": int(named["evaluations"])})  # type: ignore[arg-type]  # the others are floats
