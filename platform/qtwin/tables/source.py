"""The sources of SPEC.json and their knobs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from qtwin.fusion.base import FloatArray, Knob, Role, SourceSpec
from qtwin.tables.node import Node

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KnobKind(StrEnum):
    """Where a knob acts: a damping knob in the channel, the other kind in the discrepancy."""

    DAMPING = "damping"
    DISCREPANCY = "discrepancy"


class Scale(StrEnum):
    """Whether a source's values are in the unit of the truth, or scaled by an unknown factor."""

    FIXED = "fixed"
    LEARN = "learn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost of one more measurement: ``per_run + per_shot * shots``."""

    per_run: float
    per_shot: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnobEntry:
    """A knob of one source; ``order`` is unused by a damping knob."""

    name: str
    kind: KnobKind
    limit: float
    order: float

    def allows(self, values: FloatArray) -> NDArray[np.bool_]:
        """Which values the knob can take; of a damping knob a noise gain from 0."""
        if self.kind is KnobKind.DAMPING:
            return np.isfinite(values) & (values >= 0.0)
        if np.isinf(self.limit):
            return np.asarray(values * np.sign(self.limit) > 0.0)
        return np.isfinite(values)

    @property
    def allowed(self) -> str:
        """The same in words."""
        if self.kind is KnobKind.DAMPING:
            return "a noise gain from 0; 1 for a raw run"
        if np.isinf(self.limit):
            return f"a number {'above' if self.limit > 0.0 else 'below'} 0, or {self.limit}"
        return "a finite number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as SPEC.json states it; what is left out is None."""

    name: str
    role: Role
    scale: Scale | None
    knobs: tuple[KnobEntry, ...]
    mixed_value: float | None
    cost: Cost | None

    @property
    def gain(self) -> str | None:
        """Name of its damping knob."""
        return next((k.name for k in self.knobs if k.kind is KnobKind.DAMPING), None)

    def knob(self, name: str) -> KnobEntry | None:
        """Its knob of this name."""
        return next((knob for knob in self.knobs if knob.name == name), None)

    def star(self) -> SourceSpec:
        """The source as the model sees it."""
        knobs = [knob for knob in self.knobs if knob.kind is KnobKind.DISCREPANCY]
        return SourceSpec(
            name=self.name,
            role=self.role,
            learn_scale=self.scale is Scale.LEARN,
            knobs=tuple(Knob(name=k.name, limit=k.limit, order=k.order) for k in knobs),
        )


def read_sources(node: Node) -> tuple[Source, ...]:
    """All sources of SPEC.json, sorted by name."""
    if not node.members:
        node.wrong("an object with at least one source")
    return tuple(_source(name, node.members[name]) for name in sorted(node.members))


def _source(name: str, node: Node) -> Source:
    _check_name(name, node)
    node.object(needed=("role",), optional=("scale", "knobs", "mixed_value", "cost"))
    role = Role(node.members["role"].choice([role.value for role in Role]))
    return Source(
        name=name,
        role=role,
        scale=_scale(node, role),
        knobs=_knobs(node, role),
        mixed_value=_mixed_value(node, role),
        cost=_cost(node),
    )


def _check_name(name: str, node: Node) -> None:
    if not name or name != name.strip() or len(name) > 100 or not name.isprintable():
        node.refuse(f"source {name!r}; allowed: 1 to 100 printable characters, no blanks around")


def _scale(node: Node, role: Role) -> Scale | None:
    scale = node.members.get("scale")
    if scale is None:
        return None
    stated = Scale(scale.choice([one.value for one in Scale]))
    if stated is Scale.LEARN and role is Role.REFERENCE:
        scale.wrong("fixed for a reference, which sees the truth as it is")
    return stated


def _mixed_value(node: Node, role: Role) -> float | None:
    value = node.members.get("mixed_value")
    if value is None:
        return None
    if role is not Role.DEVICE:
        value.refuse(f"a {role} has no mixed_value; allowed: only for a device")
    return value.number()


def _cost(node: Node) -> Cost | None:
    cost = node.members.get("cost")
    if cost is None:
        return None
    if not isinstance(cost.value, dict):
        return Cost(per_run=_price(cost), per_shot=0.0)
    cost.object(optional=("per_run", "per_shot"))
    parts = {key: _price(member) for key, member in cost.members.items()}
    return Cost(per_run=parts.get("per_run", 0.0), per_shot=parts.get("per_shot", 0.0))


def _price(node: Node) -> float:
    allowed = 'a number from 0, or of a source of shots {"per_run": …, "per_shot": …}'
    if node.number(allowed) < 0.0:
        node.wrong(allowed)
    return float(node.value)


def _knobs(node: Node, role: Role) -> tuple[KnobEntry, ...]:
    knobs = node.members.get("knobs")
    if knobs is None:
        return ()
    if not isinstance(knobs.value, dict):
        knobs.wrong('an object such as {"noise_gain": {"limit": 0}}')
    found = [_knob(name, knobs.members[name], role) for name in sorted(knobs.members)]
    gains = [knob.name for knob in found if knob.kind is KnobKind.DAMPING]
    if len(gains) > 1:
        knobs.refuse(f"{', '.join(gains)} are of kind damping; allowed: one noise gain per device")
    return tuple(found)


def _knob(name: str, node: Node, role: Role) -> KnobEntry:
    _check_name(name, node)
    node.object(needed=("limit",), optional=("kind", "order"))
    limit = _limit(node.members["limit"])
    kind = _kind(node, role)
    order = node.members.get("order")
    if kind is KnobKind.DAMPING:
        _check_damping(node, limit)
    power = 1.0 if order is None else order.number("a number above 0")
    if order is not None and power <= 0.0:
        order.wrong("a number above 0")
    return KnobEntry(name=name, kind=kind, limit=limit, order=power)


def _limit(node: Node) -> float:
    if node.value in ("inf", "-inf"):
        return float(node.value)
    return node.number('a finite number, "inf" or "-inf"')


def _kind(node: Node, role: Role) -> KnobKind:
    kind = node.members.get("kind")
    if kind is None:
        return KnobKind.DAMPING if role is Role.DEVICE else KnobKind.DISCREPANCY
    chosen = KnobKind(kind.choice([kind.value for kind in KnobKind]))
    if chosen is KnobKind.DAMPING and role is not Role.DEVICE:
        kind.wrong(f"discrepancy for a {role}; only the noise gain of a device damps")
    return chosen


def _check_damping(node: Node, limit: float) -> None:
    hint = 'or "kind": "discrepancy"'
    if limit != 0.0:
        node.members["limit"].wrong(f"0 for a damping knob, the default kind of a device, {hint}")
    order = node.members.get("order")
    if order is not None and order.value != 1.0:
        order.wrong(f"1 for a damping knob, which acts exponentially, {hint}")
