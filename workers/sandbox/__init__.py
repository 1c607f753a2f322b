"""Runs one chunk of an experiment in a limited child process.

A warm, single-threaded *zygote* process (`workers.sandbox.server`) imports the SDKs once and forks
a child per chunk (`workers.sandbox.child`), so that a chunk costs milliseconds, not the seconds of
an import. `Sandbox` is the parent's side. Only JSON crosses the boundary.
"""

from workers.sandbox.box import Sandbox, shared
from workers.sandbox.values import (
    Cancelled,
    ChunkRequest,
    Crashed,
    Finished,
    Isolation,
    Limits,
    Outcome,
    Rejected,
    Unavailable,
)

__all__ = [
    "Cancelled",
    "ChunkRequest",
    "Crashed",
    "Finished",
    "Isolation",
    "Limits",
    "Outcome",
    "Rejected",
    "Sandbox",
    "Unavailable",
    "shared",
]
