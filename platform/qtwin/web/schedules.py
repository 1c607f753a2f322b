"""Schedules as people read them, and the form that makes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from qtwin.campaigns.api.schedule import A_DAY
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.selectors import last_campaigns, schedules_visible_to, schedules_writable_by
from qtwin.projects.models import Project
from qtwin.web.typed import document, number

MOST = 50
GRID = ("from", "to", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLine:
    """A schedule, what triggers it, and the last campaign that it started."""

    schedule: Schedule
    trigger: str
    last: Campaign | None
    may_write: bool


def schedule_lines(user: Any, project: Project | None) -> list[ScheduleLine]:
    """Schedules of a project, or of all that the user sees, newest first."""
    rows = schedules_visible_to(user)
    if project is not None:
        rows = rows.filter(project=project)
    found = list(rows[:MOST])
    mine = schedules_writable_by(user).filter(pk__in=[schedule.pk for schedule in found])
    may_write, last = set(mine.values_list("pk", flat=True)), last_campaigns(found)
    return [
        ScheduleLine(
            schedule=schedule,
            trigger=trigger_of(schedule),
            last=last.get(schedule.pk),
            may_write=schedule.pk in may_write,
        )
        for schedule in found
    ]


def trigger_of(schedule: Schedule) -> str:
    """What starts a campaign, in words."""
    hours = schedule.every_hours
    if hours is None:
        return f"each new calibration of {schedule.on_calibration}"
    count, unit = (hours // A_DAY, "day") if hours % A_DAY == 0 else (hours, "hour")
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleForm:
    """The form of a new schedule: what was typed, and what is wrong with it.

    ``typed`` has ``source`` several times, ``shots:SOURCE``, ``from:CONTROL`` and so on, and
    ``campaign``, a document that takes the place of sources and points.
    """

    project: Project
    typed: QueryDict = field(default_factory=QueryDict)
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def values(self) -> Mapping[str, str]:
        given = {"unit": "days", "count": "1", "at": "00:00", "trigger": "every"}
        return given | {name: str(value) for name, value in self.typed.items()}

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Every source of the project, and whether it was chosen."""
        chosen = self.typed.getlist("source")
        return [
            {
                "name": source.name,
                "label": source.label,
                "chosen": source.name in chosen,
                "shots": self.typed.get(f"shots:{source.name}", ""),
            }
            for source in self.project.sources.order_by("name")
        ]

    @property
    def controls(self) -> list[dict[str, Any]]:
        """Every control, with the range that was typed or else all of it."""
        return [
            {
                "control": control,
                "from": self.typed.get(f"from:{control.name}", f"{control.lower:g}"),
                "to": self.typed.get(f"to:{control.name}", f"{control.upper:g}"),
                "count": self.typed.get(f"count:{control.name}", "5"),
            }
            for control in self.project.controls.all()
        ]

    @property
    def backends(self) -> list[str]:
        """Backends of the project's sources, whose calibrations may start a campaign."""
        sources = self.project.sources.prefetch_related("revisions")
        return sorted({source.latest.backend for source in sources})

    def body(self) -> dict[str, Any]:
        """What `POST /projects/{id}/schedules` would be sent.

        Raises:
            PointedError: If the document of the campaign is no JSON.
        """
        values = self.values
        typed = values.get("campaign", "").strip()
        campaign = document(typed, "/campaign") if typed else self._sweep(values)
        if values["trigger"] == "calibration":
            return {"campaign": campaign, "on_calibration": values.get("backend", "")}
        every = {values["unit"]: values["count"], "at": values["at"]}
        return {"campaign": campaign, "every": every}

    def _sweep(self, values: Mapping[str, str]) -> dict[str, Any]:
        sources = [
            {"source": item["name"], "shots": item["shots"] or None}
            for item in self.sources
            if item["chosen"]
        ]
        grid = {
            item["control"].name: {word: number(item[word]) for word in GRID}
            for item in self.controls
        }
        sweep = {"sources": sources, "points": {"grid": grid}}
        return {"name": values.get("name", ""), "sweep": sweep}
