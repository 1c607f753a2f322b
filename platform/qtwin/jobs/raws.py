"""What a backend gave beside the numbers of one point: counts, circuit, parameters."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from qtwin.jobs.models import Job, Run
from qtwin.projects.models import Artifact
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Corrupt

MOST_BYTES = 24 << 20
"""Of JSON text that is read while a page waits."""
KEPT = 8
MOST_QUBITS = 10_000
MOST_ANGLE = 1e9
Raw = dict[str, Any]


class TooLarge(Exception):
    """The payload is too large to be looked at here; it can be downloaded."""


def run_of_row(job: Job, row: int) -> Run | None:
    """The run that answered a point; None where it was reused, or has no answer yet."""
    runs = job.runs.filter(start__lte=row, stop__gt=row).select_related("raw")
    return runs.order_by("-start").first()


def raw_of_row(run: Run, row: int) -> Raw:
    """What is kept of a point; empty where the backend gave nothing.

    A circuit that stands at an earlier point of the same run (`backends.methods.told`) is put in.

    Raises:
        TooLarge: The payload is larger than `MOST_BYTES`.
        FileNotFoundError: The store lost it.
        Corrupt: It changed, or it is none: an archive may bring any bytes.
    """
    return _row(run.raw.sha256, run.raw.pk, row - run.start)


def raws_of_run(run: Run) -> list[Any]:
    """What is kept of each point of a run, as the backend gave it, whatever that is.

    Raises:
        TooLarge: The payload is larger than `MOST_BYTES`.
        FileNotFoundError: The store lost it.
        Corrupt: It is no archive of text.
    """
    return list(_read(run.raw))


@lru_cache(maxsize=KEPT)
def _row(sha256: str, artifact_id: Any, place: int) -> Raw:
    """By its digest, as bytes never change."""
    rows = _read(Artifact.objects.get(pk=artifact_id))
    if not 0 <= place < len(rows):
        return {}
    try:
        raw = dict(rows[place])
        raw["excited"] = [dict(one) for one in raw.get("excited", ())]
        for mine in (raw, *raw["excited"]):
            _with_circuit(mine, rows)
            _check(mine)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise Corrupt(f"point {place} of {sha256}: {error}") from None
    return raw


def _with_circuit(raw: Raw, rows: list[Raw]) -> None:
    first = raw.get("circuit_of")
    if "circuit" not in raw and isinstance(first, int) and 0 <= first < len(rows):
        raw["circuit"] = rows[first].get("circuit")


def _check(raw: Raw) -> None:
    """Raise what `_row` expects unless the circuit is one, at the angles that are there."""
    told, angles = raw.get("circuit"), raw.get("angles", ())
    if told is None:
        return
    qubits, more = told["qubits"], told.get("more", 0)
    if not (type(qubits) is type(more) is int and 0 < qubits <= MOST_QUBITS and more >= 0):
        raise ValueError(f"a circuit of {qubits!r:.40} qubits and {more!r:.40} gates more")
    if not all(type(angle) in (int, float) and abs(angle) < MOST_ANGLE for angle in angles):
        raise ValueError("an angle is no number, or a huge one")
    for name, on, *column in told["gates"]:
        if not (
            isinstance(name, str) and on and all(type(q) is int and 0 <= q < qubits for q in on)
        ):
            raise ValueError(f"a gate {name!r:.40} on {on!r:.40}")
        if column and not 0 <= column[0] < len(angles):
            raise ValueError(f"angle {column[0]!r:.40} of {len(angles)}")


def _read(artifact: Artifact) -> list[Raw]:
    try:
        with gzip.open(io.BytesIO(artifact_read(artifact))) as file:
            text = file.read(MOST_BYTES + 1)
    except (EOFError, zlib.error) as error:
        raise Corrupt(f"{artifact.sha256}: {error}") from None
    if len(text) > MOST_BYTES:
        raise TooLarge(f"more than {MOST_BYTES >> 20} MiB")
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Corrupt(f"{artifact.sha256}: {error}") from None
    rows = found.get("raw") if isinstance(found, Mapping) else None
    return rows if isinstance(rows, list) else []
