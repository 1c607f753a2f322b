"""What a vendor's queue promises, and what it says of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backends.errors import UnknownStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Facts about a remote queue, from the vendor's documentation.

    Attributes:
        vendor: Within which a run's id is unique.
        credential: Vendor of the team's credential that opens the queue; empty for none.
        request_timeout_s: After which our own client gives a request up.
        list_lag_s: How long an accepted run may be missing from `Backend.find`.
        token_lifetime_s: After which the vendor no longer recognises a token; None for never.
        max_points: Most points of one run; None for no limit.
        bill_lag_s: How long after a run has ended the vendor may still change what it charges;
            `Backend.charged` is asked meanwhile. 0 where its first word stands.
    """

    vendor: str
    credential: str = ""
    request_timeout_s: float = 30.0
    list_lag_s: float = 60.0
    token_lifetime_s: float | None = None
    max_points: int | None = None
    bill_lag_s: float = 0.0


MOST_PAYLOAD_BYTES = 1 << 28
"""An adapter reads no more of a result; what is longer is kept so far, and refused when parsed."""


class RemoteStatus(StrEnum):
    """What a run's own word means for us."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


def status_of(word: str, known: Mapping[str, RemoteStatus]) -> RemoteStatus:
    """Translate a vendor's word; one that nobody has mapped is never guessed.

    Raises:
        UnknownStatus: Names the word and the known ones.
    """
    try:
        return known[word]
    except KeyError:
        raise UnknownStatus(f"unknown status {word!r}; known: {', '.join(known)}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a vendor charges for a run, as far as it says by now; None where it does not.

    Attributes:
        qpu_seconds: Time of a QPU.
    """

    cost_micro_usd: int | None = None
    qpu_seconds: float | None = None

    def __post_init__(self) -> None:
        _check_charge(self.cost_micro_usd, self.qpu_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run stands.

    Attributes:
        word: The vendor's own word for the status.
        payload: The raw result, byte for byte as the vendor gave it; exactly when completed.
        cost_micro_usd: What the vendor charges, once it says so.
        wait_s: The vendor's own estimate of the time left, if it gives one.
        message: Why it failed, fit for a user.
        qpu_seconds: For how long the vendor says that it used a QPU, once it says so.
    """

    status: RemoteStatus
    word: str
    payload: bytes | None = None
    cost_micro_usd: int | None = None
    wait_s: float | None = None
    message: str = ""
    qpu_seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.status is RemoteStatus.COMPLETED) != (self.payload is not None):
            raise ValueError(f"status {self.status} with payload {type(self.payload).__name__}")
        _check_charge(self.cost_micro_usd, self.qpu_seconds)

    @property
    def charge(self) -> Charge:
        """What it costs as far as is said here."""
        return Charge(cost_micro_usd=self.cost_micro_usd, qpu_seconds=self.qpu_seconds)


def _check_charge(cost_micro_usd: int | None, qpu_seconds: float | None) -> None:
    if cost_micro_usd is not None and cost_micro_usd < 0:
        raise ValueError(f"cost_micro_usd = {cost_micro_usd}")
    if qpu_seconds is not None and not 0 <= qpu_seconds < math.inf:
        raise ValueError(f"qpu_seconds = {qpu_seconds}")
