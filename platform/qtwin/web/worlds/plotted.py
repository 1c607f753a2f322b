"""A plot as a template shows it: the picture, its tables, and what a script needs to scrub it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.drawing.figure import Figure
from qtwin.drawing.histogram import histogram
from qtwin.drawing.plot.learning import learning_figure
from qtwin.drawing.rollout.figure import rollout_figure
from qtwin.training.models import Evaluation, TrainingRun, World
from qtwin.web.drawings import Drawn
from qtwin.web.numbers import digits_of, plain, significant

TOP = 16
"""Outcomes that are drawn."""
CURVE = ("evaluations", "seconds", "best", "mean", "lower", "upper")
MOST_SHOWN = 60
"""Shots that are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plotted:
    """``name`` is the caption, ``file`` the name of downloads."""

    name: str
    file: str
    drawn: Drawn
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done in a step, what that was rewarded with, and all rewards until then."""

    number: int
    action: str
    reward: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One episode: its plot, what came of it, its truth and its shots."""

    evaluation: Evaluation
    plot: Plotted | None
    shots: Drawn | None
    shot_count: int
    listed: list[str]
    truth: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    steps: list[Step]


def learning_of(run: TrainingRun) -> Plotted | None:
    """The curve so far; None before its first row."""
    rows = list(run.curve.values(*CURVE))
    figure = learning_figure(rows)
    if figure.svg is None:
        return None
    return Plotted(
        name="Learning curve",
        file=f"learning-curve-{str(run.pk)[:8]}",
        drawn=Drawn(figure),
        stamp=f"{len(rows)}",
    )


def rollout_shown(evaluation: Evaluation) -> Rollout | None:
    """None of an evaluation without an episode, as while it is under way."""
    answer = document = evaluation.answer
    if not isinstance(document, Mapping) or not document:
        return None
    world = evaluation.policy.world
    figure = rollout_figure(document, world.document.get("system", {}), goal=goal_of(world))
    counts = document.get("counts") or {}
    outcomes: Sequence[str] = document.get("outcomes") or ()
    return Rollout(
        evaluation=evaluation,
        plot=_plot(evaluation, figure),
        shots=Drawn(histogram(counts, top=TOP, title="Shots")) if counts else None,
        shot_count=sum(counts.values()),
        listed=list(outcomes[:MOST_SHOWN]),
        truth=_values(document.get("truth")),
        steps=steps_of(answer.get("steps")),
        facts=[*_summary(answer.get("episodes")), *_values(answer)],
    )


def steps_of(steps: Any) -> list[Step]:
    """The steps of an episode, in which actions are within [−1, 1]."""
    found: list[Step] = []
    until = 0.0
    for number, step in enumerate(steps if isinstance(steps, list) else [], 1):
        reward = float(step.get("reward") or 0.0)
        until += reward
        action = step.get("action")
        values = action if isinstance(action, list) else [action]
        found.append(
            Step(
                number=number,
                action=", ".join(plain(float(one), 2) for one in values if one is not None),
                reward=significant(reward, 4),
                until=significant(until, 4),
            )
        )
    return found


def _plot(evaluation: Evaluation, figure: Figure) -> Plotted | None:
    if figure.svg is None:
        return None
    stamp = hashlib.sha256(str(evaluation.pk).encode()).hexdigest()[:8]
    return Plotted(name="Rollout", file=f"rollout-{stamp}", drawn=Drawn(figure), stamp=stamp)


def _summary(episodes: Any) -> list[tuple[str, str]]:
    """The mean over the episodes that were summed up, with its 95 % interval."""
    if not isinstance(episodes, Mapping):
        return []
    mean, low, high = (float(episodes[name]) for name in ("mean", "lower", "upper"))
    decimals = digits_of((high - low) / 4)
    said = f"{plain(mean, decimals)} ({plain(low, decimals)} to {plain(high, decimals)})"
    return [(f"Mean of {episodes['count']:,} episodes", said)]


def _values(table: Any) -> list[tuple[str, str]]:
    if not isinstance(table, Mapping):
        return []
    return [
        (name.replace("_", " ").capitalize(), significant(float(value), 5))
        for name, value in table.items()
        if isinstance(value, int | float)
    ]


def goal_of(world: World) -> str:
    """What an episode is valued by, in words: ``Probability of Z2``."""
    goal = world.document.get("goal")
    measure = goal.get("measure", goal.get("kind", "")) if isinstance(goal, Mapping) else ""
    words = {"z2_probability": "Probability of Z2", "fidelity": "Fidelity", "": "Value"}
    return words.get(str(measure), str(measure).replace("_", " ").capitalize())
