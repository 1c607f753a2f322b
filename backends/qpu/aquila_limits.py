"""The limits of Aquila: as published, and as the device says now, which may be tighter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backends.analog.limits import AQUILA, Limits
from backends.errors import ProgramRejected

PUBLISHED = replace(AQUILA, binding=True)
METRE, RADIANS = 1e6, 1e-6
"""In um, and rad/s in rad/us."""


def of(capabilities: Mapping[str, Any]) -> Limits:
    """From the device's own description, in SI units.

    Raises:
        ProgramRejected: It lacks one.
    """
    try:
        paradigm = capabilities["paradigm"]
        lattice, drive = paradigm["lattice"], paradigm["rydberg"]["rydbergGlobal"]
        geometry, area = lattice["geometry"], lattice["area"]
        return replace(
            PUBLISHED,
            atoms=int(geometry["numberSitesMax"]),
            width_um=_um(area["width"]),
            height_um=_um(area["height"]),
            spacing_um=_um(geometry["spacingRadialMin"]),
            row_spacing_um=_um(geometry["spacingVerticalMin"]),
            position_grid=_um(geometry["positionResolution"]),
            rabi=float(drive["rabiFrequencyRange"][1]) * RADIANS,
            rabi_slew=float(drive["rabiFrequencySlewRateMax"]) * RADIANS**2,
            detuning=float(drive["detuningRange"][1]) * RADIANS,
            detuning_slew=float(drive["detuningSlewRateMax"]) * RADIANS**2,
            phase=float(drive["phaseRange"][1]),
            time_us=_um(drive["timeMax"]),
            time_grid=_um(drive["timeResolution"]),
            time_step=_um(drive["timeDeltaMin"]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ProgramRejected(f"aquila does not say its limits: {error}") from None


def _um(value: Any) -> float:
    """Metres in um, and seconds in us."""
    return float(value) * METRE
