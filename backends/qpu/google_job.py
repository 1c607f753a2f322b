"""How a job of Google's Quantum Engine stands, and what is kept of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from backends.base import Handle
from backends.errors import BackendUnavailable, CredentialRefused
from backends.qpu import google_bits, google_calibration, google_engine, google_payload
from backends.qpu.google_errors import MissingError, TooLargeError, asking, reading
from backends.qpu.google_offer import price_of
from backends.qpu.google_payload import Payload
from backends.remote import RemoteStatus, Report, status_of
from backends.schema import CalibrationSnapshot

WORDS = {
    "READY": RemoteStatus.WAITING,
    "RUNNING": RemoteStatus.RUNNING,
    "CANCELLING": RemoteStatus.RUNNING,
    "CANCELLED": RemoteStatus.CANCELLED,
    "SUCCESS": RemoteStatus.COMPLETED,
    "FAILURE": RemoteStatus.FAILED,
}
ENDED = {RemoteStatus.CANCELLED, RemoteStatus.COMPLETED, RemoteStatus.FAILED}
LOOK_BACK = timedelta(days=14)
"""How old the calibration in force may be."""


def report(made: Any, handle: Handle, project: str) -> Report:
    """How a run stands, with its bytes once there are some."""
    with reading(handle.remote_id):
        job = google_engine.job_of(made, handle, project)
        word = word_of(job)
    status = status_of(word, WORDS)
    if status is RemoteStatus.COMPLETED:
        kept = _kept(job, handle, _result(made, handle, project))
        return Report(
            status=status, word=word, payload=kept.to_bytes(), cost_micro_usd=_charged(kept)
        )
    with reading(handle.remote_id):
        failure = job.failure() if status is RemoteStatus.FAILED else None
    message = ": ".join(filter(None, failure or ()))
    return Report(status=status, word=word, message=message[:300])


def word_of(job: Any) -> str:
    """The vendor's word; a state that the client has no name for is a number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a state without a name
        state = job.execution_status()
    return str(getattr(state, "name", state))


def ended(job: Any) -> bool:
    """Whether there is nothing to cancel any more."""
    return WORDS.get(word_of(job)) in ENDED


def calibration(made: Any, processor: str, at: datetime | None) -> CalibrationSnapshot | None:
    """That of a time, or of now; None where there is no such processor or calibration."""
    try:
        with asking():
            known = made.get_processor(processor)
            found = known.get_current_calibration() if at is None else _in_force(known, at)
    except MissingError:
        return None
    return google_calibration.snapshot(processor, google_payload.calibration(found))


def _in_force(processor: Any, at: datetime) -> Any:
    known = processor.list_calibrations(at - LOOK_BACK, at)
    return max(known, key=lambda one: one.timestamp, default=None)


def _result(made: Any, handle: Handle, project: str) -> Mapping[str, Any]:
    try:
        with reading(f"the result of {handle.remote_id}"):
            return google_payload.result(*google_engine.result_of(made, handle, project))
    except TooLargeError as error:
        return {"problem": f"the result was not read: {error}"}


def _kept(job: Any, handle: Handle, result: Mapping[str, Any]) -> Payload:
    """A result does not wait for a calibration that nobody tells."""
    try:
        with asking():
            said = google_payload.calibration(job.get_calibration())
    except (BackendUnavailable, CredentialRefused, MissingError):
        said = {}
    created, updated, ran_on = job.create_time(), job.update_time(), job.get_processor()
    kept = {
        "name": handle.remote_id,
        "processor": ran_on.processor_id if ran_on else "",
        "created_at": created.astimezone(UTC).isoformat(),
        "updated_at": updated.astimezone(UTC).isoformat(),
    }
    return Payload(job=kept, calibration=said, result=result)


def _charged(kept: Payload) -> int | None:
    """What its shots cost by our table, since Google does not say; None without a price."""
    price = price_of(kept.processor)
    try:
        return price.most(tasks=1, shots=_shots(kept)) if price else None
    except ValueError:
        return None


def _shots(kept: Payload) -> int:
    return sum(shots for shots, _ in google_bits.runs(kept.result))
