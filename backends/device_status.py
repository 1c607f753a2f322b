"""What a vendor says of one of its devices when it is asked for nothing that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from backends.prices import Price


class DeviceState(StrEnum):
    """Whether a device takes a job of this credential now."""

    ONLINE = "online"
    OFFLINE = "offline"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatus:
    """One device, as it is seen with one credential. None is what the vendor does not say.

    Attributes:
        name: As the setting ``device`` of a source names it.
        reason: Why it is not online, in a few words.
        opens_at: Start of its next window, when it is closed now.
        queue: How many jobs wait for it.
        price: What it charges; of a task, a shot and a minute, in micro-USD.
        price_of: Where the price is from, with its date.
        calibration_id: Equal for equal calibrations; empty where there is none.
    """

    name: str
    state: DeviceState
    reason: str = ""
    opens_at: datetime | None = None
    queue: int | None = None
    qubits: int | None = None
    price: Price | None = None
    price_of: str = ""
    calibration_id: str = ""
    calibrated_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        price = self.price
        return {
            "name": self.name,
            "state": str(self.state),
            "reason": self.reason,
            "opens_at": _text(self.opens_at),
            "queue": self.queue,
            "qubits": self.qubits,
            "price_micro_usd": None
            if price is None
            else {"task": price.task, "shot": price.shot, "minute": price.minute},
            "price_of": self.price_of,
            "calibration_id": self.calibration_id,
            "calibrated_at": _text(self.calibrated_at),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        price = document["price_micro_usd"]
        return cls(
            name=document["name"],
            state=DeviceState(document["state"]),
            reason=document["reason"],
            opens_at=_moment(document["opens_at"]),
            queue=document["queue"],
            qubits=document["qubits"],
            price=None if price is None else Price(**price),
            price_of=document["price_of"],
            calibration_id=document["calibration_id"],
            calibrated_at=_moment(document["calibrated_at"]),
        )

    @property
    def price_text(self) -> str:
        """For a person, e.g. ``0.3 USD per task and 0.00145 USD per shot``; empty if unknown."""
        if self.price is None:
            return ""
        parts = {"task": self.price.task, "shot": self.price.shot, "minute": self.price.minute}
        said = [f"{amount / 1e6:.6g} USD per {unit}" for unit, amount in parts.items() if amount]
        return " and ".join(said) or "free"


def listed_on(vendor: str, day: date) -> str:
    """How `DeviceStatus.price_of` names a table of `backends.prices`."""
    return f"our table {vendor} {day.isoformat()}"


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
