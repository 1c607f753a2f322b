"""What Google says of its processors when it is asked for nothing that costs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backends.device_status import DeviceState, DeviceStatus, listed_on
from backends.errors import ProgramRejected
from backends.prices import Price, price_table, price_tables
from backends.qpu.google_calibration import identifier

VENDOR = "google"
HEALTHY = "OK"


def price_of(processor: str) -> Price | None:
    """What a processor costs by our table; None, as Google publishes no prices and we have none."""
    if not price_tables(VENDOR):
        return None
    try:
        return price_table(VENDOR).price(processor)
    except ProgramRejected:
        return None


def offer(processors: list[Any]) -> tuple[DeviceStatus, ...]:
    """The processors, as the credential sees them now."""
    return tuple(_status(one) for one in processors)


def _status(processor: Any) -> DeviceStatus:
    name, word = processor.processor_id, str(processor.health())
    healthy, price = word == HEALTHY, price_of(processor.processor_id)
    calibration = processor.get_current_calibration()
    at = datetime.fromtimestamp(calibration.timestamp / 1000, UTC) if calibration else None
    return DeviceStatus(
        name=name,
        state=DeviceState.ONLINE if healthy else DeviceState.OFFLINE,
        reason="" if healthy else f"Google says {word}",
        opens_at=None if healthy else _moment(processor.expected_recovery_time()),
        qubits=_qubits(processor),
        price=price,
        price_of=listed_on(VENDOR, price_table(VENDOR).true_on) if price else "",
        calibration_id=identifier(name, at),
        calibrated_at=at,
    )


def _qubits(processor: Any) -> int | None:
    if processor.get_device_specification() is None:
        return None
    return len(processor.get_device().metadata.qubit_set)


def _moment(given: datetime | None) -> datetime | None:
    """The service leaves an unset time at the epoch."""
    return given.astimezone(UTC) if given is not None and given.timestamp() > 0 else None
