"""What Amazon Braket says of its devices: one GetDevice for each, which costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backends.device_status import DeviceState, DeviceStatus, listed_on
from backends.errors import CredentialRefused
from backends.prices import price_table
from backends.qpu.braket_credential import Credential
from backends.qpu.braket_device import Live, calibrated_at, calibration_id
from backends.qpu.braket_devices import VENDOR, Device
from backends.qpu.braket_errors import asking, said

GONE = "ResourceNotFoundException"
WORDS = {"ONLINE": DeviceState.ONLINE, "RETIRED": DeviceState.RETIRED}
"""Every other word of Amazon's is a device that takes nothing now."""


def offer(
    known: Sequence[Device], keys: Credential, session: Callable[[str], Any]
) -> tuple[DeviceStatus, ...]:
    """As `backends.base.Backend.devices`.

    Keys may open some devices and not others; one whose region has no bucket cannot be used.

    Args:
        session: With the keys, for a region.

    Raises:
        CredentialRefused: For every device that was asked for.
        BackendUnavailable: Ask again later.
    """
    seen: list[DeviceStatus] = []
    refusals: list[CredentialRefused] = []
    asked = [one for one in known if not one.region or one.region in keys.buckets]
    for device in known:
        if device not in asked:
            seen.append(_out(device, f"the credential has no bucket in {device.region}"))
            continue
        try:
            with asking():
                made = session(device.region or next(iter(keys.buckets)))
                seen.append(_status(made, device))
        except CredentialRefused as error:
            refusals.append(error)
            seen.append(_out(device, "the credential may not use it"))
    if refusals and len(refusals) == len(asked):
        raise refusals[0]
    return tuple(sorted(seen, key=lambda one: one.name))


def _status(made: Any, device: Device) -> DeviceStatus:
    from botocore.exceptions import ClientError

    try:
        response = made.get_device(device.arn)
    except ClientError as error:
        if said(error.response)[0] != GONE:
            raise
        return _out(device, "Amazon Braket does not know it", state=DeviceState.RETIRED)
    live = Live.of(device, response)
    state = WORDS.get(live.word, DeviceState.OFFLINE)
    opens = live.opens(datetime.now(UTC)) if state is DeviceState.ONLINE else None
    qubits = (live.capabilities.get("paradigm") or {}).get("qubitCount")
    price = live.price()
    own = price != device.price
    updated = str(live.service.get("updatedAt") or "")[:10]
    return DeviceStatus(
        name=device.name,
        state=state,
        reason="" if live.word.lower() == state else live.word.lower(),
        opens_at=opens,
        queue=_waiting(response),
        qubits=qubits if isinstance(qubits, int) else None,
        price=price,
        price_of=f"the device's own entry {updated}".strip() if own else _listed(),
        calibration_id=calibration_id(device.name, live.calibration),
        calibrated_at=calibrated_at(live.calibration),
    )


def _waiting(response: Mapping[str, Any]) -> int | None:
    """Tasks of normal priority; ``>4000`` is at least so many."""
    for one in response.get("deviceQueueInfo", []):
        if one.get("queue") == "QUANTUM_TASKS_QUEUE" and one.get("queuePriority") != "Priority":
            size = str(one.get("queueSize", "")).lstrip(">")
            return int(size) if size.isdecimal() else None
    return None


def _out(device: Device, reason: str, *, state: DeviceState = DeviceState.OFFLINE) -> DeviceStatus:
    return DeviceStatus(
        name=device.name,
        state=state,
        reason=reason,
        qubits=device.qubits,
        price=device.price,
        price_of=_listed(),
    )


def _listed() -> str:
    return listed_on(VENDOR, price_table(VENDOR).true_on)
