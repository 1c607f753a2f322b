"""Sentences made from the numbers of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qtwin.fusion.planner.candidates import Candidates
from qtwin.fusion.planner.goal import Aim
from qtwin.fusion.planner.offer import Setting
from qtwin.fusion.planner.plan import Baseline, Step
from qtwin.fusion.planner.walk import Move
from qtwin.fusion.unit import unit_behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names of the controls, the observable's unit, and what a device calls its noise gain."""

    controls: tuple[str, ...]
    unit: str = ""
    gains: Mapping[str, str] | None = None

    def value(self, number: float) -> str:
        """A number with the unit."""
        return f"{number:.3g}{unit_behind(self.unit)}"

    def knobs(self, source: str, setting: Setting) -> dict[str, float]:
        """Knobs by the names that people use; raw runs of a device without that knob have none."""
        values = dict(setting.knobs)
        if setting.gain is None:
            return values
        if self.gains is None:
            return {"gain": setting.gain, **values}
        name = self.gains.get(source)
        return values if name is None else {name: setting.gain, **values}


def step_of(move: Move, candidates: Candidates, labels: Labels, aim: Aim) -> Step:
    """One move as a step with its sentence."""
    row = move.candidate
    shots = int(candidates.shots[row, move.option])
    return Step(
        source=candidates.names[row],
        at=tuple(float(value) for value in candidates.x[row]),
        knobs=labels.knobs(candidates.names[row], candidates.settings[row]),
        shots=shots or None,
        cost=move.cost,
        sigma_before=move.before,
        sigma_after=move.after,
        gain_per_cost=move.rate,
        why=_why(move, candidates, labels, aim),
    )


def place(candidates: Candidates, row: int, labels: Labels) -> str:
    """A source at its point and setting."""
    at = zip(labels.controls, candidates.x[row], strict=True)
    knobs = labels.knobs(candidates.names[row], candidates.settings[row])
    pairs = [*at, *knobs.items()]
    return f"{candidates.names[row]} at " + ", ".join(f"{k} = {float(v):.4g}" for k, v in pairs)


def _why(move: Move, candidates: Candidates, labels: Labels, aim: Aim) -> str:
    what = "σ of the curve" if aim is Aim.CURVE else f"σ of the {aim.value}"
    change = f"{what} {labels.value(move.before)} → {labels.value(move.after)}"
    cost = f"{change} for {move.cost:.4g}"
    if move.rival is None:
        against = "; no other source is allowed or teaches anything now"
    else:
        times = move.rate / move.rival.rate
        other = place(candidates, move.rival.candidate, labels)
        against = f"; {times:.3g} times the gain per cost of the next source, {other}"
    return f"{cost}{against}{f'; {move.because}' if move.because else ''}."


def verdict(
    *,
    after: float,
    cost: float,
    loo: float | None,
    references: int,
    baseline: Baseline | None,
    single: bool,
    labels: Labels,
) -> str:
    """The whole plan beside the references alone."""
    all_sources = f"all sources expect σ {labels.value(after)} for {cost:.4g}"
    if baseline is None:
        absent = "no other source" if references else "no reference yet"
        return f"{all_sources}; there is {absent} to compare with."
    alone = f"references alone {labels.value(baseline.sigma_after)} for {baseline.cost:.4g}"
    errors = ""
    if loo is not None and baseline.loo_rmse is not None:
        errors = (
            f"; left-out references are missed by {labels.value(loo)} "
            f"with all sources and by {labels.value(baseline.loo_rmse)} without the others"
        )
    choice = "so the plan is for references alone" if single else "so the plan uses all sources"
    return f"{all_sources}, {alone}{errors}; {choice}."
