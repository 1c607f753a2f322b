"""Closed loops: when one may decide, what its twin recommends, and the runs that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from qtwin.campaigns.models import Campaign, Decision, Step
from qtwin.campaigns.services.branch import step_end
from qtwin.campaigns.services.entries import Chunk, Column, entries_add
from qtwin.campaigns.states import RunState, StepState
from qtwin.projects.models import Project, Source
from qtwin.twins.evidence import NoEvidence
from qtwin.twins.models import Twin
from qtwin.twins.planned import planned_runs
from qtwin.twins.planning import PlanRefused, twin_plan
from qtwin.twins.selectors import NoTwin

MOST_DECISIONS = 1000
WAITING = "It waits for the twin to take in what was measured."
PLANNING = "It asks the twin what to measure next."


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the twin said to one loop: a plan, or why there is none."""

    step_id: int
    plan: Mapping[str, Any] | None = None
    refusal: str = ""


def loops_look(steps: Sequence[Step]) -> bool:
    """Let loops whose runs have ended wait for the twin; says whether one may decide now."""
    loops = [step for step in steps if step.kind == Step.Kind.LOOP and step.all_ended]
    ready = [_looked(step) for step in loops if step.state == StepState.RUNNING]
    return any(ready)


def _looked(step: Step) -> bool:
    if _wasted(step):
        step_end(step, "Not one run of its last decision was measured.", failed=True)
        return False
    project = step.campaign.project
    if step.evidence is None:
        step.evidence = Project.objects.values_list("evidence", flat=True).get(pk=project.pk)
    twin = Twin.objects.filter(project=project).first()
    ready = not step.evidence or (twin is not None and twin.assimilated >= step.evidence)
    if ready and twin is not None and twin.problem:
        step_end(step, f"The twin cannot take in the evidence: {twin.problem}", failed=True)
        return False
    step.reason = PLANNING if ready else WAITING
    step.save(update_fields=["evidence", "reason"])
    return ready


def _wasted(step: Step) -> bool:
    last = step.decisions.order_by("-number").first()
    if last is None or last.stop:
        return False
    return not step.campaign.runs.filter(
        entry__decision=last, state=RunState.SUCCEEDED, points_measured__gt=0
    ).exists()


def loop_ask(campaign: Campaign) -> Advice | None:
    """Ask the twin on behalf of the first loop that may decide. Slow; writes nothing."""
    step = campaign.steps.filter(
        kind=Step.Kind.LOOP, state=StepState.RUNNING, reason=PLANNING
    ).first()
    if step is None or not step.all_ended:
        return None
    spec = step.spec
    left = None if spec["budget"] is None else spec["budget"] - step.spent
    if left is not None and left <= 0.0:
        return Advice(step_id=step.pk, refusal=f"The budget of {spec['budget']:g} is used.")
    asked = {
        "prices": {
            name: {"run": price["per_run"], "shot": price["per_shot"]}
            for name, price in spec["prices"].items()
        },
        "goal": {
            "budget": left,
            "target": spec["target"],
            "batch": spec["batch"],
            "aim": spec["goal"],
        },
        "points": spec["points"],
    }
    try:
        plan = twin_plan(campaign.project, spec["observable"], asked)
    except (PlanRefused, NoTwin, NoEvidence) as error:
        return Advice(step_id=step.pk, refusal=f"Nothing can be planned: {error}.")
    return Advice(step_id=step.pk, plan=plan)


def advice_take(campaign: Campaign, advice: Advice) -> None:
    """Record the decision, and its runs or the end of the loop."""
    step = campaign.steps.get(pk=advice.step_id)
    step.campaign = campaign
    if advice.plan is None:
        step_end(step, advice.refusal, failed=not step.decisions.exists())
        return
    if step.decisions.filter(version=advice.plan["version"]["number"]).exists():
        step_end(step, "Its last decision taught the twin nothing new.", failed=False)
        return
    decision = _decision(step, advice.plan)
    step.sigma, step.evidence = decision.sigma, None
    step.spent += decision.cost
    step.reason = ""
    step.save(update_fields=["sigma", "evidence", "spent", "reason"])
    if decision.stop:
        step_end(step, _ending(step, advice.plan), failed=False)
    else:
        sources = {source.name: source for source in campaign.project.sources.all()}
        entries_add(step, _chunks(advice.plan["steps"], sources), decision=decision)


def _decision(step: Step, plan: Mapping[str, Any]) -> Decision:
    number = (step.decisions.aggregate(last=Max("number"))["last"] or 0) + 1
    return Decision.objects.create(
        step=step,
        number=number,
        version=plan["version"]["number"],
        why=plan["why"],
        sigma=plan["sigma_before"],
        cost=plan["cost"],
        stop=not plan["steps"] or number >= MOST_DECISIONS,
        plan=dict(plan),
    )


def _ending(step: Step, plan: Mapping[str, Any]) -> str:
    notes = plan["notes"]
    last = str(notes[-1]) if notes and not plan["steps"] else f"{MOST_DECISIONS} decisions are made"
    spent = f" {step.spent:g} was spent." if step.spent else ""
    return f"{last[:1].upper()}{last[1:]}.{spent}"


def _chunks(runs: Sequence[Mapping[str, Any]], sources: Mapping[str, Source]) -> list[Chunk]:
    """One entry for the runs of a source that have the same shots and name the same knobs."""
    return [
        Chunk(
            points=group.points,
            columns=[
                Column(
                    label=group.source,
                    source=sources[group.source],
                    shots=group.shots,
                    knobs=group.knobs,
                )
            ],
        )
        for group in planned_runs(runs)
    ]
