"""A comparison of classifiers as its page shows it, from the document that a worker wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from qtwin.drawing.plot.ladder import Rung, Stage, ladder_drawn
from qtwin.drawing.plot.losses import losses_figure
from qtwin.drawing.plot.phases import phases_figure
from qtwin.qml.phases.names import CLASSICAL
from qtwin.training.models import Classifier
from qtwin.web.drawings import Drawn, markup
from qtwin.web.numbers import plain, significant, uncertain
from qtwin.web.worlds.compared import ENDS, interval_said
from qtwin.web.worlds.plotted import Plotted

BASELINE = 7
"""Number of the colour of classical classifiers."""
STOPS = {
    "noise_floor": "at its noise floor",
    "converged": "converged",
    "steps": "when its steps were used",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One classifier, ready to print; ``beside`` is its accuracy less the baseline's."""

    title: str
    value: str
    between: str
    beside: str
    beside_between: str
    p: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where the training of one fold ended."""

    fold: int
    why: str
    steps: int
    loss: str
    shots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What making an estimated kernel positive semi-definite changed in one fold; in percent."""

    fold: int
    negative: int
    change: str
    relabelled: str
    by_shots: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """``sentence`` says what came of it, whichever way it fell."""

    sentence: str
    picture: SafeString
    scores: list[Score]
    phases: Plotted
    losses: Plotted | None
    stops: list[Stop]
    repairs: list[Repair]
    facts: list[tuple[str, str]]


def studied(row: Classifier) -> Studied | None:
    """None before a worker has made it."""
    found = row.document if isinstance(row.document, Mapping) else {}
    scores: Sequence[Mapping[str, Any]] = found.get("scores") or []
    if not scores:
        return None
    base = next(score for score in scores if score["method"] == found["baseline"])
    drawn = ladder_drawn(
        [_stage(score) for score in scores],
        name="Accuracy",
        where="of each classifier on held-out points",
        dashed=(float(base["value"]),),
    )
    return Studied(
        sentence=_sentence(scores, base),
        picture=markup(drawn),
        scores=[_score(score) for score in scores],
        phases=_phases(row, found, scores),
        losses=_losses(row, _folds(scores, "variational")),
        stops=[_stop(at, fold) for at, fold in _folds(scores, "variational")],
        repairs=[_repair(at, fold) for at, fold in _folds(scores, "zz_kernel")],
        facts=_facts(found),
    )


def _stage(score: Mapping[str, Any]) -> Stage:
    value, low, high = (float(score[name]) for name in ("value", *ENDS))
    rung = Rung(
        name=str(score["title"]),
        value=value,
        lower=low,
        upper=high,
        said=interval_said(value, low, high),
        series=BASELINE if score["method"] in CLASSICAL else 0,
    )
    return Stage(title=str(score["title"]), rungs=[rung])


def _score(score: Mapping[str, Any]) -> Score:
    value, _, between = _said(score).partition(" (")
    against = score.get("against")
    beside, _, beside_between = ("", "", "") if against is None else _said(against).partition(" (")
    return Score(
        title=str(score["title"]),
        value=value,
        between=between.rstrip(")"),
        beside=beside,
        beside_between=beside_between.rstrip(")"),
        p="" if against is None else significant(float(against["p"]), 2),
        verdict=str(score["verdict"]),
    )


def _said(found: Mapping[str, Any]) -> str:
    return interval_said(*(float(found[name]) for name in ("value", *ENDS)))


def _sentence(scores: Sequence[Mapping[str, Any]], base: Mapping[str, Any]) -> str:
    quantum = [score for score in scores if score["method"] not in CLASSICAL]
    if not quantum:
        return ""
    better = [score for score in quantum if score["verdict"] == "better"]
    if not better:
        return (
            f"No quantum classifier does better than “{base['title']}”, as far as "
            f"{base['points']:,} points can tell."
        )
    said = " and ".join(f"“{one['title']}” by {_said(one['against'])}" for one in better)
    return f"Better than “{base['title']}” on {base['points']:,} points: {said}."


def _phases(
    row: Classifier, found: Mapping[str, Any], scores: Sequence[Mapping[str, Any]]
) -> Plotted:
    plan = found["plan"]
    figure = phases_figure(
        found["points"],
        found["labels"],
        {str(score["title"]): score["above"] for score in scores},
        control=str(found.get("control", "control")),
        transition=float(plan["transition"]),
        margin=float(plan["margin"]),
    )
    return _plotted(row, "Which phase they say", "phases", Drawn(figure))


def _losses(row: Classifier, folds: Sequence[tuple[int, Mapping[str, Any]]]) -> Plotted | None:
    """None where it was not trained, or before its looks at the loss were kept."""
    figure = losses_figure(
        {
            f"Fold {at}": [(float(a), float(b), float(c)) for a, b, c in fold.get("looks", ())]
            for at, fold in folds
        }
    )
    if figure.svg is None:
        return None
    return _plotted(row, "Loss in training", "loss", Drawn(figure))


def _plotted(row: Classifier, name: str, file: str, drawn: Drawn) -> Plotted:
    short = str(row.pk)[-8:]
    return Plotted(name=name, file=f"{file}-{short}", drawn=drawn, stamp=short)


def _folds(scores: Sequence[Mapping[str, Any]], method: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Facts of each fold of one classifier, with its number; none where it was left out."""
    folds = next((score["folds"] for score in scores if score["method"] == method), ())
    return list(enumerate(folds, 1))


def _stop(at: int, fold: Mapping[str, Any]) -> Stop:
    return Stop(
        fold=at,
        why=STOPS.get(str(fold["stop"]), str(fold["stop"])),
        steps=int(fold["steps"]),
        loss=uncertain(float(fold["loss"]), float(fold["loss_error"])),
        shots=int(fold["shots"]),
    )


def _repair(at: int, fold: Mapping[str, Any]) -> Repair:
    change, relabelled, by_shots = (
        f"{plain(100 * float(fold[name]), 1)} %"
        for name in ("relative_change", "relabelled_by_repair", "relabelled_by_shots")
    )
    return Repair(
        fold=at,
        negative=int(fold["negative_eigenvalues"]),
        change=change,
        relabelled=relabelled,
        by_shots=by_shots,
    )


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    held = sum(label is not None for label in found["labels"])
    return [
        ("Points held out", f"{held} of {len(found['labels'])}; the others are not labelled"),
        ("Readings", f"{found['readings']:,}, of {found['plan']['shots']:,} shots in each basis"),
        ("Bases", ", ".join(found["bases"])),
        ("Sources", ", ".join(found["sources"])),
        ("An accuracy", str(found["accuracy_method"])),
        ("A difference", str(found["difference_method"])),
    ]
