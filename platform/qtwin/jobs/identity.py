"""What makes two measurements the same question, and two samples the same draw.

Shapes: ``P`` points, ``O`` observables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from backends.schema import Experiment
from backends.schema.experiment import FloatArray

CACHE_VERSION = 1
"""Raised when a release answers the same question with another number: nothing older is reused."""


def digest(document: Any) -> str:
    """SHA-256 of a JSON value."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def source_document(experiment: Experiment, backend: str) -> dict[str, Any]:
    """What is common to all points: the system, and how it becomes numbers."""
    return {
        "cache_version": CACHE_VERSION,
        "system": dict(experiment.system),
        "method": experiment.method,
        "backend": backend,
        "settings": dict(experiment.settings),
    }


def point_document(experiment: Experiment, row: int) -> dict[str, Any]:
    """One point and its knobs, by name; -0.0 is 0.0."""
    knobs = zip(experiment.knobs, experiment.knob_values[row].tolist(), strict=True)
    controls = zip(experiment.controls, experiment.points[row].tolist(), strict=True)
    return {
        "point": {name: value + 0.0 for name, value in controls},
        "knobs": {name: value + 0.0 for name, value in knobs},
    }


def identities(experiment: Experiment, backend: str) -> list[list[str]]:
    """One digest per number, shape ``(P, O)``. Shots and seeds are not part of the question.

    Each is the digest of its `point_document` with the source and the observable, whose JSON is put
    together from parts that repeat.
    """
    source = digest(source_document(experiment, backend))
    names = [json.dumps(name) for name in experiment.observables]
    points = _texts(experiment.controls, experiment.points)
    knobs = _texts(experiment.knobs, experiment.knob_values)
    return [
        [
            hashlib.sha256(
                f'{{"knobs":{knob},"observable":{name},"point":{point},"source":"{source}"}}'.encode()
            ).hexdigest()
            for name in names
        ]
        for point, knob in zip(points, knobs, strict=True)
    ]


def _texts(names: Sequence[str], values: FloatArray) -> list[str]:
    """Canonical JSON of each row by name; -0.0 is 0.0."""
    order = sorted(range(len(names)), key=names.__getitem__)
    keys = [f"{json.dumps(names[column])}:" for column in order]
    number = repr if np.all(np.isfinite(values)) else json.dumps
    return [
        "{" + ",".join(map(str.__add__, keys, map(number, row))) + "}"
        for row in (values[:, order] + 0.0).tolist()
    ]


def job_document(experiment: Experiment, backend: str, shots: int | None) -> dict[str, Any]:
    """What ``spec_hash`` is the digest of. The order of points and observables does not matter."""
    rows = np.hstack([experiment.points, experiment.knob_values])
    return {
        **source_document(experiment, backend),
        "points": [point_document(experiment, int(row)) for row in np.lexsort(rows.T[::-1])],
        "observables": sorted(experiment.observables),
        "shots": shots,
    }


def draw(identity: str, *, shots: int | None, seed: int, row: int) -> str:
    """Of a random number: the same question, seed, shots and place in its run is the same draw."""
    return digest({"identity": identity, "shots": shots, "seed": seed, "row": row})


def recorded(recording: str, *, row: int, observable: str) -> str:
    """Of a recorded number: the same row of the same recording is the same draw."""
    return digest({"recording": recording, "row": row, "observable": observable})
