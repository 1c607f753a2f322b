"""One measurement as its page shows it: the number, where it comes from, and what it means."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Role
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.selectors import twin_status
from qtwin.twins.weight import (
    Standing,
    Weight,
    measurement_consequence,
    measurement_weight,
)
from qtwin.web.headline import symbol
from qtwin.web.numbers import digits_of, plain, sigmas, uncertain
from qtwin.web.place import place_text

log = logging.getLogger(__name__)

SENTENCES = {
    Standing.COUNTED: "It counts as evidence.",
    Standing.CONFLICT: "It was left out: its calibration epoch contradicts everything else.",
    Standing.REPEATED: "The same shots were measured before; they count once.",
    Standing.REMOVED: "Somebody took it out of the evidence.",
    Standing.CHECK: "It checks an earlier job; the twin does not see it.",
    Standing.WAITING: "The twin takes it in with its next fit.",
}
STATES = {
    Standing.COUNTED: "succeeded",
    Standing.CONFLICT: "held",
    Standing.REPEATED: "queued",
    Standing.REMOVED: "cancelled",
    Standing.CHECK: "queued",
    Standing.WAITING: "queued",
}
WORDS = {
    Standing.COUNTED: "Counts",
    Standing.CONFLICT: "In conflict",
    Standing.REPEATED: "Counted once",
    Standing.REMOVED: "Invalidated",
    Standing.CHECK: "A check only",
    Standing.WAITING: "Not taken in yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Ready to print.

    Attributes:
        told: What the twin says at its point.
        without: The same without it, with the hyperparameters held.
        weight: How far it moves the twin there, and by which factor it narrows sigma.
        residual: It less the twin.
        history: What was thought of it, newest first.
        consequence: What the last judgement changed.
    """

    value: str
    where: str
    unit: str
    valid: bool
    state: str
    word: str
    sentence: str
    version: int | None
    told: str
    without: str
    weight: str
    residual: str
    foretold: str
    history: list[Any]
    consequence: str
    refitting: bool


def measurement_shown(measurement: Measurement) -> Shown:
    """All that its page says of it."""
    history = list(measurement.validity.select_related("by").order_by("-id"))
    valid = not history or history[0].valid
    refitting = not twin_status(measurement.project)["up_to_date"]
    unit = symbol(measurement.unit)
    weight, consequence = Weight(standing=Standing.WAITING, fit=None, belief=None), ""
    try:
        weight = measurement_weight(measurement, valid=valid)
        if history:
            consequence = _consequence(measurement, history[0], unit)
    except PredictorFailed:
        log.exception("the weight of measurement %s is not known", measurement.pk)
    return Shown(
        value=uncertain(measurement.value, measurement.std),
        where=place_text(measurement.point, list(measurement.project.controls.all())),
        unit=unit,
        valid=valid,
        state=STATES[weight.standing],
        word=WORDS[weight.standing],
        sentence=SENTENCES[weight.standing],
        version=weight.fit.version.number if weight.fit else None,
        history=history,
        consequence=consequence,
        refitting=refitting,
        **_beliefs(measurement, weight, unit),
    )


def _beliefs(measurement: Measurement, weight: Weight, unit: str) -> dict[str, str]:
    if weight.belief is None:
        return dict.fromkeys(("told", "without", "weight", "residual", "foretold"), "")
    told, without = weight.belief["with"], weight.belief["without"]
    moved = told["mean"] - without["mean"]
    narrowed = without["std"] / told["std"] if told["std"] > 0 else math.inf
    by = sigmas(abs(moved) / without["std"]) if without["std"] > 0 else "0 σ"
    return {
        "told": f"{uncertain(told['mean'], told['std'])} {unit}".strip(),
        "without": f"{uncertain(without['mean'], without['std'])} {unit}".strip(),
        "weight": f"moves the twin here by {by} and makes its error {_times(narrowed)}",
        "residual": _difference(measurement, told, unit),
        "foretold": _foretold(measurement, without),
    }


def _times(ratio: float) -> str:
    if ratio < 1.005:
        return "no smaller"
    return f"{ratio:.2g} times smaller" if ratio < 1000 else "over 1,000 times smaller"


def _difference(measurement: Measurement, told: dict[str, float], unit: str) -> str:
    by = measurement.value - told["mean"]
    std = math.hypot(measurement.std, told["std"])
    by = round(by, digits_of(std)) or 0.0
    return f"{'+' if by > 0 else ''}{plain(by, digits_of(std))} {unit}".strip()


def _foretold(measurement: Measurement, without: dict[str, float]) -> str:
    """How a reference, which sees the truth itself, compares with what was foretold without it."""
    std = math.hypot(measurement.std, without["std"])
    if measurement.source_revision.source.role != Role.REFERENCE or not std:
        return ""
    return sigmas((measurement.value - without["mean"]) / std, signed=True)


def _consequence(measurement: Measurement, judged: Any, unit: str) -> str:
    found = measurement_consequence(measurement, judged)
    if found is None:
        return ""
    before, after = (uncertain(told["mean"], told["std"]) for told in (found.before, found.after))
    verb = "counts it again" if judged.valid else "does without it"
    return (
        f"Version {found.version} {verb}: here the twin said {before} before, and says {after} "
        f"{unit}"
    ).strip() + "."
