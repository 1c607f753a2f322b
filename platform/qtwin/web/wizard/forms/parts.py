"""Parts that the forms of several kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from backends.systems.lattice import GEOMETRIES
from backends.systems.spin_lattice import MODELS
from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, options, whole

GRIDS = ("square", "triangular", "heavy hexagon")
SAYS = "A number, or a control's name or an expression of it."
expression = partial(Field, computed=True)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``more`` is folded away until it is used."""

    title: str
    fields: tuple[Field, ...]
    more: bool = False


def lattice(most: int) -> tuple[Field, ...]:
    return (
        Field(
            at="/geometry",
            label="Geometry",
            kind="choice",
            choices=options(*GEOMETRIES, heavy_hex="heavy hexagons"),
            read=str,
        ),
        Field(
            at="/sites",
            label="Sites",
            needed=True,
            help=f"2 to {most}; rows × columns, such as 3×3, of a {', '.join(GRIDS)} lattice.",
            read=notation.shape_read,
            show=notation.shape_shown,
        ),
        Field(at="/periodic", label="Periodic: the ends are joined", kind="flag"),
    )


def state(*kinds: str, time: str) -> Group:
    """Which state is asked about."""
    kind, says = "/state/kind", {"ground": "ground state", "thermal": "thermal state"}
    says |= {"evolved": "evolved in time", "kicked": "kicked (Trotterised Ising)"}
    fields = [
        Field(at=kind, label="State", kind="choice", choices=options(*kinds, **says), read=str),
        expression(
            at="/state/temperature",
            label="Temperature",
            help=f"Of a thermal state, in the unit of the energy. {SAYS}",
            only=(kind, ("thermal",)),
        ),
        Field(
            at="/state/initial",
            label="Initial state",
            help="Of an evolved or kicked state: 0, 1, + or - for each qubit, qubit 0 rightmost; "
            "0*127 for as many alike.",
            read=str,
            only=(kind, ("evolved", "kicked")),
        ),
        expression(
            at="/state/time",
            label="Time",
            unit=time,
            help=f"Of an evolved state. {SAYS}",
            only=(kind, ("evolved",)),
        ),
    ]
    if "kicked" in kinds:
        fields += [
            Field(at="/state/steps", label="Kicks", read=whole, only=(kind, ("kicked",))),
            expression(
                at="/state/theta_h",
                label="Angle of the field",
                unit="rad",
                only=(kind, ("kicked",)),
            ),
            expression(
                at="/state/theta_j",
                label="Angle of the couplings",
                unit="rad",
                only=(kind, ("kicked",)),
            ),
        ]
    return Group("State", tuple(fields))


def own(*, needed: bool = False) -> Group:
    field = Field(
        at="/observables",
        label="Observables of your own",
        kind="lines",
        needed=needed,
        help='A line for each, such as zz "Correlation" = 0.5 * Z0 Z1 + 0.5 * Z1 Z2, or the '
        "probability of bits, down = |0011>, qubit 0 rightmost.",
        read=notation.own_read,
        show=notation.own_shown,
        computed=True,
        rows=3,
    )
    return Group("Observables of your own", (field,), more=not needed)


def parameters(*fields: tuple[str, str, tuple[str, tuple[str, ...]] | None]) -> tuple[Field, ...]:
    return tuple(
        expression(
            at=f"/parameters/{name}",
            label=label,
            only=only,
            otherwise="1" if name in ("J", "delta", "t") else "0",
        )
        for name, label, only in fields
    )


def models(name: str) -> tuple[str, tuple[str, ...]]:
    return "/model", tuple(model for model, names in MODELS.items() if name in names)
