"""Spending limits of the account, which Amazon Braket enforces for each QPU.

What goes beyond one is refused there with the error of a program that is wrong. So it is asked
before, and the job waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from backends.errors import CredentialRefused, NotCreated
from backends.qpu.braket_devices import Device
from backends.qpu.braket_errors import asking

WAIT_S = 3600.0
MICRO = 1_000_000


def spendable(made: Any, device: Device, micro_usd: int) -> None:
    """Refuse what the account's limits leave no room for; a key that may not see them is let by.

    Args:
        made: The SDK's session.

    Raises:
        NotCreated: Names the limit and what is left of it.
        BackendUnavailable: The limits could not be read.
    """
    wanted = [{"name": "deviceArn", "operator": "EQUAL", "values": [device.arn]}]
    try:
        with asking():
            limits = list(_pages(made.braket_client, wanted))
    except CredentialRefused:
        return
    for limit in limits:
        left = _micro(limit["spendingLimit"]) - _micro(limit["queuedSpend"])
        left -= _micro(limit["totalSpend"])
        if micro_usd > left:
            raise NotCreated(
                f"the account's spending limit of {limit['spendingLimit']} USD for {device.name} "
                f"leaves {max(0, left) / MICRO:.2f} USD, and this may cost "
                f"{micro_usd / MICRO:.2f} USD",
                retry_after_s=WAIT_S,
            )


def _pages(client: Any, wanted: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        page = client.search_spending_limits(filters=wanted, **more)
        yield from page["spendingLimits"]
        if not page.get("nextToken"):
            return
        more = {"nextToken": page["nextToken"]}


def _micro(amount: str) -> int:
    try:
        return int(Decimal(amount) * MICRO)
    except InvalidOperation:
        return 0
