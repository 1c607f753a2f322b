"""What a task costs, from what the vendor says of it. Amounts are micro-USD.

A task of a QPU costs its fee and each of its shots; one of a simulator its time, three seconds at
least. A task under a reservation costs nothing more than the reservation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backends.errors import ProgramRejected
from backends.prices import Price
from backends.qpu.braket_device import Live
from backends.qpu.braket_devices import Device
from backends.qpu.braket_payload import RESULT

SHORTEST_S = 3.0


def completed(
    task: Mapping[str, Any], objects: Mapping[str, str], device: Device | None, live: Live | None
) -> int | None:
    """Of a task that ran; None where that cannot be told."""
    price = _price(device, live)
    if price is None or _reserved(task):
        return None if price is None else 0
    if not price.minute:
        return price.most(tasks=1, shots=int(task["shots"]))
    seconds = _seconds(objects)
    if seconds is None:
        return None
    return price.most(tasks=1, shots=0, seconds=max(SHORTEST_S, seconds))


def stopped(task: Mapping[str, Any], device: Device | None) -> int | None:
    """Of a task that failed or was cancelled: what it did run; None where it has not ended."""
    if task["status"] not in {"FAILED", "CANCELLED"}:
        return None
    price, shots = _price(device, None), int(task.get("numSuccessfulShots") or 0)
    if price is None:
        return None
    return 0 if _reserved(task) or not shots else price.most(tasks=1, shots=shots)


def _price(device: Device | None, live: Live | None) -> Price | None:
    if device is None:
        return None
    try:
        return device.price if live is None else live.price()
    except ProgramRejected:
        return None


def _reserved(task: Mapping[str, Any]) -> bool:
    return any(
        one.get("type") == "RESERVATION_TIME_WINDOW_ARN" for one in task.get("associations") or []
    )


def _seconds(objects: Mapping[str, str]) -> float | None:
    """How long a simulator took."""
    try:
        more = json.loads(objects[RESULT])["additionalMetadata"]["simulatorMetadata"]
        return float(more["executionDuration"]) / 1000
    except (KeyError, TypeError, ValueError):
        return None
