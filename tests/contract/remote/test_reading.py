"""How a run stands: never guessed, and its bytes kept before the vendor forgets them."""

from __future__ import annotations

import numpy as np
import psutil
import pytest

from backends.errors import BackendError, BackendUnavailable, CredentialRefused, UnknownStatus
from backends.remote import RemoteStatus
from tests.contract.remote.asking import ended, payload_of, submit
from tests.contract.remote.fault import Fault
from tests.contract.remote.vendor import Vendor
from workers.sandbox import Finished, ParseRequest, Sandbox


def test_a_result_is_read_without_the_vendor(vendor: Vendor) -> None:
    backend = vendor.backend()
    payload = payload_of(vendor, submit(vendor))
    asked = vendor.requests
    vendor.stop()
    result = backend.parse(payload, vendor.experiment, vendor.options)
    assert vendor.requests == asked
    assert result.values.shape == vendor.experiment.shape
    assert result.options == vendor.options
    assert result.mixed_values is not None
    assert np.all(result.std_errors > 0)
    assert result.provenance.started_at <= result.provenance.finished_at


def test_reading_a_result_twice_gives_the_same(vendor: Vendor) -> None:
    payload = payload_of(vendor, submit(vendor))
    one, two = (
        vendor.backend().parse(payload, vendor.experiment, vendor.options) for _ in range(2)
    )
    assert one.to_dict() == two.to_dict()


def test_a_result_is_read_in_the_sandbox_to_the_same_numbers(vendor: Vendor) -> None:
    payload, backend = payload_of(vendor, submit(vendor)), vendor.backend()
    request = ParseRequest(
        backend=backend.name,
        experiment=vendor.experiment,
        options=vendor.options,
        payload=payload,
        target=f"{type(backend).__module__}:{type(backend).__qualname__}",
    )
    here = backend.parse(payload, vendor.experiment, vendor.options)
    with Sandbox() as sandbox:
        outcome = sandbox.run(request)
        assert isinstance(outcome, Finished), outcome
        assert outcome.result.to_dict() == here.to_dict()
        zygote = psutil.Process(sandbox.pid)
        for process in (zygote, *zygote.children(recursive=True)):
            assert process.num_threads() == 1, "a fork would copy locks that others hold"


@pytest.mark.faults(Fault.SLOW)
def test_a_run_that_waits_has_no_result(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    handle = submit(vendor)
    report = vendor.backend().fetch(handle)
    assert report.status in {RemoteStatus.WAITING, RemoteStatus.RUNNING}
    assert report.word
    vendor.switch()
    assert ended(vendor, handle).status is RemoteStatus.COMPLETED


@pytest.mark.faults(Fault.SLOW)
def test_a_run_that_waits_is_cancelled_once(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    handle = submit(vendor)
    vendor.backend().cancel(handle)
    assert vendor.backend().fetch(handle).status is RemoteStatus.CANCELLED
    vendor.backend().cancel(handle)


def test_cancelling_a_run_that_ended_is_harmless(vendor: Vendor) -> None:
    handle = submit(vendor)
    assert ended(vendor, handle).status is RemoteStatus.COMPLETED
    vendor.backend().cancel(handle)
    assert ended(vendor, handle).status is RemoteStatus.COMPLETED


@pytest.mark.faults(Fault.UNKNOWN_STATUS)
def test_a_status_that_nobody_knows_is_not_guessed(vendor: Vendor, fault: Fault) -> None:
    handle = submit(vendor)
    vendor.switch(fault)
    with pytest.raises(UnknownStatus, match="known: "):
        vendor.backend().fetch(handle)
    vendor.switch()
    assert ended(vendor, handle).payload


@pytest.mark.faults(Fault.FAILED)
def test_a_run_that_fails_says_why(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    report = ended(vendor, submit(vendor))
    assert report.status is RemoteStatus.FAILED
    assert report.message


@pytest.mark.faults(Fault.REFUSED)
def test_a_credential_that_expires_in_mid_wait_stops_nothing(vendor: Vendor, fault: Fault) -> None:
    handle = submit(vendor)
    vendor.switch(fault)
    with pytest.raises(CredentialRefused):
        vendor.backend().fetch(handle)
    with pytest.raises(CredentialRefused):
        vendor.backend().cancel(handle)
    vendor.switch()
    assert payload_of(vendor, handle)
    assert len(vendor.posts) == 1


@pytest.mark.faults(Fault.ONCE_ONLY)
def test_a_result_that_is_gone_once_read_is_read_whole(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    payload = payload_of(vendor, submit(vendor))
    result = vendor.backend().parse(payload, vendor.experiment, vendor.options)
    assert np.isfinite(result.values).all()


@pytest.mark.faults(Fault.PURGED)
def test_a_run_that_the_vendor_forgot_is_neither_ended_nor_waited_for_in_silence(
    vendor: Vendor, fault: Fault
) -> None:
    handle = submit(vendor)
    payload = payload_of(vendor, handle)
    vendor.switch(fault)
    with pytest.raises(BackendError, match=handle.remote_id) as raised:
        vendor.backend().fetch(handle)
    assert isinstance(raised.value, BackendUnavailable)
    assert vendor.backend().parse(payload, vendor.experiment, vendor.options).values.size
