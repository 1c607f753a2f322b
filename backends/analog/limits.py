"""What analog hardware accepts, checked before anything is submitted to it or to its emulator.

The values of QuEra's Aquila are those of its device properties on Amazon Braket (schema
``braket.device_schema.quera.quera_ahs_paradigm_properties``, version 1). Its drive also starts and
ends dark. Values of the drive are rounded by the device to 4e-4 rad/us (Rabi frequency), 2e-7
rad/us (detuning) and 5e-7 rad (phase), which is no reason to refuse them. Positions and times must
lie on its grid: to move an atom by half a grid step changes its interaction by percents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.rydberg_array import C6, RydbergArray
from backends.systems.waveform import Waveform

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a device, in um, us and rad/us.

    Attributes:
        rabi_slew: Largest change of the Rabi frequency, rad/us^2.
        detuning_slew: Of the detuning, rad/us^2.
        position_grid: Positions are multiples of it, um.
        time_grid: Times are multiples of it, us.
        time_step: Shortest time between two points of a waveform, us.
        binding: Whether no setting lifts them.
    """

    name: str
    atoms: int
    width_um: float
    height_um: float
    spacing_um: float
    row_spacing_um: float
    position_grid: float
    c6: float
    rabi: float
    rabi_slew: float
    detuning: float
    detuning_slew: float
    phase: float
    time_us: float
    time_grid: float
    time_step: float
    binding: bool = False

    @property
    def otherwise(self) -> str:
        """What is allowed besides, for messages."""
        return "" if self.binding else ", or the setting limits = none"


