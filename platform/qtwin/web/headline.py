"""The sentence above the curve: what the twin knows best, how sure it is, and what that claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtwin.projects.models import Observable, Project
from qtwin.twins.curve import twin_curve
from qtwin.web.numbers import digits_of, plain, uncertain

SYMBOLS = {
    "angstrom": "Å",
    "degree": "°",
    "radian": "rad",
    "um": "µm",
    "us": "µs",
    "rad/us": "rad/µs",
    "1": "",
    "dimensionless": "",
}


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
    """What the twin says at the sample of the chart's curve to look at first; None without a twin.

    Raises:
        PredictorFailed: If there is a twin and it cannot be asked.
    """
    curve = twin_curve(project, observable)
    if curve["version"] is None:
        return None
    return _headline(observable, curve, curve["focus"])


def _headline(observable: Observable, curve: dict[str, Any], index: int) -> Headline:
    what, _, detail = observable.label.partition(" (")
    std = float(curve["std"][index])
    lower, upper = (plain(curve[end][index], digits_of(std)) for end in ("lower", "upper"))
    version, control = curve["version"], curve["control"]
    where = f"{plain(curve['x'][index], 3)} {symbol(control['unit'])}".strip()
    held = "".join(f", {name} {plain(value, 3)}" for name, value in curve["fixed"].items())
    return Headline(
        what=what,
        detail=detail.rstrip(")"),
        where=(where if SYMBOLS.get(control["unit"]) else f"{control['label'].lower()} {where}")
        + held,
        value=uncertain(float(curve["mean"][index]), std),
        unit=symbol(observable.unit),
        interval=f"{lower} to {upper}",
        sources=sum(1 for source in curve["sources"] if source["measurements"]),
        measurements=version["measurements"],
        version=version["number"],
        claim=version["claim"],
        claim_sentence=claim_sentence(version),
    )


def symbol(unit: str) -> str:
    """How a unit is written after a number."""
    return SYMBOLS.get(unit, unit)


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
