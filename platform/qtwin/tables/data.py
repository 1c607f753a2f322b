"""Reading measurements: DATA.csv, and COV.csv with the covariances of shared shots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Role
from qtwin.tables.node import LARGEST
from qtwin.tables.refusal import FileRefused
from qtwin.tables.sheet import Sheet, read_sheet
from qtwin.tables.shots import read_groups
from qtwin.tables.source import Source
from qtwin.tables.spec import Spec
from qtwin.tables.text import quoted, suggestion
from qtwin.tables.unused import unused_cells, unused_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEEDED = ("source", "value", "std")
_ROUNDED = 1e-6  # part of an observable's bound by which an exact value may miss it
_SLACK = 1e-9  # part of a control's range by which a value may miss its bounds: decimals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Data:
    """The measurements of DATA.csv.

    Attributes:
        file: Name of the file.
        observations: As the model takes them; ``sources`` are those of the spec, by name.
        shots: Shots of each row, NaN where nothing is said; plans use them.
        lines: Line of each row, counted from 1.
        warnings: What was read but is not used.
    """

    file: str
    observations: Observations
    shots: FloatArray
    lines: tuple[int, ...]
    warnings: tuple[str, ...]

    def refusal(self, message: str, rows: Sequence[int] = ()) -> FileRefused:
        """A refusal that names the lines of some rows."""
        where = sorted(self.lines[row] for row in rows)
        more = f" (lines {', '.join(map(str, where))})" if len(where) > 1 else ""
        return FileRefused(message + more, file=self.file, line=where[0] if where else 0)


def read_data(file: str, spec: Spec, *, covariances: str | None = None) -> Data:
    """Read DATA.csv, and COV.csv when it is named.

    Raises:
        FileRefused: One of them is malformed, or does not agree with the spec.
    """
    return data_of(read_sheet(file), spec, covariances=covariances)


def data_of(sheet: Sheet, spec: Spec, *, covariances: str | None = None) -> Data:
    """Read a sheet that is at hand.

    Raises:
        FileRefused: As `read_data`.
    """
    controls = tuple(control.name for control in spec.controls)
    sheet.need((*_NEEDED, *controls, *spec.knobs))
    source = _source(sheet, spec)
    _check_unit(sheet, spec)
    device = np.array([entry.role is Role.DEVICE for entry in spec.sources])[source]
    std = _std(sheet)
    groups, loose = read_groups(sheet, std, covariances)
    observations = Observations(
        x=_controls(sheet, spec),
        bounds=np.array([(control.lower, control.upper) for control in spec.controls]),
        y=_values(sheet, spec, source, std),
        std=std,
        source=source,
        sources=tuple(entry.star() for entry in spec.sources),
        gain=_gain(sheet, spec, source),
        mixed_value=_mixed_value(sheet, spec, source, device),
        value_bounds=(spec.observable.lower, spec.observable.upper),
        knobs=_knobs(sheet, spec, source),
        epoch=_labels(sheet, "epoch"),
        branch=_labels(sheet, "branch"),
        groups=groups,
    )
    warnings = (*unused_columns(sheet, spec), *unused_cells(sheet, spec, source), *loose)
    return Data(
        file=sheet.file,
        observations=observations,
        shots=_shots(sheet),
        lines=sheet.lines,
        warnings=warnings,
    )


def _source(sheet: Sheet, spec: Spec) -> IntArray:
    """Index into ``spec.sources`` of each row."""
    place = {source.name: index for index, source in enumerate(spec.sources)}
    names = sheet.texts("source")
    for row, name in enumerate(names):
        if name not in place:
            allowed = f"a source of the spec: {', '.join(place)}"
            hint = suggestion(name, list(place))
            said = f"{quoted(name)}{hint}" if name else "empty"
            sheet.refuse(f"{said}; allowed: {allowed}", row, "source")
    return np.array([place[name] for name in names], dtype=np.int64)


def _check_unit(sheet: Sheet, spec: Spec) -> None:
    """Cells of the column ``unit`` say what is known; nothing is converted."""
    unit = spec.observable.unit
    for row, text in enumerate(sheet.texts("unit")):
        if text and text != unit:
            sheet.wrong(row, "unit", f"{unit}, the unit of {spec.observable.name}, or nothing")


def _controls(sheet: Sheet, spec: Spec) -> FloatArray:
    """Shape ``(N, D)``."""
    columns = []
    for control in spec.controls:
        values = sheet.numbers(control.name)
        slack = _SLACK * (control.upper - control.lower)
        outside = (values < control.lower - slack) | (values > control.upper + slack)
        for row in np.flatnonzero(outside):
            allowed = f"{control.lower!r} to {control.upper!r}, the bounds in the spec"
            sheet.wrong(int(row), control.name, allowed)
        columns.append(values)
    return np.column_stack(columns)


def _values(sheet: Sheet, spec: Spec, source: IntArray, std: FloatArray) -> FloatArray:
    """Values may lie beyond the observable's bounds, but not those of exact references."""
    values, wanted = sheet.numbers("value"), spec.observable
    exact = [entry.role is Role.REFERENCE and not entry.knobs for entry in spec.sources]
    slack = _ROUNDED * np.abs([wanted.lower, wanted.upper])
    outside = (values < wanted.lower - slack[0]) | (values > wanted.upper + slack[1])
    for row in np.flatnonzero(outside & np.array(exact)[source] & (std == 0.0)):
        allowed = f"{wanted.lower!r} to {wanted.upper!r} for a reference without error"
        sheet.wrong(int(row), "value", allowed)
    return values


