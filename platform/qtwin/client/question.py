"""What is asked on the command line: a system, points, observables, knobs and settings."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from backends.schema import Experiment, RunOptions
from backends.systems import System
from qtwin.client.wrong import WrongInput

AUTO = "auto"


def add_question(parser: argparse.ArgumentParser) -> None:
    """The arguments that `experiment` and `run_options` read."""
    parser.add_argument("system", metavar="SYSTEM.json", help="a system document; - reads it")
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE[,VALUE]",
        help="values of a control; several controls go together, value by value",
    )
    parser.add_argument(
        "--observable", action="append", default=[], metavar="NAME", help="the first by default"
    )
    parser.add_argument("--shots", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", dest="knobs")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", action="store_true", dest="as_json")


def run_options(given: argparse.Namespace) -> RunOptions:
    return RunOptions(shots=given.shots, seed=given.seed)


def experiment(given: argparse.Namespace, system: System, method: str) -> Experiment:
    """The experiment that the arguments describe.

    Raises:
        WrongInput: An argument is wrong.
    """
    names = tuple(control.name for control in system.controls)
    points = _columns(given.at, names, "--at")
    rows = len(points)
    asked = [_pair(text, "--set") for text in given.knobs]
    knobs = np.tile([_number(value, "--set") for _, value in asked], (rows, 1))
    wanted = tuple(given.observable) or (system.observables[0].name,)
    return Experiment(
        system=system.to_dict(),
        method=method,
        settings={
            name: _setting(value) for name, value in (_pair(t, "--setting") for t in given.setting)
        },
        controls=names,
        points=points,
        knobs=tuple(name for name, _ in asked),
        knob_values=knobs.reshape(rows, len(asked)),
        observables=wanted,
    )


def _columns(texts: list[str], names: tuple[str, ...], flag: str) -> Any:
    given = dict(_pair(text, flag) for text in texts)
    if set(given) != set(names):
        raise WrongInput(
            f"{', '.join(given) or 'nothing'}; allowed: exactly {', '.join(names)}", field=flag
        )
    columns = [[_number(v, flag) for v in given[name].split(",")] for name in names]
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{n} has {len(c)}" for n, c in zip(names, columns, strict=True))
        raise WrongInput(f"{lengths} values; allowed: as many for each control", field=flag)
    return np.array(columns, dtype=np.float64).T.reshape(-1, len(names))


def _pair(text: str, flag: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise WrongInput(f"{text!r}; allowed: NAME=VALUE", field=flag)
    return name, value


def _number(text: str, flag: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise WrongInput(f"{text!r}; allowed: a finite number", field=flag)
    return value


def _setting(text: str) -> Any:
    """A number or a truth value as in JSON; anything else is text."""
    try:
        value = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text
