"""Which step begins, which is left out, and which has come to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import F

from qtwin.campaigns.condition import Condition
from qtwin.campaigns.models import Campaign, Step
from qtwin.campaigns.selectors import step_facts
from qtwin.campaigns.states import RUN_ENDED, STEP_ENDED, RunState, StepState

Steps = Mapping[str, Step]


def steps_branch(campaign: Campaign) -> list[Step]:
    """End sweeps that are through, then begin or skip what waited for them; every step."""
    steps = {step.name: step for step in campaign.steps.all()}
    for step in steps.values():
        step.campaign = campaign
        if step.state == StepState.RUNNING and step.kind == Step.Kind.SWEEP and step.all_ended:
            step_end(step)
    while any(_begun(step, steps) for step in steps.values() if step.state == StepState.WAITING):
        pass
    return list(steps.values())


def step_end(step: Step, reason: str = "", *, failed: bool | None = None) -> None:
    """A step without a single measured point failed, unless the caller knows better."""
    lost = step.points_measured == 0 if failed is None else failed
    _set(step, StepState.FAILED if lost else StepState.DONE, reason or _outcome(step))


def _outcome(step: Step) -> str:
    if not step.points_failed:
        return f"All {step.points_measured} points are measured."
    why = _first_reason(step)
    return (
        f"{step.points_measured} of {step.points_total} points are measured, "
        f"{step.points_failed} have no answer{f': {why}' if why else '.'}"
    )


def _first_reason(step: Step) -> str:
    rows = step.campaign.runs.filter(entry__step=step, state=RunState.FAILED).exclude(reason="")
    return rows.values_list("reason", flat=True).first() or ""


def _begun(step: Step, steps: Steps) -> bool:
    """Whether a waiting step began or was left out just now."""
    before = [steps[name] for name in step.after]
    if any(earlier.state not in STEP_ENDED for earlier in before):
        return False
    refusal = _refusal(step, before, steps)
    if refusal:
        step_skip(step, refusal)
    else:
        _set(step, StepState.RUNNING, "")
    return True


def _refusal(step: Step, before: Sequence[Step], steps: Steps) -> str:
    if step.when:
        facts: dict[str, float] = {}
        for name in steps_before(step, steps):
            facts |= step_facts(steps[name])
        condition = Condition.parse(step.when, list(facts), at="/when")
        return "" if condition.holds(facts) else f"Its condition does not hold: {step.when}"
    lost = next((e for e in before if e.state != StepState.DONE), None)
    return f"It needs {lost.name}, which is {lost.state}." if lost else ""


def steps_before(step: Step, steps: Steps) -> list[str]:
    """Names of all steps that it directly or indirectly waits for."""
    found: list[str] = []
    waiting = list(step.after)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += steps[name].after
    return found


def step_skip(step: Step, reason: str, *, state: StepState = StepState.SKIPPED) -> None:
    """End a step whose waiting runs will never have a job."""
    waiting = step.campaign.runs.filter(entry__step=step, job=None).exclude(state__in=RUN_ENDED)
    count = waiting.update(state=RunState.CANCELLED, reason=reason)
    Step.objects.filter(pk=step.pk).update(runs_ended=F("runs_ended") + count)
    step.runs_ended += count
    _set(step, state, reason)


def _set(step: Step, state: StepState, reason: str) -> None:
    step.state, step.reason = state, reason
    step.save(update_fields=["state", "reason"])
