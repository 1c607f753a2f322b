"""The row, the vendor and the workers of the model, and what must always hold of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

IDLE = ("idle", False, "", 0)
"""A worker: what it does next, whether its fence is the row's, the token it sends, the run it heard
of. Which number a fence has does not matter, so worlds that differ in it only are one."""

Worker = tuple[str, bool, str, int]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The protocol; each default is what makes it safe.

    Attributes:
        tokens: The vendor recognises a token that it has seen.
        stable_token: Repetitions carry the token of the intent.
        fence: Every UPDATE checks the fence.
        intent: The intent is committed before anything is sent.
        doubt: A repetition that is refused proves nothing about the try before it.
        resume: Whoever takes over a job that was being submitted goes on with it.
        resubmit: Submit anew without a person when nothing is found.
        releases: How often a person lets go of a HOLD.
        quarantine: A release waits until no request can be on its way any more.
        heed: What is turned off begins nothing, and repeats nothing.
        switches: How often a person turns the backend, or what costs money, off.
        crashes: How many workers are killed.
        naps: How many leases run out while their worker goes on.
        losses: How many requests or answers are lost, or refused.
    """

    tokens: bool = True
    stable_token: bool = True
    fence: bool = True
    intent: bool = True
    doubt: bool = True
    resume: bool = True
    resubmit: bool = False
    releases: int = 0
    quarantine: bool = True
    heed: bool = True
    switches: int = 0
    crashes: int = 1
    naps: int = 2
    losses: int = 2


class World(NamedTuple):
    """The row, the vendor, the workers, and what may still go wrong."""

    state: str = "QUEUED"
    epoch: int = 0
    holder: int = -1
    remote: int = 0
    settled: int = 0
    cancel: bool = False
    release: bool = False
    runs: tuple[tuple[str, str], ...] = ()  # token, status
    listed: int = 0
    sent: int = 0
    workers: tuple[Worker, Worker] = (IDLE, IDLE)
    crashes: int = 0
    naps: int = 0
    losses: int = 0
    releases: int = 0
    off: bool = False
    switches: int = 0
    defied: bool = False


def live(world: World) -> list[tuple[str, str]]:
    """Runs that the vendor charges."""
    return [run for run in world.runs if run[1] != "cancelled"]


def violations(world: World) -> Iterator[str]:
    """Names of the invariants that do not hold."""
    charged = len(live(world))
    if charged > 1:
        yield "bought twice"
    if world.settled > 1:
        yield "settled twice"
    if world.state == "DONE" and (world.settled, charged) != (1, 1):
        yield "done, and spent is not the bill"
    if world.state == "CANCELLED" and charged:
        yield "cancelled, and charged"
    if world.runs and world.state == "QUEUED" and world.epoch == 0:
        yield "sent before the intent"
    if world.defied:
        yield "sent while it is off"


def with_worker(world: World, me: int, worker: Worker) -> World:
    workers = (worker, world.workers[1]) if me == 0 else (world.workers[0], worker)
    return world._replace(workers=workers)
