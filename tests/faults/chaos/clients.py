"""Vendors' real clients against loopback servers that lose answers: posts counted at the socket."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backends.errors import BackendError, NotCreated, OutcomeUnknown
from tests.contract.remote.asking import submit, token_of
from tests.contract.remote.fault import BOUGHT, SUBMISSION, Fault
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.vendor import Vendor
from tests.contract.remote.vendors import VENDORS

MEANT: dict[Fault | None, type[BackendError] | None] = {
    None: None,
    Fault.BUSY: NotCreated,
    **dict.fromkeys(SUBMISSION, OutcomeUnknown),
}
"""How a submission ends under each fault."""


def run(seed: int) -> dict[str, Any]:
    """How many submissions were made, and how many posts and runs the vendors saw."""
    submissions = posts = runs = 0
    problems: list[str] = []
    for kind in VENDORS:
        with _started(kind) as vendor:
            for number, fault in enumerate(f for f in MEANT if f in {None, *kind.faults()}):
                problems += _one(vendor, fault, token_of(part=number))
                submissions += 1
            posts += len(vendor.posts)
            runs += len(vendor.runs)
    return {
        "seed": seed,
        "clients": [kind.title for kind in VENDORS],
        "submissions": submissions,
        "posts": posts,
        "runs": runs,
        "problems": problems,
    }


def by_mutant(seed: int) -> dict[str, Any]:
    """IBM's client with the adapters that it comes with, which repeat a post on 500."""
    from backends.qpu.ibm_wire import Wire

    Wire.mount_on = lambda *_: None  # type: ignore[method-assign]  # the mutant
    with _started(Ibm) as vendor:
        _one(vendor, Fault.ERROR_AFTER, token_of())
        return {"seed": seed, "posts": len(vendor.posts), "duplicates": len(vendor.runs) - 1}


@contextmanager
def _started(kind: type[Vendor]) -> Iterator[Vendor]:
    with (
        tempfile.TemporaryDirectory() as folder,
        kind.started(Path(folder), os.environ.__setitem__) as vendor,
    ):
        yield vendor


def _one(vendor: Vendor, fault: Fault | None, token: str) -> list[str]:
    """What is wrong with one submission."""
    vendor.switch(*([fault] if fault else []))
    before, ended = len(vendor.runs), None
    try:
        submit(vendor, token)
    except BackendError as error:
        ended = type(error)
    mine = [post for post in vendor.posts if post.token == token]
    bought = len(vendor.runs) - before
    what = f"{vendor.title}, {fault.name if fault else 'no fault'}"
    wrong = [] if len(mine) == 1 else [f"{what}: {len(mine)} posts"]
    wrong += [] if ended is MEANT[fault] else [f"{what}: ended with {ended}"]
    wrong += [] if bought == (fault is None or fault in BOUGHT) else [f"{what}: {bought} runs"]
    return wrong
