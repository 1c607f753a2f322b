"""What a version changed, in words, and what moved it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.models import TwinFit
from qtwin.twins.selectors import NoTwin, twin_fit
from qtwin.web.headline import symbol
from qtwin.web.numbers import plain, sigmas, significant, uncertain
from qtwin.web.place import place_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One measurement, or one job of many: ``by`` and ``where`` are ready to print."""

    label: str
    what: str
    removed: bool
    job: str | None
    by: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Of a version against the one before."""

    number: int
    since: int | None
    sentences: list[str]
    moves: list[Move]
    conflicts: list[dict[str, Any]]


def latest_changes(
    project: Project,
    observable: Observable,
    version: int | None = None,
    *,
    fit: TwinFit | None = None,
) -> Changes | None:
    """Of the latest version, or of ``version`` as if it still were.

    None without a twin, and for a first version that left nothing out.

    Args:
        fit: Of that version, where the caller has it.
    """
    try:
        fit = fit or twin_fit(project, observable.name, version=version)
    except NoTwin:
        return None
    told = fit.changes
    if told is None and not fit.conflicts:
        return None
    controls = list(project.controls.all())
    return Changes(
        number=fit.version.number,
        since=told["since"] if told else None,
        sentences=_sentences(project, fit, controls) if told else [],
        moves=[_move(move, controls, observable) for move in told["moved_most"]] if told else [],
        conflicts=[{**conflict, "z": sigmas(abs(conflict["z"]))} for conflict in fit.conflicts],
    )


def _sentences(project: Project, fit: TwinFit, controls: Sequence[Control]) -> list[str]:
    before = twin_fit(project, fit.observable.name, version=fit.changes["since"])
    found = [_evidence(fit.changes)]
    if before.version.fusion_version != fit.version.fusion_version:
        models = before.version.fusion_version, fit.version.fusion_version
        found.append("Version {} of the model made the one before, {} this one.".format(*models))
    if fit.changes["prediction"]:
        found += _prediction(fit.changes["prediction"], fit.observable, controls)
    if before.claim != fit.claim:
        found.append(f"The interval was {before.claim} and is {fit.claim}.")
    return found


def _evidence(told: dict[str, Any]) -> str:
    parts = []
    for kind, verb in (("added", "added"), ("removed", "taken out")):
        if told[kind]:
            each = "; ".join(f"{s[kind]} of {s['label']}" for s in told["sources"] if s[kind])
            subject = "measurement was" if told[kind] == 1 else "measurements were"
            parts.append(f"{told[kind]} {subject} {verb} ({each})")
    if not parts:
        return "The measurements are the same."
    return " and ".join(parts) + "."


def _prediction(
    told: dict[str, Any], observable: Observable, controls: Sequence[Control]
) -> list[str]:
    largest = told["largest"]
    if not largest["sigmas"]:
        return ["The prediction is the same."]
    before, after = (
        uncertain(largest[side]["mean"], largest[side]["std"]) for side in ("before", "after")
    )
    unit = symbol(observable.unit)
    percent = 100.0 * told["std_ratio"]["median"]
    ratio = plain(percent, 0) if percent >= 1.0 else significant(percent, 1)
    at, moved = place_text(largest["at"], controls), sigmas(largest["sigmas"])
    change = f"from {before} to {after} {unit}".strip()
    return [
        f"The prediction moved most at {at}, by {moved}: {change}. Over the whole range it moved "
        f"by {sigmas(told['rms'])} (rms). σ is the error bar of the version before; the new one is "
        f"{ratio} % of it (median)."
    ]


def _move(move: dict[str, Any], controls: Sequence[Control], observable: Observable) -> Move:
    count = len(move["measurements"])
    what = f"{count} measurements"
    if move["point"] is not None:
        value = f"{uncertain(move['value'], move['std'])} {symbol(observable.unit)}".strip()
        what = f"{value} at {place_text(move['point'], controls)}"
    return Move(
        label=move["label"],
        what=what,
        removed=move["kind"] == "removed",
        job=move["job"],
        by=sigmas(move["sigmas"], signed=True),
        where=place_text(move["at"], controls),
    )
