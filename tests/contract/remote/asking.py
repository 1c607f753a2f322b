"""What a worker does with a remote backend, in the suite's words."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backends.base import Handle
from backends.remote import RemoteStatus, Report
from tests.contract.remote.vendor import Vendor

PATIENCE_S = 60.0
LONG_AGO = timedelta(hours=1)
FINAL = {RemoteStatus.COMPLETED, RemoteStatus.FAILED, RemoteStatus.CANCELLED}


def token_of(part: int = 0, epoch: int = 0) -> str:
    """A token of the form that jobs give."""
    return f"qtwin-{UUID(int=part + 1)}-{part}-{epoch}"


def submit(vendor: Vendor, token: str = token_of()) -> Handle:
    handle = vendor.backend().submit(vendor.experiment, vendor.options, token=token)
    assert isinstance(handle, Handle)
    return handle


def found(vendor: Vendor, token: str = token_of()) -> list[str]:
    handles = vendor.backend().find(token, datetime.now(UTC) - LONG_AGO)
    return sorted(handle.remote_id for handle in handles)


def ended(vendor: Vendor, handle: Handle) -> Report:
    """Ask until the run is over."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        report = vendor.backend().fetch(handle)
        if report.status in FINAL:
            return report
        assert time.monotonic() < deadline, f"still {report.word}"
        time.sleep(0.05)


def payload_of(vendor: Vendor, handle: Handle) -> bytes:
    """The bytes of a run that ends well."""
    report = ended(vendor, handle)
    assert report.status is RemoteStatus.COMPLETED, report
    assert report.payload is not None
    return report.payload
