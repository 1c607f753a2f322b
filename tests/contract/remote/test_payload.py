"""Bytes of a vendor are input: bounded, whole, of the right widths and shots, or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backends import remote
from tests.contract.remote.asking import payload_of, submit
from tests.contract.remote.fault import RESULT, Fault
from tests.contract.remote.vendor import Vendor

MOST_BYTES = 1 << 20


@pytest.mark.faults(*RESULT)
def test_a_bad_result_is_kept_and_refused(
    vendor: Vendor, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST_PAYLOAD_BYTES", MOST_BYTES)
    vendor.switch(fault)
    payload = payload_of(vendor, submit(vendor))
    assert len(payload) <= 2 * MOST_BYTES
    with pytest.raises(ValueError, match=r"."):
        vendor.backend().parse(payload, vendor.experiment, vendor.options)


def test_bytes_that_are_no_result_are_refused(vendor: Vendor) -> None:
    backend = vendor.backend()
    payload = payload_of(vendor, submit(vendor))
    for broken in (b"", b"null", b"[]", b"\xff\xfe", payload[: len(payload) // 2]):
        with pytest.raises(Exception, match=r"."):
            backend.parse(broken, vendor.experiment, vendor.options)


@pytest.mark.vendors("circuits")
def test_a_result_of_other_points_or_shots_is_refused(vendor: Vendor) -> None:
    backend = vendor.backend()
    payload = payload_of(vendor, submit(vendor))
    with pytest.raises(ValueError, match=r"."):
        backend.parse(payload, vendor.experiment.rows(0, 1), vendor.options)
    with pytest.raises(ValueError, match="shots"):
        backend.parse(payload, vendor.experiment, replace(vendor.options, shots=7))
