"""What an agent does in a world, what it sees, and what it is rewarded for, in words and ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qtwin.drawing.settings import amount
from qtwin.training.models import World
from qtwin.web.numbers import significant

MOST_NAMES = 24
UNITS = {"rydberg_array": "rad/us", "pulses": "rad/us"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One control: its range, and the values that it begins and ends with."""

    name: str
    between: str
    ends: str


def actions_of(world: World) -> list[Action]:
    """The controls that a control world's document gives to the agent."""
    schedule, system = world.document.get("schedule"), world.document.get("system")
    controls = schedule.get("controls") if isinstance(schedule, Mapping) else None
    if not isinstance(controls, Mapping):
        return []
    kind = system.get("kind", "") if isinstance(system, Mapping) else ""
    unit = UNITS.get(str(kind), "")
    return [
        Action(
            name=str(name).replace("_", " ").capitalize(),
            between=_between(one.get("lower"), one.get("upper"), unit),
            ends=_ends(one.get("ends")),
        )
        for name, one in controls.items()
        if isinstance(one, Mapping)
    ]


def _between(low: Any, high: Any, unit: str) -> str:
    known = isinstance(low, int | float) and isinstance(high, int | float)
    return f"{significant(low, 4)} to {amount(high, unit)}" if known else "–"


def _ends(ends: Any) -> str:
    if not isinstance(ends, list) or len(ends) != 2:
        return "free"
    return " and ".join("free" if end is None else significant(float(end), 4) for end in ends)


def rewards_of(world: World) -> list[tuple[str, str]]:
    """The goal and what is taken off it, as the document says."""
    document = world.document
    found: list[tuple[str, str]] = []
    for name in ("goal", "costs", "target", "budget", "penalty", "tolerance", "cost_weight"):
        value = document.get(name)
        if isinstance(value, Mapping):
            found += [(f"{name} {key}", _said(one)) for key, one in value.items()]
        elif value is not None:
            found.append((name, _said(value)))
    return [(name.replace("_", " ").capitalize(), said) for name, said in found]


def facts_of(world: World) -> list[tuple[str, str]]:
    """What its maker found: steps, and the sizes of what is done and seen."""
    facts = world.facts if isinstance(world.facts, Mapping) else {}
    found = [("Steps of an episode", _said(facts["steps"]))] if "steps" in facts else []
    spaces = facts.get("spaces")
    for name, label in (("action", "An action"), ("observation", "An observation")):
        space = spaces.get(name) if isinstance(spaces, Mapping) else None
        if isinstance(space, Mapping):
            found.append((label, _space(space)))
    return found


def _space(space: Mapping[str, Any]) -> str:
    """``9 numbers, each from −1 to 1``."""
    shape = [int(size) for size in space.get("shape", ()) if isinstance(size, int)]
    ends = [space.get(name) for name in ("lower", "upper")]
    lists = [end for end in ends if isinstance(end, list)]
    known = [one for end in lists for one in end if isinstance(one, int | float)]
    whole = len(lists) == 2 and len(known) == sum(map(len, lists))
    between = f" from {significant(min(known), 4)} to {significant(max(known), 4)}" if whole else ""
    count = math.prod(shape)
    return f"{count} number{'' if count == 1 else 's'}{between}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return significant(float(value), 6)
    if isinstance(value, list):
        more = len(value) - MOST_NAMES
        shown = ", ".join(_said(one) for one in value[:MOST_NAMES])
        return f"{shown} and {more} more" if more > 0 else shown
    return str(value).replace("_", " ")
