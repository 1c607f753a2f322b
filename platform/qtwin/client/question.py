"""What is asked on the command line: a system, points, observables, knobs and settings."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from backends.schema import Experiment, RunOptions
from backends.systems import System, check
from qtwin.client import pairs
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
        help="values of a control; several controls go together, value by value: "
        "--at r=0.9,1.1 --at angle=104,105, or --at r=0.9,angle=104",
    )
    parser.add_argument(
        "--observable",
        action="append",
        default=[],
        metavar="NAME",
        help="what is asked, more than once for several; the system's first by default",
    )
    parser.add_argument("--shots", type=int, metavar="N", help="exact expectations without")
    parser.add_argument("--seed", type=int, metavar="N", help="the same answer for the same seed")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        dest="knobs",
        help="a knob, such as noise_gain=3; qtwin backends NAME lists them",
    )
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the source, such as device=FakeLagosV2",
    )
    parser.add_argument(
        "--json", action="store_true", dest="as_json", help="one JSON document, errors too"
    )


def run_options(given: argparse.Namespace) -> RunOptions:
    """Shots and seed.

    Raises:
        WrongInput: One is a number that no source takes.
    """
    for flag, value, least in (("--shots", given.shots, 1), ("--seed", given.seed, 0)):
        if value is not None and value < least:
            raise WrongInput(f"{value}; allowed: whole numbers from {least}", field=flag)
    return RunOptions(shots=given.shots, seed=given.seed)


def experiment(given: argparse.Namespace, system: System, method: str) -> Experiment:
    """The experiment that the arguments describe.

    Raises:
        WrongInput: An argument is wrong.
        ProgramRejected: The system has no such observable or point.
    """
    names = tuple(control.name for control in system.controls)
    columns = pairs.columns(given.at, system.controls, "--at")
    rows = len(columns)
    points = np.array(columns, dtype=np.float64).reshape(rows, len(names))
    asked = pairs.numbers(given.knobs, "--set")
    knobs = np.tile(list(asked.values()), (rows, 1))
    settings = pairs.once([pairs.pair(text, "--setting") for text in given.setting], "--setting")
    wanted = tuple(given.observable) or (system.observables[0].name,)
    asked_for = Experiment(
        system=system.to_dict(),
        method=method,
        settings={name: _setting(value) for name, value in settings.items()},
        controls=names,
        points=points,
        knobs=tuple(asked),
        knob_values=knobs.reshape(rows, len(asked)),
        observables=wanted,
    )
    check(asked_for)  # before any source is asked, each of which would refuse in its own words
    return asked_for


def _setting(text: str) -> Any:
    """A number, a truth value or a list of numbers as in JSON; anything else is text."""
    try:
        value = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    parts = value if isinstance(value, list) else [value]
    return value if all(isinstance(part, bool | int | float) for part in parts) else text
