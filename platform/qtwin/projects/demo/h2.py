"""H2 dissociation: the ground-state energy while the bond is stretched."""

from __future__ import annotations

from typing import Any

from qtwin.projects.demo.demo import Demo, sources

SYSTEM: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [
        {
            "name": "bond_length",
            "label": "Bond length",
            "unit": "angstrom",
            "lower": 0.3,
            "upper": 2.5,
        }
    ],
}
SOURCES = sources(
    ("hf", "HF", "approximation", "pyscf", "hf", {}),
    ("mp2", "MP2", "approximation", "pyscf", "mp2", {}),
    ("ccsd", "CCSD", "approximation", "pyscf", "ccsd", {}),
    ("fci", "FCI", "reference", "pyscf", "fci", {}),
    ("vqe-ideal", "VQE, ideal simulator", "device", "aer", "vqe", {}),
    (
        "vqe-noisy", "VQE, noisy device model", "device", "fake-ibm", "vqe",
        {"device": "FakeManilaV2"},
    ),
)  # fmt: skip
NEAR_THE_WALL = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55]
"""The curve bends hardest where the nuclei repel each other, so points are closer there."""
SWEEP = [*NEAR_THE_WALL, *(round(0.6 + 0.1 * step, 4) for step in range(20))]
EXACT = [0.3, 0.36, 0.45, 0.6, 0.7414, 1.0, 1.4, 1.9, 2.5]
SAMPLED = [0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1, 1.3, 1.6, 1.9, 2.2, 2.5]
AMPLIFIED = SAMPLED[1::2]
SHOTS = 4000


def _noisy(points: list[float], *, gain: float, seed: int) -> dict[str, Any]:
    knobs = {"noise_gain": gain}
    return {"source": "vqe-noisy", "points": points, "knobs": knobs, "seed": seed, "shots": SHOTS}


H2 = Demo(
    key="h2",
    name="H2 dissociation",
    description=(
        "The ground-state energy of the hydrogen molecule while its bond is stretched: cheap "
        "approximations, a few exact points, and a variational circuit with and without device "
        "noise."
    ),
    system=SYSTEM,
    observable="energy",
    sources=SOURCES,
    bodies=(
        {"source": "hf", "points": SWEEP},
        {"source": "mp2", "points": SWEEP},
        {"source": "ccsd", "points": SWEEP},
        {"source": "fci", "points": EXACT},
        {"source": "vqe-ideal", "points": SAMPLED, "seed": 11, "shots": SHOTS},
        _noisy(SAMPLED, gain=1, seed=12),
        _noisy(AMPLIFIED, gain=3, seed=13),
        _noisy(AMPLIFIED, gain=5, seed=14),
    ),
    reference="fci",
    left_out="ccsd",
    checked=("hf", "mp2", "ccsd"),
    landmark=0.7414,
)
