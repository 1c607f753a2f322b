"""The transverse-field Ising ring: its ground-state energy through the quantum phase transition."""

from __future__ import annotations

from typing import Any

from qtwin.projects.demo.demo import Demo, sources

SYSTEM: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "ring",
    "sites": 6,
    "parameters": {"hx": "field"},
    "controls": [
        {
            "name": "field",
            "label": "Transverse field",
            "unit": "dimensionless",
            "lower": 0.0,
            "upper": 2.0,
        }
    ],
}
DEVICE = "FakeNairobiV2"
SOURCES = sources(
    ("mean-field", "Mean field", "approximation", "exact", "mean_field", {}),
    ("ed", "Exact diagonalization", "reference", "exact", "ed", {}),
    ("dmrg", "DMRG, bond dimension 2", "approximation", "tenpy", "dmrg", {}),
    ("ramp-aer", "Ramp, 4 steps, Aer", "approximation", "aer", "adiabatic", {"duration": 1.25}),
    ("ramp-cirq", "Ramp, 8 steps, Cirq", "approximation", "cirq", "adiabatic", {"duration": 2.5}),
    (
        "ramp-noisy", "Ramp, 2 steps, noisy device model", "device", "fake-ibm", "adiabatic",
        {"device": DEVICE, "duration": 0.75},
    ),
)  # fmt: skip
SWEEP = [round(0.1 * step, 4) for step in range(21)]
SAMPLED = SWEEP[::2]
AMPLIFIED = SWEEP[::4]
EXACT = [0.0, 0.3, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0]
SHOTS = 4000


def _ramp(
    source: str, points: list[float], *, seed: int, steps: int, **knobs: float
) -> dict[str, Any]:
    knobs["trotter_steps"] = steps
    return {"source": source, "points": points, "knobs": knobs, "seed": seed, "shots": SHOTS}


ISING = Demo(
    key="ising",
    name="Transverse-field Ising ring",
    description=(
        "The ground-state energy of six spins through the quantum phase transition: mean field, "
        "a few exact points, DMRG at a low bond dimension, and Trotterised ramps on ideal "
        "simulators and on a noisy device model."
    ),
    system=SYSTEM,
    observable="energy_per_site",
    sources=SOURCES,
    bodies=(
        {"source": "mean-field", "points": SWEEP},
        {"source": "ed", "points": EXACT},
        {"source": "dmrg", "points": AMPLIFIED, "knobs": {"bond_dimension": 2}},
        _ramp("ramp-aer", SAMPLED, seed=21, steps=4),
        _ramp("ramp-cirq", SAMPLED, seed=22, steps=8),
        _ramp("ramp-noisy", SAMPLED, seed=23, steps=2, noise_gain=1),
        _ramp("ramp-noisy", AMPLIFIED, seed=24, steps=2, noise_gain=3),
    ),
    reference="ed",
    left_out="dmrg",
    checked=("mean-field", "ed"),
    landmark=1.0,
)
