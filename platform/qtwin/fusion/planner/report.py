"""A plan from the two ways to spend."""

from __future__ import annotations

from qtwin.fusion.base import Claim, FloatArray
from qtwin.fusion.planner.choices import choices_of
from qtwin.fusion.planner.goal import Goal
from qtwin.fusion.planner.plan import Baseline, Choice, Plan
from qtwin.fusion.planner.reason import Labels, step_of, verdict
from qtwin.fusion.planner.route import Route
from qtwin.fusion.planner.single import FEWEST, better_alone


def plan_of(
    several: Route,
    equal: Route | None,
    alone: Route | None,
    *,
    goal: Goal,
    labels: Labels,
    notes: tuple[str, ...],
    grid: FloatArray,
) -> Plan:
    """Choose and tell.

    Args:
        several: With all sources.
        equal: The references alone at the same cost; None without references.
        alone: The references alone for the whole goal.
        goal: What was asked for.
        labels: Names and unit.
        notes: What to tell beside.
        grid: Where the curve is judged, shape ``(M, D)``.
    """
    baseline = None if equal is None else _baseline(equal)
    references = len(several.fit.sites.reference_points())
    loo = several.loo
    single = (
        baseline is not None
        and alone is not None
        and bool(alone.moves)
        and better_alone(
            sigma=several.sigma,
            alone_sigma=baseline.sigma_after,
            loo=loo if references >= FEWEST else None,
            alone_loo=baseline.loo_rmse,
        )
    )
    chosen = alone if single and alone is not None else several
    steps = tuple(
        step_of(move, chosen.scene.candidates, labels, goal.aim)
        for move in chosen.moves[: goal.batch]
    )
    before = chosen.scene.sigma()
    choices: tuple[Choice, ...] = ()
    if chosen.moves:
        first = chosen.moves[0]
        choices = choices_of(chosen.scene, first, labels, grid=grid, budget=goal.budget)
    return Plan(
        steps=steps,
        sigma_before=before,
        sigma_after=steps[-1].sigma_after if steps else before,
        cost=sum(step.cost for step in steps),
        whole_runs=len(chosen.moves),
        whole_cost=chosen.cost,
        whole_sigma=chosen.sigma,
        target=goal.target,
        single_source=single,
        baseline=baseline,
        loo_rmse=loo,
        c2=several.fit.c2,
        references=references,
        why=verdict(
            after=several.sigma,
            cost=several.cost,
            loo=loo,
            references=references,
            baseline=baseline,
            single=single,
            labels=labels,
        ),
        notes=(*notes, *_notes(chosen, goal, labels)),
        choices=choices,
    )


def _baseline(route: Route) -> Baseline:
    return Baseline(
        sigma_before=route.scene.sigma(),
        sigma_after=route.sigma,
        runs=len(route.moves),
        cost=route.cost,
        loo_rmse=route.loo,
    )


def _notes(chosen: Route, goal: Goal, labels: Labels) -> list[str]:
    found = []
    claim = chosen.fit.rule.claim
    if claim is Claim.UNANCHORED:
        found.append("unanchored: no reference yet, so σ rests on the class prior of the sources")
    elif claim is Claim.NOMINAL:
        found.append("fewer than three references: σ is nominal")
    if not chosen.scene.candidates.reference.any():
        found.append("no reference is on offer, so nothing can check the band")
    if chosen.fit.coarse is not None:
        part = len(chosen.fit.coarse.sites.y)
        found.append(f"very many measurements: σ is that of the {part} which decide the fit")
    if not chosen.moves:
        found.append(_nothing(chosen, goal, labels))
    elif goal.target is not None and chosen.sigma > goal.target:
        found.append(f"the target of {labels.value(goal.target)} is not reached by this plan")
    return found


def _nothing(chosen: Route, goal: Goal, labels: Labels) -> str:
    if goal.target is not None and chosen.scene.sigma() <= goal.target:
        return f"the target of {labels.value(goal.target)} is reached already"
    cheapest = float(chosen.scene.candidates.cost.min())
    if goal.budget is not None and cheapest > goal.budget:
        return f"the budget of {goal.budget:g} is below the cheapest run, {cheapest:g}"
    return "no run is expected to teach anything"
