"""A device's calibration: of the run with its result, of now on request, and never at a price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backends.schema import Result
from tests.contract.remote.asking import payload_of, submit
from tests.contract.remote.vendor import Vendor

pytestmark = pytest.mark.vendors("canary")


def result_of(vendor: Vendor) -> Result:
    payload = payload_of(vendor, submit(vendor))
    return vendor.backend().parse(payload, vendor.experiment, vendor.options)


def device_of(vendor: Vendor) -> str:
    return str(vendor.settings.get("device", "quera/Aquila"))


def test_a_result_carries_what_the_calibration_at_run_says(vendor: Vendor) -> None:
    said = result_of(vendor).provenance
    assert said.calibration is not None
    assert said.calibration.identifier == said.calibration_id
    assert said.calibration.taken_at == said.calibrated_at
    assert said.calibration.device == device_of(vendor)
    assert said.calibration.facts or all(gate.error < 0.1 for gate in said.calibration.gates)


def test_the_calibration_of_now_is_told_for_nothing(vendor: Vendor) -> None:
    said = vendor.backend().calibration(device_of(vendor))
    assert said is not None
    assert said.taken_at is not None
    assert said.qubits or said.facts
    assert vendor.posts == []


def test_nobody_knows_the_calibration_before_there_were_devices(vendor: Vendor) -> None:
    """IBM's server keeps old ones, as IBM does: of an hour before the time that it is asked for."""
    at = datetime(2020, 1, 1, tzinfo=UTC)
    said = vendor.backend().calibration(device_of(vendor), at)
    assert said is None or said.taken_at == at - timedelta(hours=1)
    assert (said is None) == (vendor.title != "ibm")


def test_a_device_that_is_not_there_has_none(vendor: Vendor) -> None:
    assert vendor.backend().calibration("nowhere/Nothing-1") is None
