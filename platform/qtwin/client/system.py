"""``qtwin system``: is a document one that QTwin understands, and what does it say?"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from backends import systems
from backends.methods import circuit_method
from backends.systems import ParametricCircuit
from qtwin.client import show
from qtwin.client.document import read_document


def add(commands: Any) -> None:
    """Add the command to a parser."""
    group = commands.add_parser("system", help="look at a system document")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser("validate", help="check it, and say what it has")
    parser.add_argument("system", metavar="SYSTEM.json", help="a system document; - reads it")
    parser.add_argument(
        "--json", action="store_true", dest="as_json", help="the document with its defaults"
    )
    parser.set_defaults(run=validate)
    show.add(actions)


def validate(given: argparse.Namespace) -> None:
    """Print the controls and observables of a document.

    Raises:
        WrongInput: The file cannot be read.
        ProgramRejected: The document is wrong.
    """
    system = systems.load(read_document(given.system))
    if isinstance(system, ParametricCircuit):
        middle = [[0.5 * (control.lower + control.upper) for control in system.controls]]
        circuit_method.summary(system, np.array(middle))
    if given.as_json:
        body = {
            "system": system.to_dict(),
            "observables": [spec.to_dict() for spec in system.observables],
        }
        print(json.dumps(body, indent=2))  # noqa: T201
        return
    print(f"a {system.kind}")  # noqa: T201
    for control in system.controls:
        print(f"  control {control.name}: {control.lower:g} to {control.upper:g} {control.unit}")  # noqa: T201
    for spec in system.observables:
        print(f"  observable {spec.name}: {spec.label}, {spec.unit}")  # noqa: T201
