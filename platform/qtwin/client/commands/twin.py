"""``qtwin twin``: its state, predictions, and what to measure next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from qtwin.client import pairs
from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.points import add_points, read_points
from qtwin.client.commands.server import add_project, project
from qtwin.client.rows.project import ProjectRow
from qtwin.client.rows.twin import Prediction
from qtwin.client.wrong import WrongInput

GOALS = ("curve", "minimum", "maximum")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "twin", "the twin of a project")
    shown = group.verb("show", "its latest version, and whether it is up to date", show)
    add_project(shown)
    shown.add_argument("--wait", action="store_true", help="until it has taken in everything")
    shown.add_argument("--timeout", type=float, metavar="S", help="with --wait: no longer")
    shown.add_argument("--svg", metavar="FILE.svg", help="draw its curve")
    predicted = group.verb("predict", "mean, one sigma and the 95 %% interval at points", predict)
    _add_question(predicted)
    add_points(predicted)
    predicted.add_argument("--version", type=int, metavar="N", help="the latest by default")
    planned = group.verb("recommend", "what to measure next, its gain, its cost and why", recommend)
    _add_question(planned)
    planned.add_argument(
        "--price",
        action="append",
        default=[],
        metavar="SOURCE=PER_RUN[,PER_SHOT]",
        help="of a source on offer, in any one unit; once for each; by default as estimated",
    )
    planned.add_argument("--budget", type=float, metavar="B", help="most that the runs may cost")
    planned.add_argument("--target", type=float, metavar="S", help="sigma to reach")
    planned.add_argument("--batch", type=int, metavar="K", help="the first K runs")
    planned.add_argument("--goal", choices=GOALS, default=GOALS[0])


def _add_question(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("--observable", metavar="NAME", help="the project's first by default")
    parser.add_argument(
        "--without", action="append", default=[], metavar="SOURCE", help="leave a source out"
    )


def show(given: argparse.Namespace) -> None:
    """Print its state; draw it when that is asked for."""
    twin = project(given).twin()
    status = twin.wait(timeout=given.timeout, progress=True) if given.wait else twin.status()
    if given.svg:
        _write(given.svg, twin.curve().svg())
    if given.as_json:
        out.document(given, status.document, "")
        return
    rows: list[tuple[str, Any]] = [
        ("measurements", status.evidence),
        ("up to date", status.up_to_date),
        ("problem", status.problem),
    ]
    if status.version is not None:
        version = status.version
        rows += [
            ("version", version.number),
            ("claim", version.claim),
            ("references", version.references),
            ("as of", version.as_of),
            ("digest", version.digest),
        ]
    out.line("\n".join(f"{name:<12}  {out.text(value)}" for name, value in rows if value != ""))


def predict(given: argparse.Namespace) -> None:
    """Print a row for each point."""
    found = project(given)
    twin = found.twin(version=given.version)
    prediction = twin.predict(
        read_points(given, found.row), observable=given.observable, without=given.without
    )
    if given.as_json:
        points = prediction.points.tolist()
        out.document(given, {**prediction.document, "points": points}, "")
        return
    head = (*prediction.controls, "mean", "std", "lower", "upper", "most of std²")
    out.table(head, _lines(prediction))
    version = prediction.version.number
    out.hint(f"{prediction.observable} in {prediction.unit}, version {version}: {prediction.claim}")


def _lines(prediction: Prediction) -> list[Sequence[Any]]:
    columns = (prediction.mean, prediction.std, prediction.lower, prediction.upper)
    causes = list(prediction.budget)
    parts = [list(values) for values in zip(*prediction.budget.values(), strict=True)]
    return [
        (*point, *(column[at].item() for column in columns), causes[_largest(parts[at])])
        for at, point in enumerate(prediction.points.tolist())
    ]


def _largest(values: list[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def recommend(given: argparse.Namespace) -> None:
    """Print a row for each run."""
    if given.budget is None and given.target is None and (given.price or given.batch is None):
        raise WrongInput(
            "needed: --budget or --target, or --batch without --price", field="--budget"
        )
    found = project(given)
    plan = found.twin().recommend(
        prices=_prices(given.price) or None,
        budget=given.budget,
        target=given.target,
        batch=given.batch,
        goal=given.goal,
        observable=given.observable,
        without=given.without,
    )
    if given.as_json:
        out.document(given, plan.document, "")
        return
    head = ("source", *_names(found.row), "knobs", "shots", "cost", "sigma after", "why")
    out.table(
        head,
        [
            (run.source, *run.at, run.knobs, run.shots, run.cost, run.sigma_after, run.why)
            for run in plan.steps
        ],
    )
    told = plan.pricing.get("told", "")
    costs = [f"cost: {told}"] if told and not given.price else []
    out.hint(out.text("\n".join([plan.why, *plan.notes, *costs])))


def _names(row: ProjectRow) -> list[str]:
    return [control.name for control in row.controls]


def _prices(texts: Sequence[str]) -> dict[str, dict[str, float]]:
    named = pairs.once([pairs.pair(text, "--price") for text in texts], "--price")
    prices = {}
    for name, text in named.items():
        parts = [pairs.number(part, "--price") for part in text.split(",")]
        if len(parts) > 2:
            raise WrongInput(f"{text!r}; allowed: PER_RUN or PER_RUN,PER_SHOT", field="--price")
        prices[name] = dict(zip(("per_run", "per_shot"), parts, strict=False))
    return prices


def _write(name: str, text: str) -> None:
    from pathlib import Path

    try:
        Path(name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{name}: {error.strerror}", field="--svg") from error
