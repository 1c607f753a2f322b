"""The form of an array of Rydberg atoms."""

from __future__ import annotations

from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, options
from qtwin.web.wizard.forms.parts import SAYS, Group, expression, own, state

RYDBERG = (
    Group(
        "Array",
        (
            Field(
                at="/geometry",
                label="Geometry",
                kind="choice",
                choices=options("chain", "ring", "square", "custom", custom="positions of my own"),
                read=str,
            ),
            Field(
                at="/atoms",
                label="Atoms",
                help="1 to 256, or rows × columns of a square array.",
                read=notation.shape_read,
                show=notation.shape_shown,
                only=("/geometry", ("chain", "ring", "square")),
            ),
            expression(
                at="/spacing",
                label="Spacing",
                unit="µm",
                help=f"At least 1. {SAYS}",
                only=("/geometry", ("chain", "ring", "square")),
            ),
            Field(
                at="/positions",
                label="Positions",
                kind="lines",
                unit="µm",
                help="A line for each atom: x and y.",
                read=notation.places_read,
                show=notation.places_shown,
                computed=True,
                only=("/geometry", ("custom",)),
            ),
            Field(
                at="/neighbours",
                label="Neighbours",
                help="Pairs of atoms, such as 0-1, 1-2.",
                read=notation.pairs_read,
                show=notation.pairs_shown,
                only=("/geometry", ("custom",)),
            ),
        ),
    ),
    Group(
        "Drive",
        tuple(
            expression(
                at=f"/{name}",
                label=label,
                unit=unit,
                needed=name == "rabi",
                help=f"{SAYS} Or times in µs with values, such as 0: 0, 0.3: 15, 3: 0."
                if name == "rabi"
                else "",
                read=notation.wave_read,
                show=notation.wave_shown,
            )
            for name, label, unit in (
                ("rabi", "Rabi frequency Ω", "rad/µs"),
                ("detuning", "Detuning Δ", "rad/µs"),
                ("phase", "Phase φ", "rad"),
            )
        ),
    ),
    Group(
        "Interaction",
        (
            Field(
                at="/c6",
                label="C6",
                unit="rad µm⁶/µs",
                help="Of rubidium in 70S where it is empty.",
                otherwise="5420000",
            ),
            Field(
                at="/cutoff",
                label="Cutoff",
                unit="µm",
                help="All pairs interact where it is empty.",
            ),
            Field(at="/site_densities", label="The density of each atom too", kind="flag"),
        ),
        more=True,
    ),
    state("ground", "thermal", "evolved", time="µs"),
    own(),
)
