"""A CSV file of somebody's numbers, in the format of `qtwin fuse`, read for a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.qpu.recorded_table import RecordedRow
from backends.schema import KnobKind, KnobLimit
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Observable, Project
from qtwin.tables.data import Data, data_of
from qtwin.tables.node import json_of
from qtwin.tables.refusal import FileRefused
from qtwin.tables.sheet import Sheet, sheet_of
from qtwin.tables.source import KnobEntry, Scale, Source
from qtwin.tables.source import KnobKind as Acts
from qtwin.tables.spec import Spec, spec_of

FILE = "data"
"""Name of the file in refusals."""

REQUEST = "request"
"""The same of what is said of the sources."""

MOST_ROWS = 10_000
NOISE_GAIN = "noise_gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One row of the file; ``group`` says which rows share shots."""

    recorded: RecordedRow
    branch: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSource:
    """What the file says of one source.

    Attributes:
        limits: Of its knobs.
    """

    name: str
    role: str
    learn_scale: bool
    limits: tuple[KnobLimit, ...]
    rows: tuple[ImportedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTable:
    """Sources that have rows, and what was read and is not used."""

    sources: tuple[ImportedSource, ...]
    warnings: tuple[str, ...]


def read_import(
    project: Project, observable: Observable, sources: Mapping[str, Any], text: str
) -> ImportedTable:
    """Read a file's text.

    Args:
        sources: As in SPEC.json of `qtwin fuse`, without costs.

    Raises:
        FileRefused: Names the line and the column, or the pointer into the request.
    """
    spec = _spec(project, observable, sources)
    for source in spec.sources:
        _check(source)
    sheet = sheet_of(FILE, text)
    if len(sheet.rows) > MOST_ROWS:
        raise FileRefused(f"{len(sheet.rows)} rows; allowed: {MOST_ROWS}", file=FILE)
    _check_texts(sheet)
    data = data_of(sheet, spec)
    used = [index for index in range(len(spec.sources)) if np.any(_of(data, index))]
    return ImportedTable(
        sources=tuple(_source(spec.sources[i], sheet, data, i) for i in used),
        warnings=tuple(words.removeprefix(f"{FILE}: ") for words in data.warnings),
    )


def _spec(project: Project, observable: Observable, sources: Mapping[str, Any]) -> Spec:
    low, high = observable.lower, observable.upper
    document = {
        "controls": [
            {"name": c.name, "bounds": [c.lower, c.upper], "unit": c.unit}
            for c in project.controls.all()
        ],
        "observable": {
            "name": observable.name,
            "unit": observable.unit,
            "bounds": None if low is None and high is None else [low, high],
            "variational": observable.variational,
        },
        "sources": dict(sources),
    }
    return spec_of(json_of(REQUEST, json.dumps(document)))


def _check(source: Source) -> None:
    """What the platform keeps otherwise than `qtwin fuse` does."""
    where = f"/sources/{source.name}"
    if source.cost is not None:
        _refuse(f"{where}/cost", "a cost; allowed: none, nothing more is bought of it")
    if source.gain not in {None, NOISE_GAIN}:
        _refuse(f"{where}/knobs/{source.gain}", f"the noise gain's name; allowed: {NOISE_GAIN}")
    if source.scale is Scale.LEARN and source.role != "approximation":
        _refuse(f"{where}/scale", "'learn'; allowed: only of an approximation")


def _check_texts(sheet: Sheet) -> None:
    most = {
        "epoch": Measurement._meta.get_field("epoch").max_length,
        "branch": Measurement._meta.get_field("branch").max_length,
        "group": 40,
    }
    for name, length in most.items():
        for row, text in enumerate(sheet.texts(name)):
            if len(text) > (length or 0):
                sheet.refuse(f"{len(text)} characters; allowed: {length}", row, name)


def _refuse(pointer: str, message: str) -> None:
    raise FileRefused(message, file=REQUEST, name=pointer)


def _of(data: Data, index: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(data.observations.source == index)


def _source(entry: Source, sheet: Sheet, data: Data, index: int) -> ImportedSource:
    return ImportedSource(
        name=entry.name,
        role=str(entry.role),
        learn_scale=entry.scale is Scale.LEARN,
        limits=tuple(_limit(knob) for knob in entry.knobs),
        rows=tuple(_row(entry, sheet, data, int(row)) for row in np.flatnonzero(_of(data, index))),
    )


def _limit(knob: KnobEntry) -> KnobLimit:
    """Each row names the knob, so that the default is never meant but for the noise gain."""
    if knob.kind is Acts.DAMPING:
        return KnobLimit(name=knob.name, kind=KnobKind.DAMPING, limit=0.0, default=1.0)
    default = knob.limit if np.isfinite(knob.limit) else 1.0
    return KnobLimit(name=knob.name, limit=knob.limit, order=knob.order, default=default)


def _row(entry: Source, sheet: Sheet, data: Data, row: int) -> ImportedRow:
    seen = data.observations
    knobs = {}
    for knob in entry.knobs:
        column = seen.gain if knob.kind is Acts.DAMPING else seen.knobs[knob.name]
        if not np.isfinite(column[row]):
            sheet.wrong(row, knob.name, "a finite number; at the limit itself leave the knob out")
        knobs[knob.name] = float(column[row])
    mixed, shots = float(seen.mixed_value[row]), float(data.shots[row])
    return ImportedRow(
        recorded=RecordedRow(
            row=row,
            point=tuple(seen.x[row].tolist()),
            value=float(seen.y[row]),
            std=float(seen.std[row]),
            knobs=knobs,
            mixed_value=None if np.isnan(mixed) else mixed,
            shots=None if np.isnan(shots) else int(shots),
            epoch=seen.epoch[row] if seen.epoch else "",
        ),
        branch=seen.branch[row] if seen.branch else "",
        group=sheet.texts("group")[row],
    )
