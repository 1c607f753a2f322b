"""One submission is one request, and its failures say no more than is known."""

from __future__ import annotations

import pytest

from backends.base import Handle, Idempotency
from backends.errors import (
    BackendError,
    BackendUnavailable,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)
from tests.contract.remote.asking import ended, found, submit, token_of
from tests.contract.remote.fault import BOUGHT, SUBMISSION, Fault
from tests.contract.remote.vendor import Post, Vendor


def test_a_submission_is_one_post_with_the_token(vendor: Vendor) -> None:
    handle = submit(vendor)
    assert vendor.posts == [Post(token=token_of(), run=handle.remote_id)]
    assert handle.backend == vendor.backend().name


def test_two_tokens_are_two_runs(vendor: Vendor) -> None:
    one, two = submit(vendor, token_of(0)), submit(vendor, token_of(1))
    assert one != two
    assert vendor.runs == sorted([one.remote_id, two.remote_id])


@pytest.mark.faults(*SUBMISSION)
def test_a_submission_without_an_answer_is_sent_once_and_its_outcome_unknown(
    vendor: Vendor, fault: Fault
) -> None:
    vendor.switch(fault)
    with pytest.raises(BackendError) as raised:
        submit(vendor)
    assert isinstance(raised.value, OutcomeUnknown)
    assert len(vendor.posts) == 1
    assert len(vendor.runs) == (fault in BOUGHT)


@pytest.mark.faults(*SUBMISSION)
def test_what_became_of_it_is_found_and_never_bought_anew(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(OutcomeUnknown):
        submit(vendor)
    vendor.switch()
    bought = vendor.runs
    assert found(vendor) == bought
    if vendor.backend().capabilities.idempotency is Idempotency.TOKEN:
        again = submit(vendor)
        assert vendor.runs == [again.remote_id]
        assert bought in ([], [again.remote_id])


@pytest.mark.faults(Fault.BUSY)
def test_too_many_requests_is_not_created(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(NotCreated):
        submit(vendor)
    assert len(vendor.posts) == 1
    assert not vendor.runs


@pytest.mark.faults(Fault.REJECTED)
def test_a_refused_program_is_rejected_for_good(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(ProgramRejected):
        submit(vendor)
    assert len(vendor.posts) == 1
    assert not vendor.runs


def test_where_nobody_listens_nothing_is_created(vendor: Vendor) -> None:
    backend = vendor.backend()
    vendor.stop()
    with pytest.raises(NotCreated):
        backend.submit(vendor.experiment, vendor.options, token=token_of())


@pytest.mark.faults(Fault.REFUSED)
def test_a_refused_credential_buys_nothing(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(CredentialRefused):
        submit(vendor)
    assert not vendor.runs


def test_a_run_is_found_by_its_token_alone(vendor: Vendor) -> None:
    handle = submit(vendor)
    assert found(vendor) == [handle.remote_id]
    assert found(vendor, token_of(part=1)) == []
    assert found(vendor, token_of(epoch=1)) == []


@pytest.mark.faults(Fault.LIST_LAG)
def test_a_run_that_is_not_listed_yet_is_found_later(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    handle = submit(vendor)
    assert set(found(vendor)) <= {handle.remote_id}
    vendor.switch()
    assert found(vendor) == [handle.remote_id]


@pytest.mark.faults(Fault.BROKEN_READ)
def test_a_vendor_that_does_not_answer_is_asked_again_later(vendor: Vendor, fault: Fault) -> None:
    handle = submit(vendor)
    vendor.switch(fault)
    with pytest.raises(BackendUnavailable):
        found(vendor)
    with pytest.raises(BackendUnavailable):
        vendor.backend().fetch(handle)
    with pytest.raises(BackendUnavailable):
        vendor.backend().cancel(handle)
    vendor.switch()
    assert ended(vendor, handle).payload


def test_any_process_takes_a_run_up_by_its_id(vendor: Vendor) -> None:
    handle = submit(vendor)
    again = Handle(backend=handle.backend, remote_id=handle.remote_id)
    assert ended(vendor, again).payload is not None