def _std(sheet: Sheet) -> FloatArray:
    allowed = f"0 for a value without statistical error, or a number from {1.0 / LARGEST:g}"
    std = sheet.numbers("std", allowed)
    for row in np.flatnonzero((std < 0.0) | ((std > 0.0) & (std < 1.0 / LARGEST))):
        sheet.wrong(int(row), "std", allowed)
    return std


def _shots(sheet: Sheet) -> FloatArray:
    """NaN where the cell is empty."""
    allowed = "a number of shots from 1, or nothing"
    shots = sheet.numbers_or_nan("shots", allowed)
    for row in np.flatnonzero(shots < 1.0):
        sheet.wrong(int(row), "shots", allowed)
    return shots


def _mixed_value(
    sheet: Sheet, spec: Spec, source: IntArray, device: NDArray[np.bool_]
) -> FloatArray:
    """The cell of a device, else the spec's number, else NaN: to be learned."""
    cells = sheet.numbers_or_nan("mixed_value")
    stated = [s.mixed_value for s in spec.sources]
    fallback = np.array([np.nan if value is None else value for value in stated])[source]
    return np.where(device, np.where(np.isnan(cells), fallback, cells), np.nan)


def _gain(sheet: Sheet, spec: Spec, source: IntArray) -> FloatArray:
    """Noise gain of device rows, 1 where a device has no damping knob; NaN of other rows."""
    gain = np.full(len(source), np.nan)
    for index, entry in enumerate(spec.sources):
        rows = source == index
        if entry.gain is not None:
            gain[rows] = sheet.numbers_or_nan(entry.gain, infinite=True)[rows]
        elif entry.role is Role.DEVICE:
            gain[rows] = 1.0
    return gain


def _knobs(sheet: Sheet, spec: Spec, source: IntArray) -> dict[str, FloatArray]:
    """Values of the discrepancy knobs by name, each shape ``(N,)``; checks those that damp too."""
    found: dict[str, FloatArray] = {}
    for name in spec.knobs:
        values = sheet.numbers_or_nan(name, infinite=True)
        for index, entry in enumerate(spec.sources):
            _check_knob(sheet, entry, name, values, source == index)
        found[name] = values
    used = {knob.name for entry in spec.sources for knob in entry.star().knobs}
    return {name: values for name, values in found.items() if name in used}


def _check_knob(
    sheet: Sheet, entry: Source, name: str, values: FloatArray, rows: NDArray[np.bool_]
) -> None:
    """Cells of one source's knob have values that it takes; those of other sources are empty."""
    knob = entry.knob(name)
    good = np.isnan(values) if knob is None else knob.allows(values)
    allowed = f"nothing; source {entry.name!r} has no such knob" if knob is None else knob.allowed
    for row in np.flatnonzero(rows & ~good):
        sheet.wrong(int(row), name, allowed)


def _labels(sheet: Sheet, name: str) -> tuple[str, ...]:
    """Labels of the rows, or nothing where no row has one."""
    labels = sheet.texts(name)
    return labels if any(labels) else ()
