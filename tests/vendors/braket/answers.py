"""What the vendor answers, by operation."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.vendors.braket.books import ENDED, Post, Task, TokenReused
from tests.vendors.braket.bytes_of import scattered
from tests.vendors.braket.running import ran

if TYPE_CHECKING:
    from tests.vendors.braket.server import BraketVendor

__all__ = ["REFUSALS", "Post", "create", "read", "refusal"]

Answer = tuple[int, dict[str, str], bytes]
REFUSALS = {
    "busy": ("ThrottlingException", 429, "rate exceeded"),
    "quota": ("ServiceQuotaExceededException", 402, "too many tasks"),
    "offline": ("DeviceOfflineException", 424, "the device is offline"),
    "retired": ("DeviceRetiredException", 410, "the device is retired"),
    "rejected": ("ValidationException", 400, "qubit 3 is not connected"),
    "credential": ("AccessDeniedException", 403, "not authorised"),
    "away": ("InternalServiceException", 503, "try again"),
}
PAGE = 2


def refusal(code: str, status: int, message: str) -> Answer:
    """An error as AWS writes it."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return status, headers, json.dumps({"message": message}).encode()


def _json(document: Any, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


def create(vendor: BraketVendor, request: dict[str, Any], region: str) -> tuple[Answer, str | None]:
    """Make a task; with its ARN if there is one."""
    capabilities = vendor.devices.get(request["deviceArn"])
    if capabilities is None:
        return refusal("ResourceNotFoundException", 404, "no such device"), None
    action = json.loads(request["action"])
    if action["braketSchemaHeader"]["name"] not in capabilities["action"]:
        return refusal("ValidationException", 400, "the device takes no such action"), None
    if not request.get("tags") or not request["outputS3Bucket"]:
        return refusal("ValidationException", 400, "no bucket, or no tag"), None
    price = capabilities["service"]["deviceCost"]
    try:
        task = vendor.books.create(request, region, price)
    except TokenReused as error:
        return refusal("ConflictException", 409, f"token {error} with another task"), None
    arn = task.view["quantumTaskArn"]
    return _json({"quantumTaskArn": arn}, 201), arn


def read(vendor: BraketVendor, verb: str, path: str, body: bytes, region: str) -> Answer:
    """Everything that makes nothing."""
    if path.startswith("/device/"):
        return _device(vendor, path.removeprefix("/device/"))
    if path == "/quantum-tasks":
        return _list(vendor, json.loads(body), region)
    if path == "/spending-limits":
        return _json({"spendingLimits": vendor.limits})
    if path.startswith("/quantum-task/"):
        name = path.removeprefix("/quantum-task/")
        return _task(vendor, name.removesuffix("/cancel"), cancel=verb == "PUT")
    return _object(vendor, path.lstrip("/"))


def _device(vendor: BraketVendor, arn: str) -> Answer:
    if arn not in vendor.devices:
        return refusal("ResourceNotFoundException", 404, "no such device")
    return _json(
        {
            "deviceArn": arn,
            "deviceName": arn.rsplit("/", 1)[1],
            "providerName": arn.rsplit("/", 2)[1],
            "deviceType": "QPU",
            "deviceStatus": vendor.status.get(arn, "ONLINE"),
            "deviceCapabilities": json.dumps(vendor.devices[arn]),
            "deviceQueueInfo": [
                {"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "3", "queuePriority": "Normal"}
            ],
        }
    )


def _list(vendor: BraketVendor, asked: dict[str, Any], region: str) -> Answer:
    (created,) = asked["filters"]
    assert (created["name"], created["operator"]) == ("createdAt", "GTE")
    since = datetime.fromisoformat(created["values"][0])
    shown = [
        task.view
        for task in vendor.books.tasks.values()
        if task.view["quantumTaskArn"].split(":")[3] == region
        and datetime.fromisoformat(task.view["createdAt"]) >= since
        and time.monotonic() - task.made >= vendor.lag_s
    ]
    first = int(asked.get("nextToken", 0))
    page = {"quantumTasks": shown[first : first + PAGE]}
    return _json(page | ({"nextToken": str(first + PAGE)} if shown[first + PAGE :] else {}))


def _task(vendor: BraketVendor, arn: str, *, cancel: bool) -> Answer:
    task = vendor.books.tasks.get(arn)
    if task is None or vendor.forgets:
        return refusal("ResourceNotFoundException", 404, "no such task")
    if not cancel:
        return _json(task.view | ({"status": vendor.word} if vendor.word else {}))
    if task.view["status"] in ENDED:
        return refusal("ConflictException", 409, "the task has ended")
    task.view["status"] = "CANCELLED"
    return _json({"quantumTaskArn": arn, "cancellationStatus": "CANCELLING"})


def _object(vendor: BraketVendor, key: str) -> Answer:
    given = None
    for task in vendor.books.tasks.values():
        folder = f"{task.view['outputS3Bucket']}/{task.view['outputS3Directory']}/"
        if key.startswith(folder) and task.view["status"] == "COMPLETED":
            given = _part(vendor, task, key.removeprefix(folder))
    if given is None or (vendor.once_only and key in vendor.read):
        headers = {"Content-Type": "application/xml"}
        return 404, headers, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
    vendor.read.add(key)
    return 200, {"Content-Type": "application/json"}, given


def _part(vendor: BraketVendor, task: Task, path: str) -> bytes | None:
    task.result = task.result or ran(task.request, task.view)
    data = vendor.changed(task.result)
    if data is None or not vendor.scattered:
        return data if path == "results.json" else None
    return scattered(data).get(path)
