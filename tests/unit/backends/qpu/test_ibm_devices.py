"""How the devices of an IBM instance stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backends.device_status import DeviceState, DeviceStatus
from tests.contract.remote.ibm import Ibm
from tests.vendors.ibm import devices


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ibm]:
    with Ibm.started(tmp_path, monkeypatch.setenv) as vendor:
        yield vendor


def seen(vendor: Ibm) -> DeviceStatus:
    (device,) = vendor.backend().devices()
    return device


def test_a_device_has_a_queue_a_price_and_a_calibration(vendor: Ibm) -> None:
    device = seen(vendor)
    assert (device.name, device.state, device.queue) == (devices.NAME, DeviceState.ONLINE, 3)
    assert device.price_text == "96 USD per minute"
    assert device.price_of == "our table ibm 2026-05-25"
    assert device.calibration_id.startswith("ibm_loopback-")
    assert device.calibrated_at is not None


def test_a_listed_device_that_does_not_run_is_offline_and_says_why(
    vendor: Ibm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        devices, "STATUS", {"status": "maintenance", "state": False, "length_queue": 40}
    )
    device = seen(vendor)
    assert (device.state, device.reason, device.queue) == (
        *(DeviceState.OFFLINE, "maintenance", 40),
    )
