"""The parameters of a machine that dynamics data can tell, by kind of system.

Scales multiply what the document says; offsets are added to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from backends.errors import ProgramRejected
from backends.systems.rydberg_array import RydbergArray
from backends.systems.spin_lattice import SpinLattice
from backends.systems.state import Evolved
from qtwin.worlds.calibration.priors import Prior

HARDWARE = "Amazon Braket's public device properties of QuEra Aquila (rydbergGlobal, lattice)"
WURTZ = "Wurtz et al., arXiv:2306.11727"
ASSUMED = "assumed: a few per cent, as of analog machines that were calibrated before"
Calibratable: TypeAlias = RydbergArray | SpinLattice

POSITIVE = (0.0, float("inf"))
MISREAD = (0.0, 0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of a machine.

    Attributes:
        nominal: What the system's document means.
        prior: What is taken where a caller states none; None leaves it at its nominal value.
        reading: ``one`` or ``zero`` for the probability to misread into it, else empty.
    """

    name: str
    unit: str
    nominal: float
    prior: Prior | None
    reading: str = ""


def _scale(name: str, std: float, source: str) -> Parameter:
    prior = Prior.normal(1.0, std, bounds=POSITIVE, source=source)
    return Parameter(name=name, unit="dimensionless", nominal=1.0, prior=prior)


def _misread(name: str, reading: str, mean: float, std: float, source: str) -> Parameter:
    prior = Prior.normal(mean, std, bounds=MISREAD, source=source)
    return Parameter(name=name, unit="dimensionless", nominal=0.0, prior=prior, reading=reading)


RYDBERG = (
    _scale("rabi_scale", 0.03, f"{HARDWARE}: rabiFrequencyErrorRel 0.03"),
    Parameter(name="detuning_scale", unit="dimensionless", nominal=1.0, prior=None),
    Parameter(
        name="detuning_offset",
        unit="rad/us",
        nominal=0.0,
        prior=Prior.normal(0.0, 1.0, source=f"{HARDWARE}: detuningError 1e6 rad/s"),
    ),
    _scale(
        "c6_scale", 0.05,
        f"{HARDWARE}: sitePositionError 0.1 um of distances of 6 um, to the sixth power, over a "
        "chain of five",
    ),
    Parameter(
        name="dephasing",
        unit="1/us",
        nominal=0.0,
        prior=Prior.normal(0.0, 0.1, bounds=POSITIVE, source=f"{HARDWARE}: T2Echo 8 us, T2* 5 us"),
    ),
    _misread("false_excited", "one", 0.01, 0.02, f"{WURTZ}: 0.01; {HARDWARE}: 0.05"),
    _misread("false_ground", "zero", 0.08, 0.03, f"{WURTZ}: 0.08; {HARDWARE}: 0.10"),
)  # fmt: skip
SPIN = (
    _scale("j_scale", 0.05, ASSUMED),
    _scale("hx_scale", 0.05, ASSUMED),
    Parameter(
        name="hz_offset",
        unit="dimensionless",
        nominal=0.0,
        prior=Prior.normal(0.0, 0.05, source=ASSUMED),
    ),
    Parameter(
        name="dephasing",
        unit="dimensionless",
        nominal=0.0,
        prior=Prior.normal(0.0, 0.05, bounds=POSITIVE, source=ASSUMED),
    ),
    _misread("false_one", "one", 0.01, 0.02, ASSUMED),
    _misread("false_zero", "zero", 0.02, 0.02, ASSUMED),
)


def calibratable(system: object) -> Calibratable:
    """The same system, if its dynamics can be calibrated.

    Raises:
        ProgramRejected: No dynamics of this kind, or this state, is calibrated.
    """
    if not isinstance(system, RydbergArray | SpinLattice) or (
        isinstance(system, SpinLattice) and system.model != "ising"
    ):
        kind = getattr(system, "model", None) or getattr(system, "kind", type(system).__name__)
        raise ProgramRejected(
            f"{kind!r} cannot be calibrated; allowed: rydberg_array, and spin_lattice of the "
            "model ising",
            field="/kind",
        )
    if not isinstance(system.state, Evolved):
        raise ProgramRejected(
            f"state {system.state.to_dict()['kind']!r} tells no dynamics; allowed: evolved",
            field="/state/kind",
        )
    return system


def parameters_of(system: Calibratable) -> tuple[Parameter, ...]:
    """Those of a system's kind."""
    return RYDBERG if isinstance(system, RydbergArray) else SPIN


def priors_of(system: Calibratable) -> dict[str, Prior]:
    """What data sheets say of a system's parameters, by name; absent are those taken as known."""
    return {one.name: one.prior for one in parameters_of(system) if one.prior is not None}


def check_priors(system: Calibratable, priors: Mapping[str, Prior]) -> None:
    """Refuse priors of parameters that the system does not have, or none at all.

    Raises:
        ProgramRejected: Names the parameter and the allowed ones.
    """
    allowed = [one.name for one in parameters_of(system)]
    for name in priors:
        if name not in allowed:
            raise ProgramRejected(
                f"unknown parameter {name!r}; allowed: {', '.join(allowed)}",
                field=f"/priors/{name}",
            )
    if not priors:
        raise ProgramRejected(f"no priors; allowed: of {', '.join(allowed)}", field="/priors")
