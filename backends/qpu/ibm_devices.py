"""What IBM says of the devices of an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from backends.device_status import DeviceState, DeviceStatus, listed_on
from backends.errors import BackendUnavailable
from backends.prices import price_table
from backends.qpu.ibm_bound import PLAN
from backends.qpu.ibm_payload import calibration_id, moment
from backends.qpu.ibm_queue import GONE, IbmQueue

if TYPE_CHECKING:
    from qiskit_ibm_runtime.api.client import RuntimeClient

WORDS = {"online": DeviceState.ONLINE, "retired": DeviceState.RETIRED}
"""Every other word of IBM's is a device that takes nothing now."""


def devices(queue: IbmQueue) -> tuple[DeviceStatus, ...]:
    """As `backends.base.Backend.devices`."""
    with queue._reading():
        rows = [_Row(row) for row in queue.client.list_backends()]
    return tuple(_device(queue, row) for row in sorted(rows, key=lambda row: row.name))


class _Row:
    """One device of the list.

    Raises:
        ValueError: It has no name.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        status = said.get("status")
        status = status if isinstance(status, Mapping) else {"name": status}
        self.name = str(said["name"])
        self.word = str(status.get("name") or "unknown")
        self.why = str(status.get("reason") or "")
        self.qubits = _count(said.get("qubits"))
        self.queue = _count(said.get("queue_length"))


def _device(queue: IbmQueue, row: _Row) -> DeviceStatus:
    state = WORDS.get(row.word.lower(), DeviceState.OFFLINE)
    why = ": ".join(filter(None, (row.word, row.why)))
    waiting, table = row.queue, price_table("ibm")
    status, properties = {}, {}
    if state is DeviceState.ONLINE:
        properties = _said(queue, row.name, lambda client: client.backend_properties(row.name))
        status = _said(queue, row.name, lambda client: client.backend_status(row.name))
        waiting = _count(status.get("pending_jobs", waiting))
        if status.get("operational") is False:  # in the list all the same
            state, why = DeviceState.OFFLINE, str(status.get("status_msg") or "not operational")
    online = state is DeviceState.ONLINE
    with queue._reading(row.name):
        at = properties.get("last_update_date")
        return DeviceStatus(
            name=row.name,
            state=state,
            reason="" if online else why[:200],
            queue=waiting,
            qubits=row.qubits,
            price=table.price(PLAN),
            price_of=listed_on("ibm", table.true_on),
            calibration_id=calibration_id(row.name, properties),
            calibrated_at=moment(at) if at else None,
        )


def _said(
    queue: IbmQueue, name: str, ask: Callable[[RuntimeClient], dict[str, Any]]
) -> dict[str, Any]:
    """What IBM says of a device; nothing where it has nothing."""
    found: dict[str, Any] = {}
    with queue._reading(name, fine=GONE):
        found = ask(queue.client) or {}
    if not isinstance(found, dict):
        raise BackendUnavailable(f"IBM said nothing of {name}")
    return found


def _count(value: Any) -> int | None:
    counts = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if counts else None
