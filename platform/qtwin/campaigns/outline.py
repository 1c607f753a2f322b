"""What a campaign is asked to do, before anything is made: its steps, and the order among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from qtwin.campaigns.condition import Condition
from qtwin.campaigns.facts import fact_names

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step of a campaign.

    Attributes:
        kind: ``sweep`` or ``loop``.
        spec: Of its kind.
        after: Names of the steps that come before it.
        when: Condition on their results; empty for none.
        at: JSON pointer of the step in the request, for errors.
    """

    name: str
    kind: str
    spec: Spec
    after: tuple[str, ...] = ()
    when: str = ""
    at: str = ""

    @property
    def place(self) -> str:
        """JSON pointer of the sweep or loop."""
        return f"{self.at}/{self.kind}"


def outline_check(steps: Sequence[StepPlan]) -> None:
    """Refuse names that are taken, orders that go in a circle, and conditions without sense.

    Raises:
        ProgramRejected: Points at what is wrong.
    """
    known = _by_name(steps)
    for step in steps:
        for index, name in enumerate(step.after):
            if name not in known:
                raise ProgramRejected(
                    f"unknown step {name!r}; allowed: {', '.join(known)}",
                    field=f"{step.at}/after/{index}",
                )
    for step in steps:
        earlier = _earlier(step, known)
        if step.name in earlier:
            raise ProgramRejected(f"{step.name!r} would wait for itself", field=f"{step.at}/after")
        if step.when:
            names = [n for e in earlier for n in fact_names(known[e].name, known[e].spec)]
            Condition.parse(step.when, _unambiguous(names, step), at=f"{step.at}/when")


def _by_name(steps: Sequence[StepPlan]) -> dict[str, StepPlan]:
    known: dict[str, StepPlan] = {}
    for step in steps:
        if step.name in known:
            raise ProgramRejected(f"a second step {step.name!r}", field=f"{step.at}/name")
        known[step.name] = step
    return known


def _unambiguous(names: list[str], step: StepPlan) -> list[str]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ProgramRejected(
            f"{twice!r} would mean two things; allowed: other step names", field=f"{step.at}/name"
        )
    return names


def _earlier(step: StepPlan, known: Mapping[str, StepPlan]) -> list[str]:
    """Every step that is directly or indirectly before this one; itself if it is in a circle."""
    return list(dict.fromkeys(_walk(step, known, set())))


def _walk(step: StepPlan, known: Mapping[str, StepPlan], seen: set[str]) -> Iterator[str]:
    for name in step.after:
        if name not in seen:
            seen.add(name)
            yield name
            yield from _walk(known[name], known, seen)
