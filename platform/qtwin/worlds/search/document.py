"""The document of a search world, checked against the twin that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.fusion.base import Role, SourceSpec
from qtwin.fusion.planner.offer import Price, Setting
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.search.goal import Goal, Kind
from qtwin.worlds.search.way import Way, rows_of

SCHEMA_VERSION = 1
MOST_ENTRIES = 2000
"""Grid points times ways to ask that one world takes, as many as candidates of a plan."""

MOST_STEPS = 256
LINE, MANY = 65, 128
"""Grid points by default, for one control and for more."""

FIELDS = (
    *("kind", "schema_version", "goal", "budget", "sources", "shots", "steps", "grid", "truths"),
    *("cost_weight", "seed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the document says.

    Attributes:
        goal: What is searched for.
        budget: Most that an episode may spend.
        ways: Sources to ask, each at a setting.
        shots: Shot counts to choose from; one entry of 0 where every way is exact.
        steps: Most asks of an episode.
        points: Of the grid.
        truths: Draws that episodes take their truth from.
        cost_weight: What the whole budget costs, in units of the error before the first ask.
        seed: Of the draws.
    """

    goal: Goal
    budget: float
    ways: tuple[Way, ...]
    shots: tuple[int, ...]
    steps: int
    points: int
    truths: int
    cost_weight: float
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The document, with what was left to default."""
        return {
            "kind": "search",
            "schema_version": SCHEMA_VERSION,
            "goal": self.goal.to_dict(),
            "budget": self.budget,
            "sources": [way.to_dict() for way in self.ways],
            "shots": [count for count in self.shots if count],
            "steps": self.steps,
            "grid": self.points,
            "truths": self.truths,
            "cost_weight": self.cost_weight,
            "seed": self.seed,
        }


def read_terms(document: Document, fit: StarFit) -> Terms:
    """Check a document field by field.

    Raises:
        ProgramRejected: Names the field by its JSON pointer, its value and the allowed values.
    """
    document.only(*FIELDS)
    document.choice("kind", ("search",))
    document.integer("schema_version", SCHEMA_VERSION, SCHEMA_VERSION)
    budget = _number(document, "budget", above=0.0)
    ways = _ways(document, fit)
    shots = _shots(document, ways)
    cheapest = min(way.cost(count) for way in ways for count in shots)
    if cheapest > budget:
        _refuse(document, "budget", budget, f"{cheapest:g} or more, the cost of the cheapest ask")
    controls = len(fit.bounds)
    return Terms(
        goal=_goal(document.document("goal"), controls),
        budget=budget,
        ways=ways,
        shots=shots,
        steps=document.integer(
            "steps", 1, MOST_STEPS, default=int(np.clip(budget / cheapest * (1 + 1e-9), 1, 64))
        ),
        points=document.integer(
            "grid", 9, MOST_ENTRIES // (1 + len(ways)), default=LINE if controls == 1 else MANY
        ),
        truths=document.integer("truths", 1, 100_000, default=1024),
        cost_weight=_number(document, "cost_weight", default=0.1),
        seed=document.integer("seed", 0, 2**31 - 1, default=0),
    )


def _goal(document: Document, controls: int) -> Goal:
    document.only("kind", "tolerance", "level")
    kind = Kind(document.choice("kind", tuple(Kind)))
    if kind is Kind.TRANSITION and controls > 1:
        raise ProgramRejected(
            f"kind = 'transition'; allowed: minimum, maximum, target: the twin has {controls} "
            "controls, and a transition is along one",
            field=document.at("kind"),
        )
    level = None
    if kind is Kind.TARGET or document.entry("level", None) is not None:
        if kind in (Kind.MINIMUM, Kind.MAXIMUM):
            _refuse(document, "level", document.entry("level", None), f"none, for a {kind}")
        level = document.number("level")
    return Goal(kind=kind, tolerance=_number(document, "tolerance", above=0.0), level=level)


def _ways(document: Document, fit: StarFit) -> tuple[Way, ...]:
    parts = document.documents("sources", 1, 32)
    ways = tuple(_way(part, fit) for part in parts)
    keys = [way.key for way in ways]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            raise ProgramRejected(
                f"{shown(ways[i].name)} at this setting is source {keys.index(key)} already; "
                "allowed: another source, gain or knob",
                field=parts[i].at("name"),
            )
    return ways


def _way(document: Document, fit: StarFit) -> Way:
    document.only(
        "name", "role", "cost", "cost_per_shot", "gain", "knobs", "shot_std", "measured_shots"
    )
    spec = _spec(document, fit)
    run = _number(document, "cost", default=0.0)
    shot = _number(document, "cost_per_shot", default=0.0)
    if run == 0.0 and shot == 0.0:
        _refuse(document, "cost", run, "above 0, or a cost_per_shot above 0")
    shot_std, measured = None, None
    if document.entry("shot_std", None) is not None:
        shot_std = _number(document, "shot_std", above=0.0)
    elif _measured_with_shots(fit, spec.name):
        measured = document.integer("measured_shots", 1, 10**9)
    return Way(
        spec=spec,
        setting=Setting(gain=_gain(document, spec, fit), knobs=_knobs(document, spec)),
        price=Price(run=run, shot=shot),
        shot_std=shot_std,
        measured_shots=measured,
    )


def _spec(document: Document, fit: StarFit) -> SourceSpec:
    """A source of the twin, or one that has not run yet."""
    name, known = document.text("name"), {spec.name: spec for spec in fit.sites.specs}
    if name in known:
        document.choice("role", (known[name].role,), default=known[name].role)
        return known[name]
    if document.entry("role", None) is None:
        names = ", ".join(known)
        _refuse(document, "name", name, f"{names}, or another with its role")
    allowed = (Role.REFERENCE, Role.APPROXIMATION)
    return SourceSpec(name=name, role=Role(document.choice("role", allowed)))


def _measured_with_shots(fit: StarFit, name: str) -> bool:
    return bool(fit.sites.var[rows_of(fit, name)].any())


def _gain(document: Document, spec: SourceSpec, fit: StarFit) -> float | None:
    if spec.role is not Role.DEVICE:
        if document.entry("gain", None) is not None:
            _refuse(document, "gain", document.entry("gain", None), "none, but for a device")
        return None
    measured = np.unique(fit.sites.gain[rows_of(fit, spec.name)])
    gain = _number(document, "gain", default=float(measured[0]), above=0.0)
    if len(measured) == 1 and gain != measured[0]:
        _refuse(document, "gain", gain, f"{measured[0]:g}, the only one that the twin has seen")
    return gain


def _knobs(document: Document, spec: SourceSpec) -> Mapping[str, float]:
    if not spec.knobs:
        document.document("knobs").only()
        return {}
    knobs = document.document("knobs")
    knobs.only(*(knob.name for knob in spec.knobs))
    return {knob.name: knobs.number(knob.name) for knob in spec.knobs}


def _shots(document: Document, ways: tuple[Way, ...]) -> tuple[int, ...]:
    if not any(way.noisy for way in ways):
        document.items("shots", 0, 0, default=())
        return (0,)
    counts = document.items("shots", 1, 16)
    for i, count in enumerate(counts):
        if type(count) is not int or not 1 <= count <= 10**9:
            raise ProgramRejected(
                f"{shown(count)} is not allowed; allowed: an integer from 1 to {10**9}",
                field=f"{document.at('shots')}/{i}",
            )
    return tuple(sorted(set(counts)))


def _number(
    document: Document, name: str, *, default: float | None = None, above: float | None = None
) -> float:
    value = document.entry(name, default)
    if value is None:
        value = document.required(name)
    allowed = "a number of 0 or more" if above is None else f"a number above {above:g}"
    if not is_number(value) or value < 0.0 or (above is not None and value <= above):
        _refuse(document, name, value, allowed)
    return float(value)


def _refuse(document: Document, name: str, value: object, allowed: str) -> NoReturn:
    raise ProgramRejected(f"{name} = {shown(value)}; allowed: {allowed}", field=document.at(name))
