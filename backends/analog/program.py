"""An array and its pulse as a program of Amazon Braket, in SI units."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.rydberg_array import RydbergArray
from backends.systems.waveform import Waveform

if TYPE_CHECKING:
    from braket.ahs import AnalogHamiltonianSimulation
    from braket.timings import TimeSeries

MICRO = Decimal("1e-6")
MEGA = Decimal("1e6")


def program(
    system: RydbergArray, point: FloatArray, *, phase: int = 1
) -> AnalogHamiltonianSimulation:
    """The program of one point, shape ``(C,)``, up to the time of its state.

    Args:
        phase: Sign of the phase. Braket documents its device as ours, with 1. Its local simulator
            has the opposite sign (``exp(i phi)`` before ``|r><g|``) and needs -1.
    """
    from braket.ahs import AnalogHamiltonianSimulation, AtomArrangement, DrivingField

    columns = system.columns(point[None, :])
    register = AtomArrangement()
    for x, y in system.geometry.places(columns, 1)[0].tolist():
        register.add((_decimal(x) * MICRO, _decimal(y) * MICRO))
    end = float(system.durations(point[None, :])[0])
    pulse = system.pulse
    drive = DrivingField(
        amplitude=_series(pulse.rabi, columns, end, MEGA),
        phase=_series(pulse.phase, columns, end, Decimal(phase)),
        detuning=_series(pulse.detuning, columns, end, MEGA),
    )
    return AnalogHamiltonianSimulation(register=register, hamiltonian=drive)


def _series(
    wave: Waveform, columns: dict[str, FloatArray], end: float, unit: Decimal
) -> TimeSeries:
    """A waveform up to its end, seconds; a static one has two equal values."""
    from braket.timings import TimeSeries

    series = TimeSeries()
    times = wave.table(columns, 1)[0][0]
    for time in [*times[times < end].tolist(), end]:
        value = float(wave.at(columns, np.array([time]))[0])
        series.put(_decimal(time) * MICRO, _decimal(value) * unit)
    return series


def _decimal(value: float) -> Decimal:
    """The shortest decimal that reads back as the value."""
    return Decimal(repr(value))
