"""``qtwin plan``: what to measure next, from files."""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

from qtwin.client.fuse import add_evidence
from qtwin.fusion.threads import one_thread

_GOALS = ("curve", "minimum", "maximum")


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "plan", help="recommend what to measure next, with gain, cost and why"
    )
    add_evidence(parser)
    parser.add_argument("--budget", type=_amount, metavar="B", help="most that the runs may cost")
    parser.add_argument(
        "--target", type=_amount, metavar="S", help="σ to reach, in the observable's unit"
    )
    parser.add_argument("--batch", type=_count, metavar="K", help="show the first K runs")
    parser.add_argument(
        "--goal", choices=_GOALS, default=_GOALS[0], help="what shall improve; curve by default"
    )
    parser.add_argument(
        "--at", metavar="POINTS.csv", help="where runs may be made; a column weight is allowed"
    )
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.set_defaults(run=run, parser=parser)


def run(given: argparse.Namespace) -> None:
    """Fit, plan and print.

    Raises:
        FileRefused: A file is wrong.
    """
    if given.budget is None and given.target is None:
        given.parser.error("one of --budget B and --target S is needed")
    one_thread()
    from qtwin.fusion.planner import Aim, Goal  # these need numpy and more: only when asked
    from qtwin.tables.data import read_data
    from qtwin.tables.plan_report import plan_report
    from qtwin.tables.planning import offers_of, plan_files, read_places
    from qtwin.tables.spec import read_spec

    spec = read_spec(given.spec)
    data = read_data(given.data, spec, covariances=given.cov)
    places = read_places(given.at, spec) if given.at else None
    found = plan_files(
        spec,
        data,
        Goal(budget=given.budget, target=given.target, batch=given.batch, aim=Aim(given.goal)),
        offers=offers_of(spec, given.spec),
        places=places,
        seed=given.seed,
    )
    warnings = [*data.warnings, *(places.warnings if places else ())]
    if given.as_json:
        print(json.dumps({**found.to_dict(), "warnings": warnings}, indent=2, allow_nan=False))  # noqa: T201
    else:
        print("\n".join([plan_report(found, spec), *warnings]))  # noqa: T201


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a finite number above 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: whole numbers from 1")
    return int(text)
