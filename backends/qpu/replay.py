"""Recorded results as a backend: it answers the points that were measured, and no others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from backends import registry, systems
from backends.base import Backend, Capabilities, Kind
from backends.errors import ProgramRejected
from backends.qpu import recorded_payload, recorded_table
from backends.qpu.lookup import Answered, look_up
from backends.qpu.recording import Recording, document_of
from backends.schema import Experiment, KnobLimit, Provenance, Result, RunOptions

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """Settings of a source whose numbers are recorded.

    Attributes:
        recording: SHA-256 of the recording's bytes.
        observables: Names that it holds.
        knobs: Names that it holds, each with its limit where it is known (`KnobLimit`).
        vendor: Whose bytes they are; empty for a table.
    """

    recording: str
    observables: tuple[str, ...]
    knobs: Mapping[str, Mapping[str, Any] | None]
    vendor: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ReplaySettings:
        """Read them.

        Raises:
            ProgramRejected: One is missing or wrong.
        """
        recording, observables = settings.get("recording"), settings.get("observables")
        knobs = settings.get("knobs", {})
        if not isinstance(recording, str) or DIGEST.fullmatch(recording) is None:
            raise ProgramRejected(
                f"recording = {recording!r:.80}; allowed: the SHA-256 of a recording, 64 digits",
                field="/settings/recording",
            )
        if not isinstance(observables, list) or not observables or not _texts(observables):
            raise ProgramRejected(
                f"observables = {observables!r:.80}; allowed: the names that the recording holds",
                field="/settings/observables",
            )
        _limits(knobs)
        vendor = settings.get("vendor", "")
        return cls(recording=recording, observables=tuple(observables), knobs=knobs, vendor=vendor)


def _limits(knobs: Any) -> tuple[KnobLimit, ...]:
    """Those that are known.

    Raises:
        ProgramRejected: One is malformed.
    """
    if not isinstance(knobs, Mapping) or not _texts(knobs):
        raise ProgramRejected(
            f"knobs = {knobs!r:.80}; allowed: a limit, or null, by name", field="/settings/knobs"
        )
    try:
        known = {name: limit for name, limit in knobs.items() if limit is not None}
        return tuple(KnobLimit.from_dict({**known[name], "name": name}) for name in sorted(known))
    except (KeyError, TypeError, ValueError) as error:
        raise ProgramRejected(
            f"{error!r:.120}; allowed: kind, limit, order, default and states_truncation",
            field="/settings/knobs",
        ) from None


class ReplayBackend(Backend):
    """Numbers of a recording that the source names by its digest; costs nothing, runs nothing.

    Whoever keeps the recordings hands the bytes to `parse`, or to `attach` before `submit`.
    """

    name = "replay"
    title = "Recorded results"
    capabilities = Capabilities(
        kind=Kind.QPU,
        methods=("recorded",),
        exact=True,
        recorded=True,
        settings=(
            ("recording", None),
            ("observables", None),
            ("knobs", None),
            ("vendor", recorded_payload.VENDORS),
        ),
    )

    def __init__(self) -> None:
        self._payload: bytes | None = None

    def attach(self, payload: bytes) -> None:
        """Answer from this recording in calls of `submit` that follow."""
        self._payload = payload

    def prepare(self, settings: Mapping[str, Any]) -> None:
        """Import what reads the vendor's bytes."""
        if settings.get("vendor"):
            registry.get(settings["vendor"]).warm()

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        return _limits(settings.get("knobs", {}))

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        ReplaySettings.of(settings)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what the recording cannot hold, as far as the settings say what it holds."""
        super().check(replace(experiment, knobs=(), knob_values=np.empty((0, 0))), options)
        own = ReplaySettings.of(experiment.settings)
        for knob in experiment.knobs:
            if knob not in own.knobs:
                raise ProgramRejected(
                    f"the recording has no knob {knob!r}; allowed: {_list(own.knobs)}",
                    field="/knobs",
                )
        systems.check(experiment)
        for index, name in enumerate(experiment.observables):
            if name not in own.observables:
                raise ProgramRejected(
                    f"the recording has no {name!r}; allowed: {_list(own.observables)}",
                    field=f"/observables/{index}",
                )

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        self.check(experiment, options)
        if self._payload is None:
            raise ProgramRejected("no recording is at hand", field="/settings/recording")
        return self.parse(self._payload, experiment, options)

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        """Look the points up in a recording's bytes.

        Raises:
            ValueError: They are not the recording that the settings name, or malformed.
        """
        own, digest = ReplaySettings.of(experiment.settings), hashlib.sha256(payload).hexdigest()
        if digest != own.recording:
            raise ValueError(f"the recording has the digest {digest}, not {own.recording}")
        recording = _read(payload, experiment)
        if recording.controls != experiment.controls:
            raise ValueError(f"controls {recording.controls} instead of {experiment.controls}")
        missing = set(experiment.observables) - set(recording.observables)
        if missing:
            raise ValueError(f"it holds {_list(recording.observables)}, not {_list(missing)}")
        return _result(digest, recording, look_up(recording, experiment), options)


def _read(payload: bytes, experiment: Experiment) -> Recording:
    document = document_of(payload)
    match document.get("kind"):
        case recorded_table.KIND:
            return recorded_table.read(document)
        case recorded_payload.KIND:
            return recorded_payload.read(document, system=experiment.system)
    raise ValueError(f"a recording of kind {document.get('kind')!r:.40}; allowed: table, payload")


def _result(digest: str, recording: Recording, found: Answered, options: RunOptions) -> Result:
    """The answer with its citation; times are those of the recording, where it says them."""
    now, epochs = datetime.now(UTC), {recording.epochs[row] for row in found.rows if row >= 0}
    started, epoch = recording.started_at or now, epochs.pop() if len(epochs) == 1 else ""
    known = recording.calibration
    if known is not None and known.identifier != epoch:
        known = None
    return Result(
        values=found.values,
        std_errors=found.std_errors,
        mixed_values=found.mixed_values,
        options=options,
        provenance=Provenance(
            backend=ReplayBackend.name,
            versions={**recording.versions, "recording": digest},
            started_at=started,
            finished_at=recording.finished_at or started,
            remote_id=recording.remote_id,
            calibration_id=epoch,
            calibrated_at=recording.calibrated_at if epoch else None,
            calibration=known,
            details={
                **recording.details,
                "recording": digest,
                "citation": recording.citation,
                "licence": recording.licence,
            },
        ),
        raw=[_raw(digest, recording, row) for row in found.rows],
        failures=found.failures,
    )


def _raw(digest: str, recording: Recording, row: int) -> dict[str, Any]:
    """Which row of the recording a point is, so that the same row is never counted twice."""
    if row < 0:
        return {}
    return {
        "recording": digest,
        "row": recording.rows[row],
        "shots": recording.shots[row],
        "epoch": recording.epochs[row],
    }


def _texts(values: Any) -> bool:
    return all(isinstance(value, str) and 0 < len(value) <= 40 for value in values)


def _list(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"
