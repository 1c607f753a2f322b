"""The adapter and the unmodified client against a loopback service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.base import Handle
from backends.device_status import DeviceState
from backends.errors import (
    BackendError,
    BackendUnavailable,
    CredentialRefused,
    OutcomeUnknown,
    ProgramRejected,
)
from backends.qpu.google_wire import URL
from backends.remote import RemoteStatus
from backends.schema import RunOptions
from tests.contract.cases import experiment_of
from tests.unit.backends.qpu.google_case import ASKED, DEVICE, LONG_AGO, OPTIONS, SECRET
from tests.vendors.google import GoogleVendor

TOKEN = "qtwin-a-0-1"


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleVendor]:
    with GoogleVendor() as made:
        monkeypatch.setenv(URL, made.address)
        yield made


@pytest.fixture
def backend(vendor: GoogleVendor) -> Any:
    made = registry.get("google")
    made.authorise(SECRET)
    return made


@pytest.mark.parametrize("method", ["trotter", "circuit"])
def test_the_numbers_are_those_of_the_exact_simulator(
    method: str, backend: Any, vendor: GoogleVendor
) -> None:
    asked = ASKED if method == "trotter" else experiment_of(method, settings={"device": DEVICE})
    report = backend.fetch(backend.submit(asked, OPTIONS, token=TOKEN))
    assert (report.status, report.word) == (RemoteStatus.COMPLETED, "SUCCESS")
    result = backend.parse(report.payload, asked, OPTIONS)
    plain = experiment_of(method, knobs=asked.knobs, knob_values=asked.knob_values)
    exact: Any = registry.get("cirq").submit(plain, RunOptions(), token="t")
    away = np.abs(result.values - exact.values)
    assert (away <= 4.5 * result.std_errors + 1e-5).all(), away / result.std_errors
    assert vendor.calls["CreateQuantumJob"] == 1


def test_a_second_submission_of_a_token_is_found_first(backend: Any, vendor: GoogleVendor) -> None:
    handle = backend.submit(ASKED, OPTIONS, token=TOKEN)
    (job,) = vendor.jobs.values()
    assert job.name == handle.remote_id
    assert dict(job.labels) == {"qtwin": TOKEN}
    assert backend.submit(ASKED, OPTIONS, token=TOKEN) == handle
    assert vendor.calls["CreateQuantumJob"] == 1


def test_a_job_that_arrived_meanwhile_is_refused_by_its_id(
    backend: Any, vendor: GoogleVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = backend.submit(ASKED, OPTIONS, token=TOKEN)
    monkeypatch.setattr(backend, "_word", lambda *_: "")  # as it was before it arrived
    assert backend.submit(ASKED, OPTIONS, token=TOKEN) == handle
    assert vendor.calls["CreateQuantumJob"] == 2
    assert len(vendor.jobs) == 1


@pytest.mark.parametrize("status", ["UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "UNKNOWN"])
@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_is_sent_once_and_found(
    status: str, after: bool, backend: Any, vendor: GoogleVendor
) -> None:
    import grpc

    vendor.failing, vendor.after = {"CreateQuantumJob": grpc.StatusCode[status]}, after
    with pytest.raises(OutcomeUnknown):
        backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert vendor.calls["CreateQuantumJob"] == 1
    assert len(backend.find(TOKEN, LONG_AGO)) == int(after)
    vendor.failing = {}
    backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert vendor.calls["CreateQuantumJob"] == 2 - int(after)
    assert len(vendor.jobs) == 1


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("INVALID_ARGUMENT", ProgramRejected),
        ("UNAUTHENTICATED", CredentialRefused),
        ("PERMISSION_DENIED", CredentialRefused),
    ],
)
def test_a_refusal_creates_nothing(
    status: str, meaning: type[Exception], backend: Any, vendor: GoogleVendor
) -> None:
    import grpc

    vendor.failing = {"CreateQuantumJob": grpc.StatusCode[status]}
    with pytest.raises(meaning):
        backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert not vendor.jobs


def test_a_waiting_job_is_cancelled(backend: Any, vendor: GoogleVendor) -> None:
    vendor.ready = False
    handle = backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert backend.fetch(handle).status is RemoteStatus.WAITING
    assert backend.find(TOKEN, LONG_AGO) == [handle]
    backend.cancel(handle)
    backend.cancel(handle)
    assert vendor.calls["CancelQuantumJob"] == 1
    assert backend.fetch(handle).status is RemoteStatus.CANCELLED
    assert backend.find(TOKEN, LONG_AGO) == []


def test_processors_are_listed_and_a_refused_credential_is_told(
    backend: Any, vendor: GoogleVendor
) -> None:
    import grpc

    (seen,) = backend.devices()
    assert (seen.name, seen.state, seen.qubits) == (DEVICE, DeviceState.ONLINE, 105)
    assert seen.price is None
    assert seen.calibration_id == "willow_pink@20240816T081117"
    assert backend.calibration(DEVICE).identifier == seen.calibration_id
    vendor.failing = {"ListQuantumProcessors": grpc.StatusCode.PERMISSION_DENIED}
    with pytest.raises(CredentialRefused):
        backend.devices()


def test_the_calibration_in_force_at_a_time_is_asked_for(backend: Any) -> None:
    taken = datetime(2024, 8, 16, 8, 11, 17, 630_000, UTC)
    for days, there in ((-1, False), (1, True), (13, True), (15, False)):
        found = backend.calibration(DEVICE, taken + timedelta(days=days))
        assert (found is not None) == there
        assert found is None or found.taken_at == taken


def test_a_program_without_its_job_is_used_by_the_next_try(
    backend: Any, vendor: GoogleVendor
) -> None:
    import grpc

    vendor.failing, vendor.after = {"CreateQuantumProgram": grpc.StatusCode.UNAVAILABLE}, True
    with pytest.raises(OutcomeUnknown):
        backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert (len(vendor.programs), vendor.posts) == (1, [])
    vendor.failing = {}
    handle = backend.submit(ASKED, OPTIONS, token=TOKEN)
    assert vendor.posts == [(TOKEN, handle.remote_id)]


def test_the_server_of_a_test_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    made = registry.get("google")
    made.authorise(SECRET)
    monkeypatch.setenv(URL, "http://quantum.example:443")
    with pytest.raises(BackendError, match="must name this machine"):
        made.devices()


def test_an_unknown_processor_is_refused(backend: Any, vendor: GoogleVendor) -> None:
    asked = experiment_of("circuit", settings={"device": "nobody"})
    with pytest.raises(ProgramRejected, match="'nobody'"):
        backend.submit(asked, OPTIONS, token=TOKEN)
    assert not vendor.programs


def test_questions_that_are_not_answered_are_asked_later(
    backend: Any, vendor: GoogleVendor
) -> None:
    import grpc

    handle = backend.submit(ASKED, OPTIONS, token=TOKEN)
    vendor.failing = {"GetQuantumJob": grpc.StatusCode.UNAVAILABLE}
    with pytest.raises(BackendUnavailable):
        backend.fetch(handle)
    vendor.failing = {"GetQuantumJob": grpc.StatusCode.PERMISSION_DENIED}
    with pytest.raises(CredentialRefused):
        backend.fetch(handle)
    vendor.failing = {}
    other = Handle(backend="google", remote_id=handle.remote_id + "x")
    with pytest.raises(BackendUnavailable, match="Google has no projects/our-project/"):
        backend.fetch(other)
