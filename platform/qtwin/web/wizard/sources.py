"""The third step: which sources, with which knobs, shots and points, and what each would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from backends import registry
from backends.errors import ProgramRejected
from backends.installed import missing
from backends.schema import Cost, Experiment, KnobLimit, RunOptions
from backends.schema.experiment import FloatArray
from backends.selection.choice import OF_ANOTHER_KIND
from backends.systems import System
from qtwin.accounts.models import Team, User
from qtwin.campaigns.points import points_of
from qtwin.projects.models import ProjectDraft, Role
from qtwin.projects.offers import Offers, Status, offers_seen_by
from qtwin.web.typed import number
from qtwin.web.wizard.catalog import Offered, offered
from qtwin.web.wizard.data import DataForm
from qtwin.web.wizard.design import design_of, middle
from qtwin.web.wizard.expected_error import expected_error, shot_noise
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.know import KnowStep
from qtwin.web.wizard.source_line import KnobLine, SourceLine
from qtwin.web.wizard.system import Typed
from qtwin.web.wizard.wrong import Wrong

STEP, CHOSEN, SENT = "sources", "source", "sent"
MOST_POINTS = 2000
MOST_SUGGESTED_S = 300.0
"""What takes longer is not suggested."""
COUNTS = {Role.REFERENCE: (7, 4, 20), Role.APPROXIMATION: (21, 7, 60), Role.DEVICE: (11, 5, 30)}
"""Suggested points by the number of controls: in all, along each of two, and in all of more."""


class SourcesStep:
    """What the draft says of sources.

    Attributes:
        team: Whose credentials count.
    """

    slug, title = STEP, "Sources"

    def __init__(
        self, draft: ProjectDraft, know: KnowStep, *, user: User, team: Team | None
    ) -> None:
        self.typed: Typed = draft.typed.get(STEP, {})
        self.know, self.user, self.team = know, user, team
        self.wrong = Wrong()
        self.lines: list[SourceLine] = [] if know.system is None or know.wrong else self._lines()
        self.data = DataForm(self.typed, draft.data, know, self.wrong)
        if self.lines and not self.chosen and not self.data.given:
            self.wrong.add(
                CHOSEN, "No source is chosen, and no data are given; needed: one of them"
            )
        for line in self.chosen:
            for name, detail in line.wrong.items():
                self.wrong.add(f"{name}:{line.offer.name}", detail)

    @property
    def sent(self) -> bool:
        """Whether somebody chose; until then the suggestions are."""
        return text_of(self.typed, SENT) == "on"

    @property
    def chosen(self) -> list[SourceLine]:
        return [line for line in self.lines if line.chosen]

    @property
    def usable(self) -> list[SourceLine]:
        return [line for line in self.lines if not line.unavailable]

    @property
    def unavailable(self) -> list[SourceLine]:
        return [line for line in self.lines if line.unavailable]

    @property
    def has_reference(self) -> bool:
        roles = [line.offer.role for line in self.chosen]
        return Role.REFERENCE in roles or (self.data.given and self.data.role == Role.REFERENCE)

    @property
    def money(self) -> int:
        return sum(line.money for line in self.chosen)

    @property
    def seconds(self) -> float:
        return sum(line.seconds for line in self.chosen)

    @property
    def point_count(self) -> int:
        return sum(line.count for line in self.chosen)

    @cached_property
    def offers(self) -> Offers:
        """As the team of the project sees them."""
        found = offers_seen_by(self.user)
        mine = [pair for pair in found.vendors if self.team and pair[0] == str(self.team.pk)]
        return replace(found, vendors=mine)

    def _lines(self) -> list[SourceLine]:
        system = self.know.system
        assert system is not None
        every = [self._line(offer, system) for offer in offered(system)]
        lines = [line for line in every if line is not None]
        if not self.sent and not any(line.chosen and line.is_reference for line in lines):
            return _with_a_reference(lines)
        return lines

    def _line(self, offer: Offered, system: System) -> SourceLine | None:
        """None where it is of another kind of system."""
        devices = self._devices(offer)
        line = SourceLine(
            offer=offer,
            chosen=offer.name in self.typed.get(CHOSEN, ()) if self.sent else offer.suggested,
            unavailable=self._unavailable(offer, devices),
            points=self._typed("points", offer, str(self._count(offer, len(system.controls)))),
            shots=self._typed("shots", offer, str(offer.shots or "")),
            device=self._typed("device", offer, devices[0] if devices else ""),
            devices=devices,
            knobs=tuple(self._knob(offer, limit) for limit in offer.limits),
            error=expected_error(offer),
        )
        return self._checked(line, system)

    def _checked(self, line: SourceLine, system: System) -> SourceLine | None:
        wrong = {f"knob:{knob.limit.name}": knob.wrong for knob in line.knobs if knob.wrong}
        if line.offer.shots and line.shot_count is None:
            wrong["shots"] = f"Shots = {line.shots!r:.40}; allowed: a whole number from 1"
        design, points = self._points(line, system, wrong)
        try:
            observables, cost = self._asked(line, system, points)
        except ProgramRejected as error:
            return self._refused(line, error, wrong)
        affordable = self.sent or cost.seconds <= MOST_SUGGESTED_S
        return replace(
            line,
            chosen=line.chosen and affordable and not line.unavailable,
            wrong=wrong,
            observables=observables,
            missed=tuple(name for name in self.know.wanted if name not in observables),
            count=0 if design is None else len(points),
            design=design,
            cost=None if wrong else cost,
            error=f"{line.error} {shot_noise(line, system, observables)}".strip(),
        )

    @staticmethod
    def _points(line: SourceLine, system: System, wrong: dict[str, str]) -> tuple[Any, FloatArray]:
        """The design, None where it is wrong, and points, shape ``(P, C)``."""
        try:
            design = design_of(line.points, len(system.controls), system)
            points = points_of(design, system.controls, most=MOST_POINTS)
            system.check_points(points)
        except ProgramRejected as error:
            wrong["points"] = f"Points = {line.points!r:.80}: {error}"
            return None, middle(system)
        return design, points

    @staticmethod
    def _refused(
        line: SourceLine, error: ProgramRejected, wrong: dict[str, str]
    ) -> SourceLine | None:
        """A line that cannot be; None where it is of another kind of system."""
        of_another_kind = error.field in OF_ANOTHER_KIND and error.field != "/shots"
        if of_another_kind:
            return None
        if line.unavailable:
            return replace(line, chosen=False)
        name = "shots" if error.field == "/shots" else ""
        if error.field.startswith("/knobs/"):
            name = f"knob:{error.field.split('/')[2]}"
        if name:
            return replace(line, wrong={name: str(error), **wrong})
        return replace(line, unavailable=str(error), chosen=False)

    def _asked(
        self, line: SourceLine, system: System, points: FloatArray
    ) -> tuple[tuple[str, ...], Cost]:
        """Which of the wanted observables it answers, and what its points take."""
        backend = registry.get(line.offer.backend)
        knobs = {
            k.limit.name: line.knob_values.get(k.limit.name) for k in line.knobs if not k.wrong
        }
        given = {name: value for name, value in sorted(knobs.items()) if value is not None}
        asked = Experiment(
            system=self.know.document,
            method=line.offer.method,
            settings=line.settings,
            controls=tuple(control.name for control in system.controls),
            points=points,
            observables=self.know.wanted,
            knobs=tuple(given),
            knob_values=np.array([list(given.values())] * len(points)).reshape(len(points), -1),
        )
        run = RunOptions(shots=(line.shot_count or line.offer.shots) if line.offer.shots else None)
        names = backend.answerable(asked, run)
        return names, backend.estimate(replace(asked, observables=names), run).here()

    def _unavailable(self, offer: Offered, devices: Sequence[str]) -> str:
        extras = missing(offer.backend)
        if extras:
            return f"Not installed: it needs the extra {' and '.join(extras)}."
        stopped = self.offers.stopped(offer.backend)
        if stopped:
            return f"Stopped: {'; '.join(stopped)}."
        queue = registry.get(offer.backend).capabilities.queue
        if self.offers.status(offer.backend) is Status.NEEDS_CREDENTIAL:
            return f"The team has no key to {queue.credential if queue else offer.backend} yet."
        if queue is not None and not devices and offer.backend != "aquila":
            return "No device of it was seen yet; test the team's key."
        return ""

    def _devices(self, offer: Offered) -> tuple[str, ...]:
        if registry.get(offer.backend).capabilities.queue is None or offer.backend == "aquila":
            return ()
        seen = self.offers.devices(offer.backend)
        return tuple(dict.fromkeys(device["name"] for device in seen))

    def _knob(self, offer: Offered, limit: KnobLimit) -> KnobLine:
        low, high = offer.bounds(limit.name)
        suggested = offer.knobs.get(limit.name)
        text = self._typed(
            f"knob:{limit.name}", offer, "" if suggested is None else f"{suggested:g}"
        )
        value = number(text) if text else limit.default
        good = not isinstance(value, str) and low <= value <= high
        name = limit.name.replace("_", " ").capitalize()
        wrong = "" if good else f"{name} = {text!r:.40}; allowed: {low:g} to {high:g}"
        return KnobLine(limit=limit, text=text, low=low, high=high, wrong=wrong)

    def _typed(self, part: str, offer: Offered, suggested: str) -> str:
        name = f"{part}:{offer.name}"
        return text_of(self.typed, name) if name in self.typed else suggested

    @staticmethod
    def _count(offer: Offered, controls: int) -> int:
        return COUNTS[offer.role][min(controls, 3) - 1]


def _with_a_reference(lines: list[SourceLine]) -> list[SourceLine]:
    """The same with the first reference chosen that works."""
    good = (line for line in lines if line.is_reference and line.cost and not line.unavailable)
    first = next((line for line in good if line.seconds <= MOST_SUGGESTED_S), None)
    return [replace(line, chosen=True) if line is first else line for line in lines]
