"""The sentence above the curve: what the twin knows best, how sure it is, and what that claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.projects.models import Observable, Project
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.selectors import NoTwin, twin_curve, twin_predict
from qtwin.web.numbers import digits_of, plain, uncertain

SYMBOLS = {"angstrom": "Å", "degree": "°", "radian": "rad", "1": "", "dimensionless": ""}
POINTS = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """Ready to print: ``where`` and the numbers carry their units, the claim is a sentence."""

    what: str
    detail: str
    where: str
    value: str
    unit: str
    interval: str
    sources: int
    measurements: int
    version: int
    claim: str
    claim_sentence: str


def headline(project: Project, observable: Observable) -> Headline | None:
    """What the twin says at the minimum of its curve; None while there is no answer."""
    try:
        curve = twin_curve(project, observable, POINTS)
        if curve["version"] is None:
            return None
        at = minimum(curve["x"], curve["mean"]) if observable.variational else _middle(curve)
        others = [(c.lower + c.upper) / 2 for c in project.controls.all()[1:]]
        belief = twin_predict(project, observable.name, [[at, *others]])
    except (NoTwin, PredictorFailed):
        return None
    return _headline(observable, curve, at, belief)


def _headline(
    observable: Observable, curve: dict[str, Any], at: float, belief: dict[str, Any]
) -> Headline:
    what, _, detail = observable.label.partition(" (")
    std = float(belief["std"][0])
    decimals = digits_of(std)
    version, control = belief["version"], curve["control"]
    where = f"{plain(at, 3)} {symbol(control['unit'])}".strip()
    return Headline(
        what=what,
        detail=detail.rstrip(")"),
        where=where if control["unit"] in SYMBOLS else f"{control['label'].lower()} {where}",
        value=uncertain(float(belief["mean"][0]), std),
        unit=symbol(observable.unit),
        interval=f"{plain(belief['lower'][0], decimals)} to {plain(belief['upper'][0], decimals)}",
        sources=sum(1 for source in curve["sources"] if source["measurements"]),
        measurements=version["measurements"],
        version=version["number"],
        claim=version["claim"],
        claim_sentence=claim_sentence(version),
    )


def symbol(unit: str) -> str:
    """How a unit is written after a number."""
    return SYMBOLS.get(unit, unit)


def minimum(x: Sequence[float], y: Sequence[float]) -> float:
    """Where the sampled curve is lowest: the vertex of the parabola through three points."""
    i = min(range(len(y)), key=y.__getitem__)
    if i in {0, len(y) - 1}:
        return x[i]
    left, middle, right = y[i - 1], y[i], y[i + 1]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend > 0 else 0.0
    return x[i] + shift * (x[i + 1] - x[i])


def claim_sentence(version: dict[str, Any]) -> str:
    """What the interval may be called, in words."""
    count = version["references"]
    points = "1 reference point" if count == 1 else f"{count} reference points"
    if version["claim"] == "calibrated":
        return f"Calibrated on {points}"
    if version["claim"] == "nominal":
        freedom = "" if version["nu"] is None else f", ν = {version['nu']}"
        return f"Nominal: {points}, too few to check the interval{freedom}"
    return "Unanchored: no reference yet, so the bias of every source is unknown"


def _middle(curve: dict[str, Any]) -> float:
    return (float(curve["control"]["lower"]) + float(curve["control"]["upper"])) / 2
