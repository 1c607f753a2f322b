"""Observations as JSON text, for a request that asks the predictor process to fit them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, Knob, Observations, Role, ShotGroup, SourceSpec

_ARRAYS = ("x", "bounds", "y", "std", "gain", "mixed_value")


def document(data: Observations, seed: int) -> str:
    """Observations as the JSON text that a request carries to be fitted."""
    plain: dict[str, Any] = {name: getattr(data, name).tolist() for name in _ARRAYS}
    plain["source"] = data.source.tolist()
    plain["sources"] = [asdict(spec) for spec in data.sources]
    plain["value_bounds"] = list(data.value_bounds)
    plain["knobs"] = {name: values.tolist() for name, values in data.knobs.items()}
    plain["epoch"], plain["branch"] = list(data.epoch), list(data.branch)
    plain["groups"] = [(g.rows.tolist(), g.covariance.tolist()) for g in data.groups]
    plain["drift"] = None if data.drift is None else data.drift.tolist()
    return json.dumps({**plain, "seed": seed}, sort_keys=True)


def read_document(text: str) -> tuple[Observations, int]:
    """The observations and the seed that ``document`` wrote."""
    plain: dict[str, Any] = json.loads(text)
    data = Observations(
        x=_array(plain["x"]),
        bounds=_array(plain["bounds"]),
        y=_array(plain["y"]),
        std=_array(plain["std"]),
        gain=_array(plain["gain"]),
        mixed_value=_array(plain["mixed_value"]),
        source=np.array(plain["source"], dtype=np.int64),
        sources=tuple(_spec(record) for record in plain["sources"]),
        value_bounds=(plain["value_bounds"][0], plain["value_bounds"][1]),
        knobs={name: _array(values) for name, values in plain["knobs"].items()},
        epoch=tuple(plain["epoch"]),
        branch=tuple(plain["branch"]),
        groups=tuple(
            ShotGroup(rows=np.array(rows, dtype=np.int64), covariance=_array(covariance))
            for rows, covariance in plain["groups"]
        ),
        drift=None if plain["drift"] is None else _array(plain["drift"]),
    )
    return data, int(plain["seed"])


def _array(values: Any) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _spec(record: dict[str, Any]) -> SourceSpec:
    knobs = tuple(Knob(**knob) for knob in record["knobs"])
    damping = tuple(record["damping"]) if record.get("damping") else None
    changed = {"role": Role(record["role"]), "knobs": knobs, "damping": damping}
    return SourceSpec(**{**record, **changed})
