"""Arrays of Rydberg atoms."""

from __future__ import annotations

from qtwin.projects.demo.rydberg import SYSTEM as CHAIN
from qtwin.projects.templates.template import Template, control, document

ARRAYS = (
    Template(
        key="rydberg-chain",
        title="Rydberg chain",
        what="Five atoms driven into the phase in which every second one is excited.",
        system=CHAIN,
        observables=("staggered_density", "density"),
    ),
    Template(
        key="rydberg-square",
        title="Rydberg square",
        what="Two rows of three atoms in their ground state, as their distance grows.",
        system=document(
            "rydberg_array",
            control("spacing", "Spacing", "um", 5.0, 10.0),
            geometry="square",
            atoms=[2, 3],
            spacing="spacing",
            rabi=5.0,
            detuning=12.0,
        ),
        observables=("density", "staggered_density"),
    ),
)
