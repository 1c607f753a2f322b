"""What a device of Amazon Braket says of itself (GetDevice), checked before anything is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from backends.errors import NotCreated, ProgramRejected
from backends.prices import Price
from backends.qpu import braket_windows
from backends.qpu.braket_devices import DEVICE, Device

CIRCUIT = "braket.ir.openqasm.program"
SET = "braket.ir.openqasm.program_set"
ANALOG = "braket.ir.ahs.program"
OFFLINE_S = 600.0
CALIBRATED = ("standardized", "performance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A device's own description.

    Attributes:
        word: Its status.
        capabilities: What GetDevice gives as JSON.
    """

    device: Device
    word: str
    capabilities: Mapping[str, Any]

    @classmethod
    def of(cls, device: Device, response: Mapping[str, Any]) -> Self:
        """From a response of GetDevice."""
        return cls(
            device=device,
            word=str(response["deviceStatus"]),
            capabilities=json.loads(response["deviceCapabilities"]),
        )

    @property
    def service(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.capabilities.get("service") or {}
        return found

    def action(self, kind: str) -> Mapping[str, Any] | None:
        """What it says of one kind of program; None where it takes none."""
        found: Mapping[str, Any] | None = (self.capabilities.get("action") or {}).get(kind)
        return found

    def price(self) -> Price:
        """Its own cost entry; what that leaves open is from our table.

        Raises:
            ProgramRejected: If neither knows a price.
        """
        listed, own = self.device.price, self.service.get("deviceCost") or {}
        unit, micro = str(own.get("unit", "")).lower(), own.get("price")
        if not isinstance(micro, int | float) or not 0 < micro < 1e6:
            return listed
        amount = round(micro * 1_000_000)
        return Price(
            task=amount if unit == "task" else listed.task,
            shot=amount if unit == "shot" else listed.shot,
            minute=amount if unit == "minute" else listed.minute,
        )

    def require(self, kind: str, *, shots: int | None, reserved: bool) -> None:
        """Refuse what it does not take now, or charges more for than was reserved.

        Args:
            shots: Of each circuit; None for the exact limit of a simulator.

        Raises:
            NotCreated: It is offline.
            ProgramRejected: Names the value and the allowed ones.
        """
        field, name = f"/settings/{DEVICE}", self.device.name
        if self.word == "OFFLINE":
            raise NotCreated(f"{name} is offline", retry_after_s=OFFLINE_S)
        if self.word != "ONLINE":
            raise ProgramRejected(f"{name} is {self.word}; allowed: a device online", field=field)
        if self.action(kind) is None:
            actions = ", ".join(self.capabilities.get("action") or {})
            raise ProgramRejected(f"{name} takes no {kind}; allowed: {actions}", field=field)
        _no_dearer(self.price(), self.device)
        low, high = self._shots(reserved=reserved)
        if shots is not None and not low <= shots <= high:
            raise ProgramRejected(
                f"shots = {shots} on {name}; allowed: {low} to {high}", field="/shots"
            )

    def require_qubits(self, qubits: int) -> None:
        """Refuse a circuit that is too large.

        Raises:
            ProgramRejected: Names both numbers.
        """
        most = (self.capabilities.get("paradigm") or {}).get("qubitCount")
        if isinstance(most, int) and qubits > most:
            raise ProgramRejected(
                f"{qubits} qubits on {self.device.name}; allowed: at most {most}", field="/system"
            )

    def require_set(self, circuits: int, shots: int) -> None:
        """Refuse a program set that is too large, or too small.

        Raises:
            ProgramRejected: Names the number and the allowed ones.
        """
        able = self.action(SET) or {}
        most, total = able.get("maximumExecutables", 0), circuits * shots
        if circuits > most:
            raise ProgramRejected(
                f"{circuits} circuits in a task of {self.device.name}; allowed: {most}",
                field="/points",
            )
        low, high = able.get("minimumTotalShots") or 1, able.get("maximumTotalShots", 0)
        if not low <= total <= high:
            raise ProgramRejected(
                f"{total} shots in a task of {self.device.name}; allowed: {low} to {high} in all "
                f"{circuits} circuits",
                field="/shots",
            )

    def room(self, shots: int) -> int:
        """How many circuits with so many shots each a program set takes."""
        able = self.action(SET) or {}
        most, total = able.get("maximumExecutables", 0), able.get("maximumTotalShots", 0)
        return int(min(most, total // shots))

    def opens(self, now: datetime) -> datetime | None:
        """When it runs tasks again; None when it does now, or does not say."""
        return braket_windows.opens(self.service.get("executionWindows") or [], now)

    @property
    def calibration(self) -> dict[str, Any]:
        """What it says of its errors, with the time of it; empty where it says nothing."""
        known = {**self.capabilities, **(self.capabilities.get("paradigm") or {})}
        found = {name: known[name] for name in CALIBRATED if known.get(name)}
        return {**found, "updatedAt": self.service.get("updatedAt")} if found else {}

    def _shots(self, *, reserved: bool) -> tuple[int, int]:
        low, high = self.service.get("shotsRange") or (1, 0)
        if reserved and self.service.get("reservationShotsRange"):
            low, high = self.service["reservationShotsRange"]
        return int(low), int(high)


def calibration_id(device: str, calibration: Mapping[str, Any]) -> str:
    """Names one calibration: equal ones have equal names."""
    if not calibration:
        return ""
    text = json.dumps(calibration, sort_keys=True, separators=(",", ":"))
    return f"{device}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def calibrated_at(calibration: Mapping[str, Any]) -> datetime | None:
    """When the device's description was updated, UTC."""
    try:
        moment = datetime.fromisoformat(str(calibration.get("updatedAt")))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _no_dearer(now: Price, device: Device) -> None:
    """A budget reserved our table's price: what costs more now is not bought."""
    listed = device.price
    for name in ("task", "shot", "minute"):
        asked, known = getattr(now, name), getattr(listed, name)
        if asked > known:
            raise ProgramRejected(
                f"{device.name} charges {asked} micro-USD per {name} now; allowed: up to {known}, "
                "for which the budget was reserved, until our price list is renewed",
                field=f"/settings/{DEVICE}",
            )
