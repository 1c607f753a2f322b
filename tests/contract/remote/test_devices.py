"""What a vendor says of its devices costs nothing, and tells whether a credential opens it."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from backends.device_status import DeviceState, DeviceStatus
from backends.errors import BackendError, BackendUnavailable, CredentialRefused
from tests.contract.remote.fault import Fault
from tests.contract.remote.vendor import Vendor

pytestmark = pytest.mark.vendors("canary")


def test_devices_are_told_and_nothing_is_bought(vendor: Vendor) -> None:
    devices = vendor.backend().devices()
    names = [device.name for device in devices]
    assert names == sorted(set(names))
    online = [device for device in devices if device.state is DeviceState.ONLINE]
    assert online
    for device in online:
        assert device.queue == (None if "queue" in vendor.untold else 3)
        assert device.qubits
        assert bool(device.price_text) == ("price" not in vendor.untold)
        assert ("20" in device.price_of) == ("price" not in vendor.untold)
    assert any(device.calibration_id and device.calibrated_at for device in online)
    assert vendor.posts == []


def test_the_device_of_a_source_is_among_them(vendor: Vendor) -> None:
    backend, wanted = vendor.backend(), vendor.settings.get("device", "quera/Aquila")
    assert wanted in {device.name for device in backend.devices()}


def test_a_status_is_the_same_after_a_trip_through_json(vendor: Vendor) -> None:
    for device in vendor.backend().devices():
        assert DeviceStatus.from_dict(json.loads(json.dumps(device.to_dict()))) == device


@pytest.mark.faults(Fault.REFUSED)
def test_a_refused_credential_is_told(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(CredentialRefused):
        vendor.backend().devices()


@pytest.mark.faults(Fault.BROKEN_READ)
def test_a_vendor_that_is_away_refuses_no_credential(vendor: Vendor, fault: Fault) -> None:
    vendor.switch(fault)
    with pytest.raises(BackendUnavailable):
        vendor.backend().devices()


def test_a_vendor_that_listens_no_more_is_away(vendor: Vendor) -> None:
    backend = vendor.backend()
    vendor.stop()
    with pytest.raises(BackendUnavailable):
        backend.devices()


@pytest.mark.faults(Fault.REFUSED, Fault.BROKEN_READ)
def test_nothing_of_the_secret_is_shown(
    vendor: Vendor, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = repr(vendor.backend().devices())
    vendor.switch(fault)
    with pytest.raises(BackendError) as raised:
        vendor.backend().devices()
    shown += "".join(traceback.format_exception(raised.value)) + caplog.text
    assert vendor.canary not in shown


@pytest.mark.parametrize("secret", ["", "{", "{}", "[]", "one-word-canary", '{"token": "canary"}'])
def test_a_secret_of_another_form_is_refused_by_its_field(vendor: Vendor, secret: str) -> None:
    with pytest.raises(CredentialRefused, match="allowed: ") as raised:
        vendor.backend().recognise(secret)
    assert vendor.canary not in str(raised.value)
    assert vendor.requests == 0
