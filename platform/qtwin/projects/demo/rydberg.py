"""A chain of Rydberg atoms driven into order: one Hamiltonian on analog and digital machines."""

from __future__ import annotations

from typing import Any

from qtwin.projects.demo.demo import Demo, sources

SYSTEM: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 5,
    "spacing": 6.1,
    "rabi": {"times": [0, 0.2, 0.8, 1.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 0.8, 1.0], "values": [-20, -20, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [
        {
            "name": "final",
            "label": "Detuning at the end",
            "unit": "rad/us",
            "lower": -20.0,
            "upper": 60.0,
        }
    ],
}
SOURCES = sources(
    ("evolution", "Exact evolution", "reference", "exact", "evolution", {}),
    ("analog", "Analog simulation, Braket", "approximation", "braket-ahs", "ahs", {}),
    (
        "analog-misread", "Analog simulation, misread like Aquila", "device", "braket-ahs", "ahs",
        {"readout_error": "aquila"},
    ),
    ("digital-aer", "Trotter circuits, Aer", "approximation", "aer", "trotter", {}),
    ("digital-cirq", "Trotter circuits, Cirq", "approximation", "cirq", "trotter", {}),
)  # fmt: skip
SWEEP = [round(-20.0 + 4.0 * step, 4) for step in range(21)]
SAMPLED = SWEEP[::2]
EXACT = [-20.0, 0.0, 8.0, 16.0, 24.0, 36.0, 48.0, 60.0]
SHOTS = 2000

RYDBERG = Demo(
    key="rydberg",
    name="Rydberg chain",
    description=(
        "Five atoms are driven into the phase in which every second one is excited, by a detuning "
        "that ends higher and higher: analog simulation, with and without the errors of Aquila's "
        "detection, Trotter circuits of the same Hamiltonian, and a few exact points."
    ),
    system=SYSTEM,
    observable="staggered_density",
    sources=SOURCES,
    bodies=(
        {"source": "evolution", "points": EXACT},
        {"source": "analog", "points": SWEEP},
        {"source": "analog-misread", "points": SWEEP, "seed": 31, "shots": SHOTS},
        {
            "source": "digital-aer", "points": SAMPLED, "seed": 32, "shots": SHOTS,
            "knobs": {"trotter_steps": 80},
        },
        {
            "source": "digital-cirq", "points": SAMPLED, "seed": 33, "shots": SHOTS,
            "knobs": {"trotter_steps": 160},
        },
    ),
    reference="evolution",
    left_out="analog",
    checked=("evolution",),
    landmark=60.0,
)  # fmt: skip
