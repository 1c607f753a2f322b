"""A credential opens the queue and is seen nowhere."""

from __future__ import annotations

import logging
import traceback

import pytest

from backends.errors import BackendError, CredentialRefused
from tests.contract.remote.asking import payload_of, submit, token_of
from tests.contract.remote.fault import Fault
from tests.contract.remote.vendor import Vendor

LOUD = (
    Fault.REFUSED,
    Fault.REJECTED,
    Fault.DROP_AFTER,
    Fault.ERROR_AFTER,
    Fault.BUSY,
    Fault.BROKEN_READ,
)


@pytest.mark.vendors("canary")
@pytest.mark.faults(*LOUD)
def test_a_failure_shows_nothing_of_the_secret(
    vendor: Vendor, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.switch(fault)
    with pytest.raises(BackendError) as raised:
        submit(vendor)
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    assert vendor.canary not in shown


@pytest.mark.vendors("canary")
def test_what_goes_well_shows_nothing_of_the_secret(
    vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    backend = vendor.backend()
    payload = payload_of(vendor, submit(vendor))
    result = backend.parse(payload, vendor.experiment, vendor.options)
    shown = repr(backend) + str(vars(type(backend))) + str(result.to_dict()) + caplog.text
    assert vendor.canary not in shown
    assert vendor.canary.encode() not in payload


@pytest.mark.vendors("canary")
@pytest.mark.parametrize("secret", ["", "{", "{}", "one-word-canary", '{"token": "canary"}'])
def test_without_a_credential_of_its_form_nothing_is_asked(vendor: Vendor, secret: str) -> None:
    backend = type(vendor.backend())()
    backend.authorise(secret)
    with pytest.raises(CredentialRefused) as raised:
        backend.submit(vendor.experiment, vendor.options, token=token_of())
    assert vendor.canary not in str(raised.value)
    assert vendor.requests == 0
