"""A plan for people."""

from __future__ import annotations

from qtwin.fusion.planner import Plan
from qtwin.fusion.unit import unit_behind
from qtwin.tables.report import grid
from qtwin.tables.spec import Spec


def plan_report(plan: Plan, spec: Spec) -> str:
    """The runs as a table, why each, and what they bring beside the references alone."""
    unit = unit_behind(spec.observable.unit)
    lines = _table(plan, spec)
    if plan.steps:
        lines += ["", *(f"{i}. {step.why}" for i, step in enumerate(plan.steps, start=1)), ""]
    lines += [
        f"{spec.observable.name}: σ {plan.sigma_before:.3g} → {plan.sigma_after:.3g}{unit} "
        f"for {plan.cost:.4g}",
        f"to the end of the plan: σ {plan.whole_sigma:.3g}{unit}, {plan.whole_runs} runs, "
        f"{plan.whole_cost:.4g}",
        f"calibration factor c² {plan.c2:.3g}, {plan.references} references",
        plan.why,
        *plan.notes,
    ]
    return "\n".join(lines)


def _table(plan: Plan, spec: Spec) -> list[str]:
    if not plan.steps:
        return []
    knobs = sorted({name for step in plan.steps for name in step.knobs})
    controls = [control.name for control in spec.controls]
    header = ["", "source", *controls, *knobs, "shots", "cost", "σ after"]
    rows = [
        [
            str(i),
            step.source,
            *(f"{value:.6g}" for value in step.at),
            *(f"{step.knobs[name]:.6g}" if name in step.knobs else "" for name in knobs),
            "" if step.shots is None else str(step.shots),
            f"{step.cost:.6g}",
            f"{step.sigma_after:.3g}",
        ]
        for i, step in enumerate(plan.steps, start=1)
    ]
    return grid(header, rows)
