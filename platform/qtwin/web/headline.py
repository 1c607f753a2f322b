"""The sentence above the curve: what the twin knows best, how sure it is, and what that claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qtwin.projects.models import Observable, Project
from qtwin.twins.curve import twin_curve
from qtwin.twins.models import TwinFit
from qtwin.twins.selectors import twin_predict
from qtwin.web.numbers import digits_of, plain, significant, uncertain

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


MEANINGS = {
    "calibrated": "The ± was checked: each reference point was left out once, and foretold.",
    "nominal": "The ± is the model’s own opinion until three reference points check it.",
    "unanchored": "The ± does not know of a bias that all sources share. Measure a reference.",
}
"""What a claim is worth, for who never heard the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """Ready to print: ``where`` and the numbers carry their units, the claim is a sentence.

    ``error`` is one sigma, empty for an exact value; ``meaning`` says what the claim is worth.
    """

    what: str
    detail: str
    where: str
    value: str
    error: str
    unit: str
    interval: str
    sources: int
    measurements: int
    version: int
    made_at: datetime
    claim: str
    claim_sentence: str
    meaning: str


def headline(
    project: Project,
    observable: Observable,
    at: Sequence[float] | None = None,
    *,
    version: int | None = None,
    fit: TwinFit | None = None,
) -> Headline | None:
    """What the twin says at a point; None without a twin.

    Args:
        project: Whose twin.
        observable: Of it.
        at: A value of each control; by default the sample of the curve to look at first.
        version: Of this version; by default of the latest.
        fit: The fit of that version, where the caller has it.

    Raises:
        NoTwin: If there is no such version.
        PredictorFailed: If there is a twin and it cannot be asked.
    """
    curve = twin_curve(project, observable, evidence=False, version=version, fit=fit)
    if curve["version"] is None or at is None:
        return headline_of(observable, curve)
    told = twin_predict(project, observable.name, [at], version=curve["version"]["number"])
    first, *others = at
    held = dict(zip(curve["fixed"], others, strict=True))
    return _headline(observable, {**curve, "fixed": held}, {"x": first, **_sample(told, 0)})


def headline_of(observable: Observable, curve: dict[str, Any]) -> Headline | None:
    """What a curve says at its sample to look at first; None where it has no twin."""
    if curve["version"] is None:
        return None
    return _headline(observable, curve, _sample(curve, curve["focus"]))


def _sample(curve: dict[str, Any], index: int) -> dict[str, float]:
    names = ("x", "mean", "std", "lower", "upper")
    return {name: float(curve[name][index]) for name in names if name in curve}


def _headline(observable: Observable, curve: dict[str, Any], said: dict[str, float]) -> Headline:
    what, _, detail = observable.label.partition(" (")
    std = said["std"]
    lower, upper = (plain(said[end], digits_of(std)) for end in ("lower", "upper"))
    version, control = curve["version"], curve["control"]
    at = {**curve["fixed"], control["name"]: said["x"]}
    controls = [(each["label"], each["unit"]) for each in curve["controls"]]
    value, _, error = uncertain(said["mean"], std).partition(" ± ")
    return Headline(
        what=what,
        detail=detail.rstrip(")"),
        where=place_said([at[each["name"]] for each in curve["controls"]], controls),
        value=value,
        error=error,
        unit=symbol(observable.unit),
        interval=f"{lower} to {upper}",
        sources=sum(1 for source in curve["sources"] if source["measurements"]),
        measurements=version["measurements"],
        version=version["number"],
        made_at=datetime.fromisoformat(version["created_at"]),
        claim=version["claim"],
        claim_sentence=claim_sentence(version),
        meaning=MEANINGS[version["claim"]],
    )


def headline_sentence(said: Headline | None) -> str:
    """All of it in a sentence without markup."""
    if said is None:
        return "No twin yet."
    error = f" ± {said.error}" if said.error else ""
    unit = f" {said.unit}" if said.unit else ""
    sources = "1 source" if said.sources == 1 else f"{said.sources} sources"
    value = f"{said.value}{error}{unit}"
    return f"{said.what} at {said.where}: {value}, from {sources}. {said.claim_sentence}."


def place_said(at: Sequence[float], controls: Sequence[tuple[str, str]]) -> str:
    """``0.95 Å``; with the controls' names where there are several, or no unit.

    Args:
        at: A value of each control.
        controls: Their labels and units.
    """
    parts = []
    for value, (label, unit) in zip(at, controls, strict=True):
        text = f"{significant(value, 4)} {symbol(unit)}".strip()
        named = len(controls) > 1 or not symbol(unit)
        parts.append(f"{within_sentence(label)} {text}" if named else text)
    return ", ".join(parts)


def held_said(fixed: Mapping[str, float], controls: Sequence[tuple[str, str, str]]) -> str:
    """What other controls are held at: ``spacing 6.25 µm``.

    Args:
        fixed: Values by the controls' names.
        controls: Names, labels and units.
    """
    return ", ".join(
        f"{within_sentence(label)} {significant(fixed[name], 4)} {symbol(unit)}".strip()
        for name, label, unit in controls
        if name in fixed
    )


def within_sentence(label: str) -> str:
    """A label after the first word: its first letter is small unless it is a symbol, as in J."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


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
