"""What goes into the sandbox and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backends.schema import Experiment, Result, RunOptions

GIB = 1 << 30
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRequest:
    """One call of `Backend.submit`."""

    backend: str
    experiment: Experiment
    options: RunOptions
    token: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "backend": self.backend,
            "experiment": self.experiment.to_dict(),
            "options": self.options.to_dict(),
            "token": self.token,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseRequest:
    """One call of `Backend.parse`, on bytes that nobody vouches for.

    Attributes:
        target: Of the backend as "module:Class", where the sandbox may not know its name.
    """

    backend: str
    experiment: Experiment
    options: RunOptions
    payload: bytes
    target: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All but the payload, which goes another way."""
        return {
            "backend": self.backend,
            "target": self.target,
            "experiment": self.experiment.to_dict(),
            "options": self.options.to_dict(),
            "payload": True,
        }


Request = ChunkRequest | ParseRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one chunk may use.

    Attributes:
        memory_bytes: Address space, which includes the libraries (about 1.5 GiB when all are warm).
        cpu_s: CPU seconds of the child process.
        wall_s: Seconds from the call to the answer.
        output_bytes: Size of the answer and of any file that the child writes.
        open_files: Open file descriptors.
    """

    memory_bytes: int = 4 * GIB
    cpu_s: float = 600.0
    wall_s: float = 900.0
    output_bytes: int = 64 * MIB
    open_files: int = 256

    def to_dict(self) -> dict[str, Any]:
        return {
            "memory_bytes": self.memory_bytes,
            "cpu_s": self.cpu_s,
            "output_bytes": self.output_bytes,
            "open_files": self.open_files,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What this kernel and this user's rights let the sandbox enforce.

    Attributes:
        network: The child has no network.
        processes: The child sees and reaches only processes of its sandbox, and all end with it;
            the platform's data folder and keys are out of its sight too.
    """

    network: bool
    processes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The backend answered."""

    result: Result
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The experiment can never run; `field` is a JSON pointer."""

    message: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """The payload cannot be read, and never will be.

    Attributes:
        message: Fit for a user.
        detail: A traceback. For the log only.
    """

    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Try again later."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """The child ended without an answer.

    Attributes:
        reason: ``memory``, ``cpu``, ``wall``, ``output``, ``exception``, ``signal N`` or
            ``exit N``.
        message: A sentence fit for a user: no paths, no values, no traceback.
        detail: A traceback if there is one. For the log only, never for a user.
    """

    reason: str
    message: str = ""
    detail: str = ""


HOPELESS = frozenset({"memory", "cpu", "wall", "output"})
"""Reasons of a crash that the same request would meet again."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller's tick asked to stop."""


Outcome = Finished | Rejected | Malformed | Unavailable | Crashed | Cancelled
