"""What a vendor says of a run is taken whole, or refused."""

from __future__ import annotations

import math

import pytest

from backends.errors import BackendError, BackendUnavailable, NotCreated, UnknownStatus
from backends.remote import RemoteStatus, Report, status_of

BRAKET = {"QUEUED": RemoteStatus.WAITING, "COMPLETED": RemoteStatus.COMPLETED}


def test_a_word_that_nobody_mapped_is_not_guessed() -> None:
    assert status_of("QUEUED", BRAKET) is RemoteStatus.WAITING
    with pytest.raises(UnknownStatus, match=r"'PAUSED'; known: QUEUED, COMPLETED"):
        status_of("PAUSED", BRAKET)


@pytest.mark.parametrize(
    ("status", "payload"), [(RemoteStatus.COMPLETED, None), (RemoteStatus.RUNNING, b"{}")]
)
def test_a_payload_comes_exactly_when_completed(
    status: RemoteStatus, payload: bytes | None
) -> None:
    with pytest.raises(ValueError, match="payload"):
        Report(status=status, word="x", payload=payload)


def test_a_bill_is_not_negative() -> None:
    with pytest.raises(ValueError, match="cost_micro_usd = -1"):
        Report(status=RemoteStatus.FAILED, word="x", cost_micro_usd=-1)
    for seconds in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="qpu_seconds"):
            Report(status=RemoteStatus.FAILED, word="x", qpu_seconds=seconds)


def test_an_unknown_status_is_no_reason_to_submit_again() -> None:
    assert issubclass(NotCreated, BackendUnavailable)
    assert issubclass(UnknownStatus, BackendError)
    assert not issubclass(UnknownStatus, BackendUnavailable)
