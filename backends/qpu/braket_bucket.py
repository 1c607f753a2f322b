"""Copying a result out of the team's bucket, at once and whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from backends import remote
from backends.errors import BackendUnavailable
from backends.qpu.braket_payload import RESULT, text

PATIENCE = timedelta(hours=1)
"""How long after its end a task's result may be missing before it counts as deleted."""
CHUNK = 2**20
MOST_OBJECTS = 1000


class Gone(Exception):
    """A part of the result is not there; says which."""


class TooLarge(Exception):
    """The result is not to be copied whole; says why.

    Attributes:
        data: What was copied.
    """

    def __init__(self, why: str, data: bytes = b"") -> None:
        super().__init__(why)
        self.data = data


def copied(client: Any, task: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """Every object of a task's result, and what is wrong with the rest of it.

    A program set's result may name further objects, which may name further ones.

    Args:
        client: Of S3, by boto.
        task: As GetQuantumTask gives it, completed.

    Raises:
        BackendUnavailable: It is not there yet.
    """
    objects: dict[str, str] = {}
    left = [RESULT]
    while left:
        path = left.pop()
        try:
            room = remote.MOST_PAYLOAD_BYTES - sum(map(len, objects.values()))
            if len(objects) >= MOST_OBJECTS:
                raise TooLarge(f"the result has more than {MOST_OBJECTS} objects")
            objects[path] = text(_read(client, task, path, room))
        except TooLarge as large:
            return {**objects, path: text(large.data)}, str(large)
        except Gone as gone:
            if _fresh(task):
                raise BackendUnavailable(f"{gone} yet") from None
            return objects, str(gone)
        left += [further for further in _named(path, objects[path]) if further not in objects]
    return objects, ""


def _read(client: Any, task: Mapping[str, Any], path: str, room: int) -> bytes:
    key = f"{task['outputS3Directory']}/{path}"
    try:
        body = client.get_object(Bucket=task["outputS3Bucket"], Key=key)["Body"]
    except client.exceptions.NoSuchKey:
        raise Gone(f"the bucket has no {key}") from None
    data = bytearray()
    while chunk := body.read(CHUNK):
        data += chunk
        if len(data) > room:
            body.close()
            most = remote.MOST_PAYLOAD_BYTES
            raise TooLarge(f"the result is larger than {most} bytes", bytes(data[:room]))
    return bytes(data)


def _fresh(task: Mapping[str, Any]) -> bool:
    ended = task.get("endedAt")
    return isinstance(ended, datetime) and datetime.now(UTC) - ended < PATIENCE


def _named(path: str, found: str) -> list[str]:
    """Paths of the objects that one names, relative to the task's folder."""
    try:
        document = json.loads(found)
    except ValueError:
        return []
    if not isinstance(document, dict):
        return []
    folder = path.removesuffix(RESULT)
    named = [document.get("taskMetadata")]
    for entries in (document.get("programResults"), document.get("executableResults")):
        named += entries if isinstance(entries, list) else []
    return [folder + name for name in named if isinstance(name, str) and ".." not in name]
