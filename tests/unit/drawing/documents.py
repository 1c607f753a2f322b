"""System documents that drawings are tried on."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.docs.fences import blocks

DOCUMENTED: list[dict[str, Any]] = [json.loads(block) for block in blocks("systems.md", "json")]
WATER = next(d for d in DOCUMENTED if len(d.get("atoms", ())) == 3)
BENZENE: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "basis": "sto-3g",
    "atoms": [
        {"element": element, "position": [radius * math.cos(a), radius * math.sin(a), 0.0]}
        for element, radius in (("C", 1.39), ("H", 2.48))
        for a in (math.pi * k / 3 for k in range(6))
    ],
}


def lattice(geometry: str, sites: int | list[int], **more: Any) -> dict[str, Any]:
    document = {"kind": "spin_lattice", "schema_version": 1, "model": "heisenberg"}
    return {**document, "geometry": geometry, "sites": sites, "parameters": {}, **more}


LATTICES = [
    lattice("square", [16, 16], periodic=True),
    lattice("square", [1, 2]),
    lattice("triangular", [4, 5], periodic=True),
    lattice("ladder", 12, periodic=True),
    lattice("chain", 256, periodic=True),
    lattice("chain", 7, periodic=True),
    lattice("ring", 256),
    lattice("heavy_hex", [7, 15]),
    lattice("chain", 8, model="j1j2", parameters={"j2": 0.5}),
    lattice("square", [3, 3], model="j1j2", parameters={"j2": "a"}, controls=[
        {"name": "a", "unit": "dimensionless", "lower": 0, "upper": 1},
    ]),
    lattice("chain", 5, model="ising", parameters={"J": [1, -1, 0.5, 2]}),
]  # fmt: skip
ARRAYS: list[dict[str, Any]] = [
    {"kind": "rydberg_array", "schema_version": 1, "spacing": 5.5, "rabi": 15.0, **more}
    for more in (
        {"geometry": "chain", "atoms": 1},
        {"geometry": "ring", "atoms": 20},
        {"geometry": "square", "atoms": [16, 16]},
        {"geometry": "chain", "atoms": 12, "rabi": 0.001},
        {"geometry": "chain", "atoms": 12, "rabi": 0.0},
    )
]
EVERY = [*DOCUMENTED, BENZENE, *LATTICES, *ARRAYS]
