"""Each file of benchmarks in a process of its own, beside no other's engines, threads or memory."""

from __future__ import annotations

import multiprocessing
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.benchmarks.bars.keeper import Keeper, place_of
from tests.benchmarks.bars.record import Record

CONTEXT = multiprocessing.get_context("spawn")


def measure(tests: str, options: Sequence[str], record: Record) -> int:
    """Run the tests of a file, or one of them, and take over what they found.

    Returns:
        The status of pytest; that of a process which did not end by itself is negative.
    """
    with TemporaryDirectory(prefix="qtwin-bench-") as folder:
        kept = Path(folder, "record")
        process = CONTEXT.Process(target=_measure, args=(tests, options, record, kept))
        process.start()
        process.join()
        if kept.exists():
            record.take(pickle.loads(kept.read_bytes()))
    status = int(process.exitcode or 0)
    if status < 0:
        record.ended(place_of(tests), f"its process ended with signal {-status}")
    return status


def _measure(tests: str, options: Sequence[str], record: Record, kept: Path) -> None:
    def save() -> None:
        kept.write_bytes(pickle.dumps(record))

    status = pytest.main(["-s", "-q", tests, *options], plugins=[Keeper(record, save)])
    save()
    sys.exit(int(status))
