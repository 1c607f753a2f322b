"""Runs one chunk of an experiment, or reads a vendor's answer, in a limited child process.

A warm, single-threaded *zygote* process (`workers.sandbox.server`) imports the SDKs once and forks
a child per chunk (`workers.sandbox.child`), so that a chunk costs milliseconds, not the seconds of
an import. `Sandbox` is the parent's side. Only JSON crosses the
boundary, and the bytes of an answer.
"""

from workers.sandbox.box import Sandbox, shared
from workers.sandbox.values import (
    HOPELESS,
    Cancelled,
    ChunkRequest,
    Crashed,
    Finished,
    Isolation,
    Limits,
    Malformed,
    Outcome,
    ParseRequest,
    Rejected,
    Unavailable,
)

__all__ = [
    "HOPELESS",
    "Cancelled",
    "ChunkRequest",
    "Crashed",
    "Finished",
    "Isolation",
    "Limits",
    "Malformed",
    "Outcome",
    "ParseRequest",
    "Rejected",
    "Sandbox",
    "Unavailable",
    "shared",
]
