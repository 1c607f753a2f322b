"""Questions about the curve that the predictor process answers: JSON in, JSON out.

Controls are indices, values are in canonical units; requests were checked by the web process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.questions.derivatives import derivatives
from qtwin.fusion.questions.draws import draws
from qtwin.fusion.questions.functionals import evaluate
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.posterior import StarFit


def reply_to(asked: dict[str, Any], fit: StarFit, other: StarFit | None) -> dict[str, Any]:
    """Answer one question; ``asked["name"]`` says which."""
    stated = {
        "claim": str(fit.rule.claim),
        "references": fit.references,
        "c2": fit.c2,
        "nu": fit.rule.nu,
    }
    return {**stated, **_REPLIES[asked["name"]](asked, fit, other)}


def _samples(asked: dict[str, Any], fit: StarFit, other: StarFit | None) -> dict[str, Any]:
    drawn = draws(fit, _points(asked), count=asked["count"], seed=asked["seed"])
    return {"draws": drawn.tolist()}


def _derivatives(asked: dict[str, Any], fit: StarFit, other: StarFit | None) -> dict[str, Any]:
    found = derivatives(fit, _points(asked), order=asked["order"])
    columns = {name: getattr(found, name).T.tolist() for name in ("mean", "std", "lower", "upper")}
    return {
        "derivatives": [
            {name: rows[control] for name, rows in columns.items()}
            for control in range(len(fit.bounds))
        ]
    }


def _functional(asked: dict[str, Any], fit: StarFit, other: StarFit | None) -> dict[str, Any]:
    functional = Functional(
        kind=Kind(asked["kind"]),
        order=asked["order"],
        at=dict(asked["at"]),
        within={control: (low, high) for control, low, high in asked["within"]},
        level=asked["level"],
        rising=asked["rising"],
    )
    found = evaluate(fit, functional, other=other, count=asked["count"], seed=asked["seed"])
    return {
        "value": asdict(found.value) if found.value else None,
        "position": [[control, asdict(place)] for control, place in found.position.items()],
        "share": found.share,
        "at_bound": found.at_bound,
        "several": found.several,
        "claim": str(found.claim),
    }


def _points(asked: dict[str, Any]) -> FloatArray:
    return np.array(asked["points"], dtype=np.float64)


_REPLIES: dict[str, Callable[[dict[str, Any], StarFit, StarFit | None], dict[str, Any]]] = {
    "samples": _samples,
    "derivatives": _derivatives,
    "functional": _functional,
}
