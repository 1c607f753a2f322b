"""Versions of the twin: the one that the address asks for, and those beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigAutoField, PositiveIntegerField, UUIDField

from qtwin.prepared import Read, Slot
from qtwin.projects.models import Observable, Project
from qtwin.twins.models import TwinFit
from qtwin.web.numbers import sigmas

BESIDE = 5
"""Versions that are listed before and after the one shown."""

_COLUMNS = {
    "number": "version__number",
    "made_at": "version__created_at",
    "measurements": "version__measurements",
    "refit": "version__refit",
    "claim": "claim",
    "added": "changes__added",
    "removed": "changes__removed",
    "moved": "changes__prediction__largest__sigmas",
}


class NoVersion(Exception):
    """What was typed is no version of the twin; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One row of the list; ``moved`` is the largest move of the prediction, ready to print."""

    number: int
    made_at: datetime
    measurements: int
    claim: str
    what: str
    moved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Where the page stands among the versions of one observable.

    ``pinned`` is whether the address asks for a version, the latest or not.
    """

    number: int
    first: int
    latest: int
    made_at: datetime
    pinned: bool
    earlier: int | None
    later: int | None
    lines: list[VersionLine]


def wanted_version(project: Project, observable: Observable, text: str) -> int | None:
    """The version that the address asks for; None for the latest.

    Raises:
        NoVersion: There is none of that number.
    """
    if not text:
        return None
    numbers = _fits(project, observable).values_list("version__number", flat=True)
    if text.isdecimal() and len(text) < 10 and numbers.filter(version__number=int(text)).exists():
        return int(text)
    latest = numbers.first()
    allowed = f"{numbers.last()} to {latest}" if latest else "none yet"
    raise NoVersion(f"There is no version {text[:20]}; allowed: {allowed}. The latest is shown.")


def versions_shown(project: Project, observable: Observable, wanted: int | None) -> Versions | None:
    """None without a twin."""
    asked = {"project": project.pk, "observable": observable.pk}
    numbers = _NUMBERS.all(**asked)
    if not numbers:
        return None
    number = numbers[0] if wanted is None else wanted
    place = numbers.index(number)
    beside = numbers[max(0, place - BESIDE) : place + BESIDE + 1]
    rows = _LINES.all(**asked, least=beside[-1], most=beside[0])
    lines = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return Versions(
        number=number,
        first=numbers[-1],
        latest=numbers[0],
        made_at=next(line["made_at"] for line in lines if line["number"] == number),
        pinned=wanted is not None,
        earlier=numbers[place + 1] if place + 1 < len(numbers) else None,
        later=numbers[place - 1] if place else None,
        lines=[_line(line) for line in lines],
    )


def _fits(project: Any, observable: Any) -> Any:
    return TwinFit.objects.filter(version__twin__project=project, observable=observable).order_by(
        "-version__number"
    )


_ASKED = (Slot("project", UUIDField()), Slot("observable", BigAutoField()))
_NUMBERS: Read[int] = Read(lambda: _fits(*_ASKED).values_list("version__number", flat=True))
_LINES: Read[Any] = Read(
    lambda: (
        _fits(*_ASKED)
        .filter(
            version__number__gte=Slot("least", PositiveIntegerField()),
            version__number__lte=Slot("most", PositiveIntegerField()),
        )
        .values_list(*_COLUMNS.values())
    )
)


def _line(row: dict[str, Any]) -> VersionLine:
    parts = [f"{sign}{row[kind]}" for sign, kind in (("+", "added"), ("−", "removed")) if row[kind]]
    if row["added"] is None:
        parts = ["first fit"]
    elif not parts:
        parts = ["refit" if row["refit"] else "same measurements"]
    return VersionLine(
        number=row["number"],
        made_at=row["made_at"],
        measurements=row["measurements"],
        claim=row["claim"],
        what=", ".join(parts),
        moved="–" if row["moved"] is None else sigmas(abs(row["moved"])),
    )
