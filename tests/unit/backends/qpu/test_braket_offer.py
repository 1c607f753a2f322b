"""Which devices of Amazon Braket a credential sees, and how they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from backends import registry
from backends.device_status import DeviceState, DeviceStatus
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.devices import arn
from tests.vendors.braket.keys import BUCKETS, CANARY, KEY

GARNET = arn("eu-north-1", "iqm/Garnet")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


def seen(name: str, *regions: str) -> DeviceStatus:
    buckets = {region: BUCKETS[region] for region in regions or BUCKETS}
    backend = registry.get("braket")
    keys = {"access_key_id": KEY, "secret_access_key": CANARY, "buckets": buckets}
    backend.authorise(json.dumps(keys))
    return {device.name: device for device in backend.devices()}[name]


def test_a_device_is_offline_or_retired_as_amazon_says(server: BraketVendor) -> None:
    server.status = {GARNET: "OFFLINE", arn("us-east-1", "ionq/Forte-1"): "RETIRED"}
    assert (seen("iqm/Garnet").state, seen("iqm/Garnet").reason) == (DeviceState.OFFLINE, "")
    assert seen("ionq/Forte-1").state is DeviceState.RETIRED
    server.status = {GARNET: "PAUSED"}
    assert (seen("iqm/Garnet").state, seen("iqm/Garnet").reason) == (DeviceState.OFFLINE, "paused")
    assert seen("iqm/Emerald").reason == "Amazon Braket does not know it"  # at this vendor


def test_a_closed_device_says_when_it_opens(server: BraketVendor) -> None:
    assert seen("iqm/Garnet").opens_at is None
    window = {
        "executionDay": "Everyday",
        "windowStartHour": "00:00:00",
        "windowEndHour": "00:00:00",
    }
    server.devices[GARNET]["service"]["executionWindows"] = [window]
    opens = seen("iqm/Garnet").opens_at
    assert opens is not None
    assert (opens.hour, opens.minute) == (0, 0)


def test_the_price_is_the_devices_own_with_its_day(server: BraketVendor) -> None:
    assert seen("iqm/Garnet").price_text == "0.3 USD per task and 0.00145 USD per shot"
    assert "our table braket 2026-" in seen("iqm/Garnet").price_of
    server.devices[GARNET]["service"]["deviceCost"]["price"] = 0.002
    dearer = seen("iqm/Garnet")
    assert dearer.price_text == "0.3 USD per task and 0.002 USD per shot"
    assert dearer.price_of == "the device's own entry 2026-11-01"


def test_a_region_without_a_bucket_is_not_asked(server: BraketVendor) -> None:
    forte = seen("ionq/Forte-1", "eu-north-1")
    assert (forte.state, forte.reason) == (
        *(DeviceState.OFFLINE, "the credential has no bucket in us-east-1"),
    )
    assert forte.qubits == 36
    assert not [route for route in server.routes if "Forte" in route]