AQUILA = Limits(
    name="aquila",
    atoms=256,
    width_um=75.0,
    height_um=76.0,
    spacing_um=4.0,
    row_spacing_um=4.0,
    position_grid=0.1,
    c6=C6,
    rabi=15.8,
    rabi_slew=250.0,
    detuning=125.0,
    detuning_slew=2500.0,
    phase=99.0,
    time_us=4.0,
    time_grid=0.001,
    time_step=0.05,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One bound being checked at every point.

    Attributes:
        limits: For the name in the message.
        field: Pointer of the error where no control decides; else that of the point.
        fixed: Whether no control decides.
    """

    limits: Limits
    field: str
    fixed: bool

    def require(self, values: FloatArray, good: object, what: str, allowed: str) -> None:
        """Refuse the first value that is not good.

        Args:
            values: Shape ``(P,)`` or ``(P, K)``.
            good: Whether each is allowed, of the same shape.
            what: Name and unit with ``{}`` for the value.

        Raises:
            ProgramRejected: Names the value and the allowed ones.
        """
        for place in np.argwhere(~np.asarray(good)):
            value = what.format(f"{values[tuple(place)]:g}")
            raise ProgramRejected(
                f"{value}; allowed on {self.limits.name}: {allowed}{self.limits.otherwise}",
                field=self.field if self.fixed else f"/points/{place[0]}",
            )


def check(system: RydbergArray, points: FloatArray, limits: Limits) -> None:
    """Refuse arrays and pulses that the device does not accept.

    Args:
        points: Shape ``(P, C)``, already checked against the system.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    if system.c6 != limits.c6:
        raise ProgramRejected(
            f"c6 = {system.c6:g} rad um^6/us; allowed on {limits.name}: {limits.c6:g}"
            f"{limits.otherwise}",
            field="/system/c6",
        )
    _check_places(system, points, limits)
    _check_times(system, points, limits)
    columns, rows = system.columns(points), len(points)
    pulse, ends = system.pulse, system.durations(points)
    starts = pulse.at(columns, np.zeros(rows))[0]
    for which, values in (("starts", starts), ("ends", pulse.at(columns, ends)[0])):
        rule = Rule(limits, "/system/rabi", not pulse.rabi.names | system.state.names)
        rule.require(values, np.abs(values) <= TOLERANCE, f"rabi {which} at {{}} rad/us", "0")
    for name, most, slew in (
        ("rabi", limits.rabi, limits.rabi_slew),
        ("detuning", limits.detuning, limits.detuning_slew),
        ("phase", limits.phase, np.inf),
    ):
        _check_wave(system, points, Bound(limits, name, most, slew))


def _check_places(system: RydbergArray, points: FloatArray, limits: Limits) -> None:
    geometry, columns, rows = system.geometry, system.columns(points), len(points)
    if geometry.atoms > limits.atoms:
        raise ProgramRejected(
            f"{geometry.atoms} atoms; allowed on {limits.name}: {limits.atoms}",
            field="/system/atoms",
        )
    field = "/system/positions" if geometry.spacing is None else "/system/spacing"
    rule = Rule(limits, field, not geometry.names)
    nearest = geometry.nearest(columns, rows)[0]
    good = nearest >= limits.spacing_um - TOLERANCE
    rule.require(nearest, good, "two atoms {} um apart", f"{limits.spacing_um:g} um or more")
    places = geometry.places(columns, rows)
    heights = np.diff(np.sort(places[:, :, 1], axis=1), axis=1)
    good = (heights <= TOLERANCE) | (heights >= limits.row_spacing_um - TOLERANCE)
    rule.require(heights, good, "two rows {} um apart", f"{limits.row_spacing_um:g} um or more")
    for axis, name, most in ((0, "width", limits.width_um), (1, "height", limits.height_um)):
        size = np.ptp(places[:, :, axis], axis=1)
        rule.require(size, size <= most + TOLERANCE, f"{name} {{}} um", f"at most {most:g} um")
    flat = places.reshape(rows, -1)
    rule.require(
        flat, _on_grid(flat, limits.position_grid), "a coordinate of {} um",
        f"multiples of {limits.position_grid:g} um",
    )  # fmt: skip


def _check_times(system: RydbergArray, points: FloatArray, limits: Limits) -> None:
    ends = system.durations(points)
    rule = Rule(limits, "/system/state/time", not system.state.names)
    rule.require(
        ends, ends <= limits.time_us + TOLERANCE, "time = {} us", f"at most {limits.time_us:g} us"
    )
    rule.require(
        ends, _on_grid(ends, limits.time_grid), "time = {} us",
        f"multiples of {limits.time_grid:g} us",
    )  # fmt: skip
    for name, wave in system.pulse.waves.items():
        if not wave.driven:
            continue
        rule = Rule(limits, f"/system/{name}/times", not _names_of_times(wave))
        times = wave.table(system.columns(points), len(points))[0]
        rule.require(
            times, _on_grid(times, limits.time_grid), f"{name} at {{}} us",
            f"multiples of {limits.time_grid:g} us",
        )  # fmt: skip
        steps = np.diff(times, axis=1)
        rule.require(
            steps, steps >= limits.time_step - TOLERANCE, f"{name} changes again after {{}} us",
            f"{limits.time_step:g} us or more",
        )  # fmt: skip


class Bound(NamedTuple):
    """The largest value and slope of one waveform."""

    limits: Limits
    name: str
    most: float
    slew: float


def _check_wave(system: RydbergArray, points: FloatArray, bound: Bound) -> None:
    """Bounds of the values and of their slope."""
    limits, name, most, slew = bound
    wave = system.pulse.waves[name]
    times, values = wave.table(system.columns(points), len(points))
    unit = "rad" if wave.steps else "rad/us"
    low = "0" if name == "rabi" else f"{-most:g}"
    field = f"/system/{name}/values" if wave.driven else f"/system/{name}"
    rule = Rule(limits, field, not wave.names)
    good = np.abs(values) <= most * (1 + TOLERANCE)
    rule.require(values, good, f"{name} = {{}} {unit}", f"{low} to {most:g} {unit}")
    if wave.driven and np.isfinite(slew):
        slopes = np.abs(np.diff(values, axis=1) / np.diff(times, axis=1))
        good = slopes <= slew * (1 + TOLERANCE)
        rule.require(slopes, good, f"{name} changes by {{}} rad/us^2", f"at most {slew:g} rad/us^2")


def _names_of_times(wave: Waveform) -> frozenset[str]:
    return frozenset().union(*(time.names for time in wave.times))


def _on_grid(values: FloatArray, grid: float) -> FloatArray:
    """Whether each value is a multiple of the grid, up to rounding."""
    return np.asarray(np.abs(values / grid - np.round(values / grid)) <= 1e-6)
