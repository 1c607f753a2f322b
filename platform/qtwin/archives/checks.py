"""What must hold of imported rows beyond the types of their columns."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

from backends.schema import CalibrationSnapshot
from backends.schema.calibration import bounded
from qtwin.fusion.star.posterior import load_fit
from qtwin.jobs.states import TERMINAL

MAX_COARSE = 2


def check_numbers(values: Any, count: int, what: str) -> None:
    """A list of so many finite numbers.

    Raises:
        ValueError: It is none.
    """
    good = isinstance(values, list) and len(values) == count
    if not good or not all(is_number(value) for value in values):
        raise ValueError(f"{what} = {values!r:.80}; allowed: {count} finite numbers")


def check_measurement(values: dict[str, Any], controls: int) -> None:
    """A point of the project, and knobs that are numbers."""
    check_numbers(values["point"], controls, "point")
    knobs = values["knobs"]
    if not isinstance(knobs, dict) or not all(is_number(value) for value in knobs.values()):
        raise ValueError(f"knobs = {knobs!r:.80}; allowed: a number by name")


def check_calibration(values: dict[str, Any]) -> None:
    """The columns say what the document says, where there is one."""
    if values["document"] is None and not values["digest"]:
        return
    said = CalibrationSnapshot.from_dict(values["document"])
    if bounded(said) is None:
        raise ValueError("the document is too large, or says nothing")
    expected = {
        "device": said.device,
        "identifier": said.identifier,
        "calibrated_at": said.taken_at,
        "digest": said.digest,
    }
    for name, value in expected.items():
        if values[name] != value:
            raise ValueError(f"{name} = {values[name]!s:.80}; its document says {value}")


def check_ageing(said: Any) -> None:
    """Calibrations by backend and device."""
    names = {"backend", "device", "sha256"}
    good = isinstance(said, list) and all(isinstance(one, dict) for one in said)
    if not good or not all(isinstance(one.get(name), str) for one in said for name in names):
        raise ValueError(f"ageing = {said!r:.80}; allowed: backend, device and sha256 of each")


def check_job(values: dict[str, Any], controls: int) -> None:
    """Points of the project, knobs of the same length, and names of observables."""
    points, knobs, rows = values["points"], values["knobs"], values["knob_values"]
    if not isinstance(points, list) or len(points) != values["points_total"]:
        raise ValueError(f"points are not {values['points_total']} rows")
    for point in points:
        check_numbers(point, controls, "a point")
    if not _are_names(knobs) or not _are_names(values["observables"]):
        raise ValueError("knobs and observables; allowed: lists of names")
    if knobs and (not isinstance(rows, list) or len(rows) != len(points)):
        raise ValueError("knob_values are not one row for each point")
    for row in rows if knobs else ():
        check_numbers(row, len(knobs), "a row of knob_values")


def end_job(values: dict[str, Any], exported_at: Any) -> None:
    """Nobody works here on a job that had not ended when it was exported."""
    if values["state"] not in TERMINAL:
        values |= {
            "state": "CANCELLED",
            "reason_code": "exported",
            "reason": "It had not ended when the project was exported.",
            "finished_at": exported_at,
        }


def check_fit(blob: bytes) -> None:
    """A fit that this release reads, and whose arrays are as large as its bytes.

    Raises:
        ValueError: It is none.
    """
    _check_packing(blob, depth=0)
    try:
        load_fit(blob)
    except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError) as error:
        raise ValueError(f"no fit ({type(error).__name__})") from None


def _check_packing(blob: bytes, *, depth: int) -> None:
    """Fits are written without compression, so compressed ones are not ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            infos = archive.infolist()
            inner = archive.read("coarse.npy") if "coarse.npy" in archive.namelist() else None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"no fit ({error})") from None
    if any(i.compress_type != zipfile.ZIP_STORED or i.file_size > len(blob) for i in infos):
        raise ValueError("no fit: its arrays are compressed")
    if inner is not None:
        if depth == MAX_COARSE:
            raise ValueError("no fit: it holds too many others")
        _check_packing(inner, depth=depth + 1)


def _are_names(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def is_number(value: Any) -> bool:
    """A finite number, and no truth value."""
    return type(value) in {int, float} and math.isfinite(value)
