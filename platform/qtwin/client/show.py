"""``qtwin system show``: the Hamiltonian, its symmetries, and what every source would cost."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from backends import selection, systems
from backends.errors import ProgramRejected
from backends.methods import circuit_method
from backends.methods.problem import Problem, problem
from backends.methods.symmetries import Symmetries, symmetries
from backends.schema import RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import ParametricCircuit, System
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import HAMILTONIAN
from qtwin.client import explain, question
from qtwin.client.document import read_document
from qtwin.client.question import AUTO

MOST_TERMS = 24
MOST_SYMMETRIES = 8
MOST_LETTERS = 32
"""Longer words are spelt by their letters and qubits, ``Z0 Z1``."""


def add(actions: Any) -> None:
    """Add the action to the parser of ``qtwin system``."""
    parser = actions.add_parser("show", help="its Hamiltonian, symmetries and cost per method")
    question.add_question(parser)
    parser.add_argument(
        "--terms", type=int, default=MOST_TERMS, metavar="N", help="how many to print"
    )
    parser.set_defaults(run=show)


def show(given: argparse.Namespace) -> None:
    """Print what a system is at one point, in the middle of its controls by default.

    Raises:
        WrongInput: The file cannot be read, or a control has no value.
        ProgramRejected: The document is wrong.
    """
    system = systems.load(read_document(given.system))
    given.at = given.at or middle(system)
    experiment = question.experiment(given, system, AUTO)
    system.check_points(experiment.points)
    body: dict[str, Any] = {
        "kind": system.kind,
        "point": dict(zip(experiment.controls, experiment.points[0].tolist(), strict=True)),
        "observables": [spec.to_dict() for spec in system.observables],
        **_hamiltonian(system, experiment.points[:1]),
    }
    choice = selection.choose(experiment, RunOptions(shots=given.shots, seed=given.seed))
    if given.as_json:
        body["sources"] = explain.document(choice)
        print(json.dumps(body, indent=2))  # noqa: T201
    else:
        lines = [*_lines(body, given.terms), "", explain.text(choice, everything=False)]
        print("\n".join(lines))  # noqa: T201


def middle(system: System) -> list[str]:
    """The values of ``--at`` in the middle of the controls' ranges."""
    return [f"{c.name}={0.5 * (c.lower + c.upper)!r}" for c in system.controls]


def _hamiltonian(system: System, point: FloatArray) -> dict[str, Any]:
    """Qubits, terms and symmetries; or why there are none."""
    if isinstance(system, ParametricCircuit):
        why = circuit_method.summary(system, point)
        return {"qubits": system.qubits, "hamiltonian": None, "why": why}
    try:
        posed = problem(system, point)
    except ProgramRejected as refused:
        return {"hamiltonian": None, "why": str(refused)}
    if posed.failures:
        return {"hamiltonian": None, "why": posed.failures[0]}
    operator = posed.operators[0].get(HAMILTONIAN)
    if operator is None:
        return {"qubits": posed.qubits, "hamiltonian": None, "why": "it has no Hamiltonian"}
    found = symmetries(operator)
    return {
        "qubits": posed.qubits,
        "hamiltonian": _terms(operator),
        "norm": float(np.sum(np.abs(list(operator.terms.values())))),
        "symmetries": _symmetries(found, posed),
    }


def _terms(operator: PauliSum) -> list[dict[str, Any]]:
    """The largest first."""
    ordered = sorted(operator.terms.items(), key=lambda item: (-abs(item[1]), item[0].x, item[0].z))
    return [
        {"word": _spelt(word, operator.qubits), "coefficient": value} for word, value in ordered
    ]


def _spelt(word: PauliWord, qubits: int) -> str:
    if qubits <= MOST_LETTERS:
        return word.label(qubits)
    there = [q for q in range(qubits) if word.support >> q & 1]
    return " ".join(f"{word.letter(q)}{q}" for q in there) or "I0"


def _symmetries(found: Symmetries, posed: Problem) -> dict[str, Any]:
    return {
        "real": found.real,
        "parities": [_spelt(word, posed.qubits) for word in found.parities],
        "charges": [list(weights) for weights in found.charges],
        "total_spin": found.rotations,
        "fixed_numbers": [
            {"qubits": [q for q in range(posed.qubits) if mask >> q & 1], "ones": count}
            for mask, count in posed.sector
        ],
    }


def _lines(body: dict[str, Any], most: int) -> list[str]:
    at = ", ".join(f"{name} = {value:g}" for name, value in body["point"].items())
    lines = [f"a {body['kind']}" + (f" at {at}" if at else "")]
    if body["hamiltonian"] is None:
        return [*lines, f"no Hamiltonian on qubits: {body['why']}"]
    terms = body["hamiltonian"]
    lines.append(f"{body['qubits']} qubits, {len(terms)} terms, sum of |c| {body['norm']:.6g}")
    lines += [f"  {term['coefficient']:+.9g}  {term['word']}" for term in terms[:most]]
    if len(terms) > most:
        lines.append(f"  … and {len(terms) - most} more (--terms, --json)")
    return [*lines, *_symmetry_lines(body["symmetries"])]


def _symmetry_lines(found: dict[str, Any]) -> list[str]:
    charges = ["+".join(_weighted(w, q) for q, w in enumerate(c) if w) for c in found["charges"]]
    lines = [
        f"matrix: {'real' if found['real'] else 'complex'}",
        f"parities: {_listed(found['parities'])}",
        f"conserved numbers: {_listed(charges)}",
    ]
    if found["total_spin"]:
        lines.append("conserved: total spin")
    for number in found["fixed_numbers"]:
        qubits = ", ".join(map(str, number["qubits"]))
        lines.append(f"fixed number of ones: {number['ones']} on qubits {qubits}")
    return lines


def _listed(names: list[str]) -> str:
    left = len(names) - MOST_SYMMETRIES
    more = [f"… and {left} more (--json)"] if left > 0 else []
    return ", ".join([*names[:MOST_SYMMETRIES], *more]) or "none"


def _weighted(weight: float, qubit: int) -> str:
    return f"Z{qubit}" if weight == 1 else f"{weight:g} Z{qubit}"
