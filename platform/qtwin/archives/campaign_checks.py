"""What must hold of imported campaigns beyond the types of their columns, and how they end here.

Nothing of an archive goes on by itself: campaigns that had not ended are cancelled, and schedules
are off and nobody's, until somebody starts them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from rest_framework.exceptions import ValidationError

from qtwin.accounts.models import User
from qtwin.archives import tables
from qtwin.archives.checks import check_numbers, is_number
from qtwin.archives.tables import Table
from qtwin.campaigns.api.input import LoopInput, SweepInput, read_campaign
from qtwin.campaigns.models import Step
from qtwin.campaigns.states import RUN_ENDED, STEP_ENDED, TERMINAL
from qtwin.jobs.models import JobRequest
from qtwin.projects.models import Project
from qtwin.rest.problem import errors_of

ENDED = "It had not ended when the project was exported."
MOST_POINTS = 100_000


class CampaignRows:
    """Adapts the rows of campaigns to the project that they are imported into.

    Raises:
        ValueError: From any call; names the field and what is wrong with it.
    """

    def __init__(self, project: Project, *, exported_at: str, by: User | None) -> None:
        self._project, self._exported_at, self._by = project, exported_at, by
        self._adapt: Mapping[str, Callable[[dict[str, Any], int], None]] = {
            tables.SCHEDULES.name: self._schedule,
            tables.CAMPAIGNS.name: self._campaign,
            tables.STEPS.name: self._step,
            tables.DECISIONS.name: self._decision,
            tables.ENTRIES.name: self._entry,
            tables.CAMPAIGN_RUNS.name: self._run,
        }

    def adapt(self, table: Table, values: dict[str, Any], controls: int) -> None:
        """Check and complete one row; rows of other tables stay as they are."""
        if table.name in self._adapt:
            self._adapt[table.name](values, controls)

    def _schedule(self, values: dict[str, Any], _: int) -> None:
        check_plans(values["name"], values["steps"])
        values["active"] = False

    def _campaign(self, values: dict[str, Any], _: int) -> None:
        columns = values["columns"]
        if not isinstance(columns, list) or not all(isinstance(text, str) for text in columns):
            raise ValueError("columns; allowed: a list of names")
        if values["state"] not in TERMINAL:
            values |= {"state": "cancelled", "reason": ENDED, "finished_at": self._exported_at}
        values["request"] = JobRequest.objects.create(
            project=self._project,
            key=f"campaign:{values['id']}",
            body_sha256="",
            created_by=self._by,
        )

    def _step(self, values: dict[str, Any], controls: int) -> None:
        check_spec(values["kind"], values["spec"], controls)
        if not isinstance(values["after"], list):
            raise ValueError("after; allowed: a list of steps")
        if values["state"] not in STEP_ENDED:
            values |= {
                "state": "cancelled",
                "reason": ENDED,
                "runs_ended": values["runs_total"],
            }

    def _decision(self, values: dict[str, Any], controls: int) -> None:
        plan = values["plan"]
        if not isinstance(plan, dict) or not isinstance(plan.get("notes"), list):
            raise ValueError("plan; allowed: an object with notes and steps")
        steps = plan.get("steps")
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise ValueError("plan.steps; allowed: a list of objects")
        for step in steps:
            check_numbers(step.get("at"), controls, "plan.steps.at")
            words = (step.get("source"), step.get("why"))
            if not all(isinstance(word, str) for word in words) or "shots" not in step:
                raise ValueError("plan.steps; allowed: at, source, shots and why in each")

    def _entry(self, values: dict[str, Any], controls: int) -> None:
        points = values["points"]
        if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
            raise ValueError(f"points; allowed: a list of 1 to {MOST_POINTS} points")
        for point in points:
            check_numbers(point, controls, "a point")

    def _run(self, values: dict[str, Any], _: int) -> None:
        knobs = values["knobs"]
        if not isinstance(knobs, dict) or not all(_is_knob(value) for value in knobs.values()):
            raise ValueError(f"knobs = {knobs!r:.80}; allowed: numbers by name")
        if values["state"] not in RUN_ENDED:
            values |= {"state": "cancelled", "reason": ENDED}


def check_plans(name: str, plans: Any) -> None:
    """The steps of a schedule, which a worker starts without looking at them again."""
    if not isinstance(plans, list) or not all(isinstance(plan, dict) for plan in plans):
        raise ValueError("steps; allowed: a list of objects")
    try:
        steps = [_asked(plan) for plan in plans]
        _, read = read_campaign({"name": name, "steps": steps})
    except ValidationError as error:
        raise ValueError(_said(error).removeprefix("/")) from None
    except (KeyError, TypeError):
        raise ValueError("steps; allowed: name, kind, spec, after, when and at in each") from None
    for plan, known in zip(plans, read, strict=True):
        if set(plan) != set(asdict(known)) or not isinstance(plan["at"], str):
            raise ValueError("steps; allowed: name, kind, spec, after, when and at in each")
        if plan["spec"] != _plain(known.spec):
            raise ValueError(f"steps: {plan['name']} is not as it was read")


def _asked(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A step as a request has it."""
    condition = {"when": plan["when"]} if plan["when"] != "" else {}
    return {"name": plan["name"], "after": plan["after"], plan["kind"]: plan["spec"], **condition}


def check_spec(kind: str, spec: Any, controls: int) -> None:
    """What a step was asked for; its points are in the entries."""
    point = [[0.0] * controls]
    if not isinstance(spec, dict) or not isinstance(spec.get("seed"), int):
        raise ValueError("spec; allowed: an object with a seed")
    if kind == Step.Kind.LOOP:
        start = spec.get("start")
        whole = {**spec, "start": {**start, "points": point} if isinstance(start, dict) else None}
        data: Any = LoopInput(data=whole)
    else:
        whole = {**spec, "points": point}
        data = SweepInput(data=whole)
    if not data.is_valid():
        raise ValueError(f"spec{_said(ValidationError(data.errors))}")
    if set(data.validated_data) != set(whole):
        raise ValueError(f"spec has {sorted(whole)}; allowed: {sorted(data.validated_data)}")


def _said(error: ValidationError) -> str:
    first = next(iter(errors_of(error)))
    return f"{first['pointer']}: {first['detail']}"


def _plain(value: Any) -> Any:
    """What JSON makes of a document that was read."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _is_knob(value: Any) -> bool:
    return all(is_number(one) for one in (value if isinstance(value, list) else [value]))
