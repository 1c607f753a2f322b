"""Thirty questions of all kinds, each with the document of its system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.schema import Experiment

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One observable of one system, which has no controls."""

    name: str
    system: Document
    observable: str = "energy"

    def experiment(self) -> Experiment:
        return Experiment(
            system=self.system,
            method="auto",
            controls=(),
            points=np.empty((1, 0)),
            observables=(self.observable,),
        )


def _spins(model: str, sites: Any, geometry: str = "chain", **fields: Any) -> Document:
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": model,
        "geometry": geometry,
        "sites": sites,
        "parameters": fields.pop("parameters", {}),
        "controls": [],
        **fields,
    }


def _molecule(atoms: str, places: list[list[float]], **fields: Any) -> Document:
    return {
        "kind": "molecule",
        "schema_version": 1,
        "atoms": [
            {"element": element, "position": place}
            for element, place in zip(atoms.split(), places, strict=True)
        ],
        "basis": "sto-3g",
        "controls": [],
        **fields,
    }


def _line(atoms: str, step: float) -> Document:
    return _molecule(atoms, [[0.0, 0.0, step * index] for index in range(len(atoms.split()))])


def _circuit(qubits: int, lines: list[str], word: str) -> Document:
    text = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{qubits}] q;", *lines]
    return {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": "\n".join(text),
        "observables": [{"name": "wanted", "pauli": {word: 1.0}}],
        "controls": [],
    }


def _ghz(qubits: int) -> Document:
    chain = [f"cx q[{q}], q[{q + 1}];" for q in range(qubits - 1)]
    return _circuit(qubits, ["h q[0];", *chain], f"Z0 Z{qubits - 1}")


def _layers(qubits: int, depth: int) -> Document:
    rng = np.random.default_rng(qubits)
    lines = []
    for _ in range(depth):
        lines += [f"ry({angle:.6f}) q[{q}];" for q, angle in enumerate(rng.uniform(0, 3, qubits))]
        lines += [f"cz q[{q}], q[{q + 1}];" for q in range(qubits - 1)]
    return _circuit(qubits, lines, "Z0 Z1")


def _hubbard(sites: int, u: float, up: int, down: int) -> Document:
    return {
        "kind": "fermi_hubbard",
        "schema_version": 1,
        "geometry": "chain",
        "sites": sites,
        "parameters": {"t": 1.0, "U": u},
        "electrons": [up, down],
        "controls": [],
    }


def _quench(sites: int, time: float = 1.0) -> Document:
    state = {"kind": "evolved", "initial": "0" * sites, "time": time}
    return _spins("ising", sites, parameters={"hx": 0.8, "hz": 0.3}, state=state)


def _thermal(sites: int) -> Document:
    state = {"kind": "thermal", "temperature": 0.7}
    return _spins("heisenberg", sites, state=state)


_DISORDER = {"hz": {"width": 1.0, "seed": 3}}
_TFIM = {"hx": 1.0}
_MIXED = {"hx": 0.9, "hz": 0.2}

QUESTIONS = tuple(
    Question(name=name, system=system, observable=observable)
    for name, system, observable in (
        ("H2", _line("H H", 0.74), "energy"),
        ("HeH+", _line("He H", 0.8) | {"charge": 1}, "energy"),
        ("H4 chain", _line("H H H H", 1.0), "energy"),
        ("H2 6-31g", _line("H H", 0.74) | {"basis": "6-31g"}, "energy"),
        ("LiH", _line("Li H", 1.6), "energy"),
        ("H6 chain", _line("H H H H H H", 1.0), "energy"),
        ("Ising 6", _spins("ising", 6, parameters=_TFIM), "energy"),
        ("Ising 12", _spins("ising", 12, parameters=_TFIM), "energy"),
        ("Ising 60", _spins("ising", 60, parameters=_TFIM), "energy"),
        ("Ising ring 10", _spins("ising", 10, "ring", parameters=_TFIM), "energy"),
        ("tilted Ising 10", _spins("ising", 10, parameters=_MIXED), "magnetisation_x"),
        ("tilted Ising 14", _spins("ising", 14, parameters=_MIXED), "energy"),
        ("tilted Ising 24", _spins("ising", 24, parameters=_MIXED), "energy"),
        ("Heisenberg 8", _spins("heisenberg", 8), "energy"),
        ("Heisenberg 12", _spins("heisenberg", 12), "energy"),
        ("J1-J2 10", _spins("j1j2", 10, parameters={"j2": 0.4}), "energy"),
        ("square 3 x 3", _spins("heisenberg", [3, 3], "square"), "energy"),
        ("disordered XXZ 10", _spins("xxz", 10, disorder=_DISORDER), "energy"),
        ("thermal 6", _thermal(6), "energy"),
        ("thermal 10", _thermal(10), "energy"),
        ("quench 6", _quench(6), "magnetisation_z"),
        ("quench 10", _quench(10), "magnetisation_z"),
        ("quench 14", _quench(14), "magnetisation_z"),
        ("Hubbard dimer", _hubbard(2, 4.0, 1, 1), "energy"),
        ("Hubbard 4", _hubbard(4, 4.0, 2, 2), "energy"),
        ("Hubbard 10, U = 0", _hubbard(10, 0.0, 5, 5), "energy"),
        ("GHZ 12", _ghz(12), "wanted"),
        ("GHZ 60", _ghz(60), "wanted"),
        ("rotations 8", _layers(8, 6), "wanted"),
        ("rotations 16", _layers(16, 4), "wanted"),
    )
)
