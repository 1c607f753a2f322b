"""A comparison as JSON and as a table."""

from __future__ import annotations

from typing import Any

from qtwin.qml.accuracy import Difference
from qtwin.qml.phases.folds import UNKNOWN
from qtwin.qml.phases.methods import METHODS
from qtwin.qml.phases.names import BASELINE
from qtwin.qml.phases.study import SCHEMA_VERSION, Plan, Score, Study

ACCURACY_METHOD = "mean over held-out points; Wilson's 95 % interval with a point as one trial"
DIFFERENCE_METHOD = "95 % interval of the bootstrap over points; exact sign test over points"


def document(study: Study) -> dict[str, Any]:
    """Plain JSON of a comparison."""
    return {
        "kind": "classifier_study",
        "schema_version": SCHEMA_VERSION,
        "plan": plan_document(study.plan),
        "points": study.points.tolist(),
        "labels": [None if label == UNKNOWN else int(label) for label in study.labels],
        "bases": list(study.bases),
        "sources": list(study.sources),
        "readings": study.readings,
        "baseline": BASELINE,
        "accuracy_method": ACCURACY_METHOD,
        "difference_method": DIFFERENCE_METHOD,
        "scores": [_score(score) for score in study.scores],
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """Plain JSON of a plan."""
    return {
        "transition": plan.transition.value,
        "margin": plan.transition.margin,
        "shots": plan.shots,
        "readings": plan.readings,
        "folds": plan.folds,
        "seed": plan.seed,
        "methods": list(plan.methods),
    }


def table(found: dict[str, Any]) -> str:
    """What `document` wrote, for people."""
    rows = [("classifier", "accuracy", "95 %", "less the baseline", "95 %", "p", "")]
    for score in found["scores"]:
        against = score["against"]
        beside = ("", "", "")
        if against is not None:
            beside = (
                f"{against['value']:+.3f}",
                f"{against['lower']:+.3f} to {against['upper']:+.3f}",
                f"{against['p']:.2g}",
            )
        inside = f"{score['lower']:.3f} to {score['upper']:.3f}"
        rows.append((score["title"], f"{score['value']:.3f}", inside, *beside, score["verdict"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([_head(found), "", *lines])


def _head(found: dict[str, Any]) -> str:
    plan, labels = found["plan"], found["labels"]
    held = sum(label is not None for label in labels)
    return (
        f"{held} points held out one fold after the other, {len(labels) - held} within "
        f"{plan['margin']:g} of {plan['transition']:g} not labelled; {found['readings']} readings "
        f"of {plan['shots']} shots in {' and '.join(found['bases'])}, "
        f"of {', '.join(found['sources'])}"
    )


def _score(score: Score) -> dict[str, Any]:
    return {
        "method": score.name,
        "title": METHODS[score.name][0],
        "value": score.accuracy.value,
        "lower": score.accuracy.lower,
        "upper": score.accuracy.upper,
        "points": score.accuracy.points,
        "against": None if score.against is None else _difference(score.against),
        "verdict": score.verdict,
        "above": score.above.tolist(),
        "folds": list(score.facts),
    }


def _difference(found: Difference) -> dict[str, float]:
    return {"value": found.value, "lower": found.lower, "upper": found.upper, "p": found.p}
