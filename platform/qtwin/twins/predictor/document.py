"""Observations as JSON text, for a request that asks the predictor process to fit them."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np

from qtwin.fusion.base import Observations


def document(data: Observations, seed: int) -> str:
    """Observations as the JSON text that a request carries to be fitted."""
    values = {f.name: getattr(data, f.name) for f in fields(data)}
    plain = {k: v.tolist() for k, v in values.items() if isinstance(v, np.ndarray)}
    plain["sources"] = [(s.name, str(s.role), s.learn_scale) for s in data.sources]
    plain["value_bounds"] = list(data.value_bounds)
    return json.dumps({**plain, "seed": seed}, sort_keys=True)
