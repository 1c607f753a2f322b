"""The forms of spins and of electrons on a lattice."""

from __future__ import annotations

from backends.systems.spin_lattice import MODELS
from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, options, whole
from qtwin.web.wizard.forms.parts import Group, expression, lattice, models, own, parameters, state

SPINS = (
    Group(
        "Lattice",
        (
            Field(
                at="/model",
                label="Model",
                kind="choice",
                choices=options(
                    *MODELS, ising="Ising", xxz="XXZ", heisenberg="Heisenberg", j1j2="J1-J2"
                ),
                read=str,
            ),
            *lattice(256),
        ),
    ),
    Group(
        "Parameters",
        parameters(
            ("J", "Coupling J", None),
            ("delta", "Anisotropy Δ", models("delta")),
            ("j2", "Coupling of second neighbours J2", models("j2")),
            ("hx", "Transverse field hx", models("hx")),
            ("hz", "Longitudinal field hz", None),
        ),
    ),
    Group(
        "Disorder",
        (
            expression(at="/disorder/hz/width", label="Width of a random field hz"),
            Field(at="/disorder/hz/seed", label="Its seed", read=whole),
        ),
        more=True,
    ),
    state("ground", "thermal", "evolved", "kicked", time="1/J"),
    own(),
)
FERMIONS = (
    Group("Lattice", lattice(128)),
    Group(
        "Parameters",
        (
            *parameters(
                ("t", "Hopping t", None),
                ("U", "Repulsion U", None),
                ("V", "Repulsion of neighbours V", None),
                ("mu", "Chemical potential μ", None),
                ("hz", "Field hz", None),
            ),
            Field(
                at="/electrons",
                label="Electrons up, down",
                help="Two numbers, such as 3, 3. They follow from μ where it is empty.",
                read=notation.numbers_read,
                show=notation.numbers_shown,
            ),
            Field(at="/site_densities", label="The density of each site too", kind="flag"),
        ),
    ),
    state("ground", "thermal", "evolved", time="1/t"),
    own(),
)
