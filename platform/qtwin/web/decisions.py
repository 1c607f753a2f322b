"""What the loops of a campaign aim at, and what they decided, as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.campaigns.models import Campaign, Decision, Step
from qtwin.projects.models import Control
from qtwin.web.headline import symbol
from qtwin.web.numbers import grouped, significant
from qtwin.web.place import place_text

DECISIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision: ``sigma`` and ``runs`` are ready to print, ``sentences`` say why, run by run."""

    decision: Decision
    sigma: str
    runs: list[str]
    sentences: list[str]
    ending: str


def choices(campaign: Campaign) -> list[Choice]:
    """The latest decisions of its loops, newest first."""
    rows = Decision.objects.filter(step__campaign=campaign).select_related("step")
    units = _units(campaign)
    labels = dict(campaign.project.sources.values_list("name", "label"))
    controls = list(campaign.project.controls.all())
    return [
        _choice(decision, units, labels, controls) for decision in rows.order_by("-id")[:DECISIONS]
    ]


def aims(campaign: Campaign, loops: Sequence[Step]) -> list[str]:
    """Of each loop: ``target σ 0.00002 hartree, 3 of 600 spent``."""
    units = _units(campaign)
    return [_aim(loop, units[loop.spec["observable"]]) for loop in loops]


def _aim(loop: Step, unit: str) -> str:
    target, budget = loop.spec.get("target"), loop.spec.get("budget")
    parts = [f"target σ {_sigma(target, unit)}"] if target else []
    if budget:
        parts.append(f"{significant(loop.spent, 4)} of {significant(budget, 4)} spent")
    return ", ".join(parts)


def _units(campaign: Campaign) -> dict[str, str]:
    known = campaign.project.observables.values_list("name", "unit")
    return {name: symbol(unit) for name, unit in known}


def _sigma(value: float, unit: str) -> str:
    return f"{significant(value, 3)} {unit}".strip()


def _choice(
    decision: Decision,
    units: Mapping[str, str],
    labels: Mapping[str, str],
    controls: Sequence[Control],
) -> Choice:
    steps: list[dict[str, Any]] = decision.plan["steps"]
    notes = decision.plan["notes"]
    return Choice(
        decision=decision,
        sigma=_sigma(decision.sigma, units[decision.step.spec["observable"]]),
        runs=_runs(steps, labels, controls),
        sentences=[step["why"] for step in steps],
        ending=str(notes[-1]) if decision.stop and notes else "",
    )


def _runs(
    steps: Sequence[dict[str, Any]], labels: Mapping[str, str], controls: Sequence[Control]
) -> list[str]:
    """Where each source runs, with how many shots; sources in the order of the plan."""
    places: dict[str, list[str]] = {}
    for step in steps:
        shots = f" ({grouped(step['shots'])} shots)" if step["shots"] else ""
        places.setdefault(step["source"], []).append(place_text(step["at"], controls) + shots)
    return [f"{labels.get(source, source)} at {'; '.join(at)}" for source, at in places.items()]
