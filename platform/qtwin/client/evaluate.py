"""``qtwin evaluate``: one source at some points, in this process."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from backends import registry, systems
from backends.base import Handle
from backends.errors import BackendUnavailable
from backends.schema import Experiment, Result, RunOptions
from backends.systems import System
from qtwin.client.document import read_document
from qtwin.client.wrong import WrongInput


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("evaluate", help="evaluate a source here and now")
    parser.add_argument("system", metavar="SYSTEM.json", help="a system document; - reads it")
    parser.add_argument("--backend", required=True)
    parser.add_argument("--method", required=True)
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE[,VALUE]",
        help="values of a control; several controls go together, value by value",
    )
    parser.add_argument("--observable", action="append", default=[], metavar="NAME")
    parser.add_argument("--shots", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", dest="knobs")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> None:
    """Evaluate and print.

    Raises:
        WrongInput: An argument is wrong.
        ProgramRejected: The backend refuses.
        BackendUnavailable: It cannot be asked now, or only answers later.
    """
    system = systems.load(read_document(given.system))
    backend = registry.get(given.backend)
    experiment = _experiment(given, system)
    options = RunOptions(shots=given.shots, seed=given.seed)
    backend.check(experiment, options)
    cost = backend.estimate(experiment, options)
    began = time.perf_counter()
    result = backend.submit(experiment, options, token="qtwin-evaluate")  # noqa: S106 - no password
    if isinstance(result, Handle):
        raise BackendUnavailable(f"{given.backend} answers later; submit a job to a server")
    document = _document(system, experiment, result)
    document["estimated_seconds"] = cost.seconds
    document["seconds"] = time.perf_counter() - began
    print(json.dumps(document, indent=2) if given.as_json else _table(document))  # noqa: T201


def _experiment(given: argparse.Namespace, system: System) -> Experiment:
    names = tuple(control.name for control in system.controls)
    points = _columns(given.at, names, "--at")
    rows = len(points)
    asked = [_pair(text, "--set") for text in given.knobs]
    knobs = np.tile([_number(value, "--set") for _, value in asked], (rows, 1))
    wanted = tuple(given.observable) or tuple(spec.name for spec in system.observables)
    return Experiment(
        system=system.to_dict(),
        method=given.method,
        settings=dict(_pair(text, "--setting") for text in given.setting),
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


def _document(system: System, experiment: Experiment, result: Result) -> dict[str, Any]:
    units = {spec.name: spec.unit for spec in system.observables}
    rows = [
        {
            "point": dict(zip(experiment.controls, point, strict=True)),
            "observable": name,
            "value": float(result.values[row, column]),
            "std": float(result.std_errors[row, column]),
            "unit": units[name],
        }
        for row, point in enumerate(experiment.points.tolist())
        for column, name in enumerate(experiment.observables)
    ]
    return {"results": rows, "provenance": result.provenance.to_dict(), "seed": result.options.seed}


def _table(document: dict[str, Any]) -> str:
    lines = []
    for row in document["results"]:
        place = ", ".join(f"{name} = {value:g}" for name, value in row["point"].items())
        error = f" ± {row['std']:.2g}" if row["std"] else ""
        unit = "" if row["unit"] == "dimensionless" else f" {row['unit']}"
        lines.append(f"{place}  {row['observable']} = {row['value']:.9g}{error}{unit}")
    versions = ", ".join(f"{k} {v}" for k, v in document["provenance"]["versions"].items())
    took, guess = document["seconds"], document["estimated_seconds"]
    lines.append(f"{versions}; {took:.2f} s (estimated {guess:.2f} s)")
    return "\n".join(lines)
