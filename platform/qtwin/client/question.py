"""What is asked on the command line: a system, points, observables, knobs and settings."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from backends.schema import Experiment, RunOptions
from backends.systems import Control, System, check
from qtwin.client.wrong import WrongInput

AUTO = "auto"
_COLUMN = re.compile(r",(?=[^,=]+=)")
"""The commas in ``r=0.9,1.1,angle=104,105`` that begin a control."""


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
    points = _columns(given.at, system.controls, "--at")
    rows = len(points)
    asked = _once([_pair(text, "--set") for text in given.knobs], "--set")
    knobs = np.tile([_number(value, "--set") for value in asked.values()], (rows, 1))
    settings = _once([_pair(text, "--setting") for text in given.setting], "--setting")
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


def _columns(texts: list[str], controls: Sequence[Control], flag: str) -> Any:
    """Shape ``(P, C)``; one point without columns where a system has no controls."""
    pairs = [_pair(part, flag) for text in texts for part in _COLUMN.split(text)]
    given = _once(pairs, flag)
    names = [control.name for control in controls]
    if set(given) != set(names):
        ranges = [f"{c.name}={c.lower:g} to {c.upper:g} {c.unit}" for c in controls]
        raise WrongInput(
            f"{', '.join(given) or 'nothing'}; allowed: exactly {', '.join(ranges) or 'nothing'}",
            field=flag,
        )
    columns = [[_number(v, flag) for v in given[name].split(",")] for name in names]
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{n} has {len(c)}" for n, c in zip(names, columns, strict=True))
        raise WrongInput(f"{lengths} values; allowed: as many for each control", field=flag)
    rows = len(columns[0]) if columns else 1
    return np.array(columns, dtype=np.float64).T.reshape(rows, len(names))


def _once(pairs: list[tuple[str, str]], flag: str) -> dict[str, str]:
    """No name twice, of which the last would silently win."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise WrongInput(f"{name} is given twice; allowed: once", field=flag)
        given[name] = value
    return given


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
    """A number, a truth value or a list of numbers as in JSON; anything else is text."""
    try:
        value = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    parts = value if isinstance(value, list) else [value]
    return value if all(isinstance(part, bool | int | float) for part in parts) else text
