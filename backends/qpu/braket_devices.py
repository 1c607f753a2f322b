"""Devices of Amazon Braket, as far as they must be known without asking it.

From the developer guide (https://docs.aws.amazon.com/braket/latest/developerguide/braket-devices.html),
read on 2026-11-29. What a device says of itself is checked again before anything is sent to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from backends.prices import Price, price_table

VENDOR = "braket"
DEVICE = "device"
EXECUTABLES = 100
"""Most executables of one program set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device.

    Attributes:
        region: Where it is; empty for a simulator, which every region has.
        qubits: Most qubits, or atoms, that it takes from us.
        sets: Whether it takes program sets: many circuits in one task.
    """

    name: str
    region: str = ""
    qubits: int
    sets: bool = False

    @property
    def simulator(self) -> bool:
        return not self.region

    @property
    def arn(self) -> str:
        kind = "quantum-simulator" if self.simulator else "qpu"
        return f"arn:aws:braket:{self.region}::device/{kind}/{self.name}"

    @property
    def price(self) -> Price:
        """By our latest table.

        Raises:
            ProgramRejected: If the table does not know it.
        """
        return price_table(VENDOR).price(self.name)


AQUILA = Device(name="quera/Aquila", region="us-east-1", qubits=256)
GATE = {
    device.name: device
    for device in (
        Device(name="aqt/Ibex-Q1", region="eu-north-1", qubits=12, sets=True),
        Device(name="ionq/Forte-1", region="us-east-1", qubits=36, sets=True),
        Device(name="ionq/Forte-Enterprise-1", region="us-east-1", qubits=36, sets=True),
        Device(name="iqm/Emerald", region="eu-north-1", qubits=54, sets=True),
        Device(name="iqm/Garnet", region="eu-north-1", qubits=20, sets=True),
        Device(name="rigetti/Cepheus-1-108Q", region="us-west-1", qubits=108, sets=True),
        # Larger circuits run there too, but for hours at a price that nothing bounds.
        Device(name="amazon/sv1", qubits=25),
        Device(name="amazon/dm1", qubits=12),
    )
}


def device_of(settings: Mapping[str, Any]) -> Device:
    """The gate device that a source names; there is none by default.

    Raises:
        ProgramRejected: Names the value and the allowed ones.
    """
    name = settings.get(DEVICE)
    if name not in GATE:
        raise ProgramRejected(
            f"{DEVICE} = {name!r}; allowed: {', '.join(GATE)}", field=f"/settings/{DEVICE}"
        )
    return GATE[name]
