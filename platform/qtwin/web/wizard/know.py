"""The second step: which observables are wanted, and over which ranges of the controls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import Control, ObservableSpec, System
from qtwin.projects.models import ProjectDraft
from qtwin.web.numbers import significant
from qtwin.web.typed import number
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.forms import units_of
from qtwin.web.wizard.notation import plain
from qtwin.web.wizard.system import SystemStep, Typed
from qtwin.web.wizard.wrong import Wrong

STEP, WANTED, FIRST, SENT = "know", "wanted", "first", "sent"
PARTS = ("label", "unit", "lower", "upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """A control as it is typed, each part with what is wrong with it."""

    name: str
    label: str
    unit: str
    lower: str
    upper: str
    units: tuple[str, ...]
    wrong: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservableLine:
    """An observable that the system has, and whether it is wanted."""

    spec: ObservableSpec
    wanted: bool
    suggested: bool

    @property
    def range(self) -> str:
        """Its physical bounds in words; empty for none."""
        lower, upper = self.spec.lower, self.spec.upper
        if lower is not None and upper is not None:
            return f"{significant(lower, 4)} to {significant(upper, 4)}"
        if lower is not None:
            return f"{significant(lower, 4)} or more"
        return "" if upper is None else f"{significant(upper, 4)} or less"


class KnowStep:
    """What the draft says about it.

    Attributes:
        system: With the controls as they are typed here; None while something is wrong.
    """

    slug, title = STEP, "What to know"

    def __init__(self, draft: ProjectDraft, before: SystemStep) -> None:
        self.typed: Typed = draft.typed.get(STEP, {})
        self.before = before
        self.wrong = Wrong()
        self.system: System | None = self._read()
        if self.system is not None:
            self._check_wanted()

    @property
    def sent(self) -> bool:
        """Whether somebody chose; until then the suggestions are chosen."""
        return text_of(self.typed, SENT) == "on"

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """Controls as the document will have them."""
        if self.before.system is None:
            return []
        if not self.before.editor:
            return self.before.controls(self.typed)
        return [self._typed_over(control) for control in self.before.system.controls]

    def _typed_over(self, control: Control) -> dict[str, Any]:
        entry: dict[str, Any] = control.to_dict()
        for part in PARTS:
            if text := text_of(self.typed, f"control:{control.name}:{part}"):
                entry[part] = number(text) if part in ("lower", "upper") else text
        return entry

    @property
    def rows(self) -> list[ControlRow]:
        units = units_of(self.before.document) if self.before.document else ()
        return [
            ControlRow(
                name=entry["name"],
                units=tuple(dict.fromkeys((entry["unit"], *units))),
                wrong={
                    part: text
                    for part in PARTS
                    if (text := self.wrong.by_field.get(f"control:{entry['name']}:{part}"))
                },
                **{part: _shown(entry[part]) for part in PARTS},
            )
            for entry in self.entries
        ]

    @property
    def specs(self) -> tuple[ObservableSpec, ...]:
        system = self.system or self.before.system
        return () if system is None else system.observables

    @property
    def suggested(self) -> tuple[str, ...]:
        """What is worth knowing of such a system."""
        known = [spec.name for spec in self.specs]
        wanted = [name for name in self.before.template.observables if name in known]
        system = self.before.system
        primary = [] if system is None else [name for name in system.primary if name in known]
        return tuple(dict.fromkeys((*wanted, *primary[1:]))) or tuple(primary[:1])

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of what is wanted, the one that is shown first ahead."""
        names = self.typed.get(WANTED, ()) if self.sent else self.suggested
        known = [spec.name for spec in self.specs]
        chosen = [name for name in known if name in names]
        first = text_of(self.typed, FIRST) or (self.suggested[0] if self.suggested else "")
        return tuple(sorted(chosen, key=lambda name: name != first))

    @property
    def lines(self) -> list[ObservableLine]:
        wanted, suggested = self.wanted, self.suggested
        lines = [
            ObservableLine(spec=spec, wanted=spec.name in wanted, suggested=spec.name in suggested)
            for spec in self.specs
        ]
        return sorted(lines, key=lambda line: not line.suggested)

    @property
    def document(self) -> dict[str, Any]:
        """The checked document, with its controls; empty while something is wrong."""
        return {} if self.system is None else self.system.to_dict()

    def _read(self) -> System | None:
        if self.before.system is None:
            return None
        document = {**self.before.document, "controls": self.entries}
        try:
            found = systems.load(document)
            found.check_points([[(c.lower + c.upper) / 2 for c in found.controls]])
        except ProgramRejected as error:
            self._refuse(error)
            return None
        return found

    def _refuse(self, error: ProgramRejected) -> None:
        parts = error.field.strip("/").split("/")
        if parts[0] == "controls" and len(parts) == 3 and parts[1].isdecimal():
            name = self.entries[int(parts[1])]["name"]
            self.wrong.add(f"control:{name}:{parts[2]}", str(error))
        elif parts[0] == "points":
            self.wrong.add("", f"In the middle of the ranges, {error}")
        else:
            self.wrong.add("", str(error))

    def _check_wanted(self) -> None:
        if not self.wanted:
            names = ", ".join(spec.name for spec in self.specs)
            self.wrong.add(WANTED, f"Nothing is wanted; allowed: 1 or more of {names}")


def _shown(value: Any) -> str:
    return plain(value)
