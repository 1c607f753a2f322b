"""What was asked of the vendor, what it made of it, and what it charges."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.vendors.braket.devices import TASK_FEE

ACCOUNT = "123456789012"
ENDED = {"COMPLETED", "FAILED", "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Post:
    """One POST of a task that reached the vendor's socket."""

    token: str
    fate: str
    arn: str | None


@dataclass
class Task:
    """A task.

    Attributes:
        view: As GetQuantumTask gives it.
        request: As it was posted.
        result: Its ``results.json``, once somebody asked for it.
    """

    view: dict[str, Any]
    request: dict[str, Any]
    price: dict[str, Any]
    made: float = field(default_factory=time.monotonic)
    result: bytes = b""

    @property
    def token(self) -> str:
        return str(self.request["clientToken"])

    @property
    def cost(self) -> int:
        """Micro-USD: the fee and the shots of a QPU, or five seconds of a simulator."""
        if self.view["status"] != "COMPLETED" or self.view.get("associations"):
            return 0
        price = round(float(self.price["price"]) * 1_000_000)
        if self.price["unit"] == "minute":
            return -(-price * 5 // 60)
        return TASK_FEE + price * int(self.request["shots"])


class TokenReused(Exception):
    """The token came before, with another body."""


class Books:
    """Every post and every task, for ever."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.posts: list[Post] = []
        self.tasks: dict[str, Task] = {}

    def create(self, request: dict[str, Any], region: str, price: dict[str, Any]) -> Task:
        """Make a task, or give the one that the token made before.

        Raises:
            TokenReused: It came with another body then.
        """
        with self.lock:
            for task in self.tasks.values():
                if task.token == request["clientToken"]:
                    if task.request != request:
                        raise TokenReused(task.token)
                    return task
            name = str(uuid4())
            arn = f"arn:aws:braket:{region}:{ACCOUNT}:quantum-task/{name}"
            view = {
                "quantumTaskArn": arn,
                "status": "QUEUED",
                "deviceArn": request["deviceArn"],
                "deviceParameters": "{}",
                "shots": request["shots"],
                "outputS3Bucket": request["outputS3Bucket"],
                "outputS3Directory": f"{request['outputS3KeyPrefix']}/{name}",
                "createdAt": stamp(),
                "tags": request.get("tags", {}),
                "associations": request.get("associations", []),
                "actionMetadata": {"actionType": _kind(request)},
                "queueInfo": {
                    "queue": "QUANTUM_TASKS_QUEUE",
                    "position": "2",
                    "queuePriority": "Normal",
                },
            }
            self.tasks[arn] = Task(view=view, request=request, price=price)
            return self.tasks[arn]

    @property
    def bill(self) -> int:
        """Micro-USD of everything."""
        return sum(task.cost for task in self.tasks.values())

    def end(self, status: str = "COMPLETED", *, reason: str = "") -> None:
        """End every task that has not ended."""
        with self.lock:
            for task in self.tasks.values():
                if task.view["status"] not in ENDED:
                    task.view |= {"status": status, "endedAt": stamp()}
                    task.view |= {"failureReason": reason} if reason else {}


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _kind(request: dict[str, Any]) -> str:
    return str(json.loads(request["action"])["braketSchemaHeader"]["name"])
