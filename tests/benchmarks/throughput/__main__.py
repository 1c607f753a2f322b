"""``python -m tests.benchmarks.throughput jobs sqlite`` prints the ratios of each round."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.benchmarks.sweep import POINTS, SOURCE, STEPS, SYSTEM
from tests.benchmarks.throughput.backend import BACKENDS
from tests.benchmarks.throughput.plant import Plant
from tests.faults.embedded import DATABASES, Embedded, embedded

Ratios = dict[str, float]
MESSAGES, JOBS = 1000, 200
ON_SQLITE, ON_POSTGRES = 2, 4
"""Processes, as `qtwin serve` starts them on two cores, and `infra/compose` for jobs."""
LONG_JOBS, LONG = 6, 1000
ZEROS: dict[str, Any] = {"name": "zeros", "role": "reference", "backend": "zeros", "method": "none"}
IN_PROCESS = "tests.benchmarks.throughput.node"
SANDBOXED = "tests.benchmarks.throughput.sandboxed"


def jobs(parts: Embedded, rounds: int) -> Iterator[Ratios]:
    """Jobs that compute nothing, and points of long ones, per message of raw Celery."""
    processes = ON_POSTGRES if parts.postgres else ON_SQLITE
    plant = Plant(parts, system=SYSTEM, source=ZEROS, app=IN_PROCESS, processes=processes)
    long = np.linspace(0.3, 2.5, LONG)[:, None].tolist()
    plant.jobs(4, points=long[:1])
    for _ in range(rounds):
        raw = plant.messages(MESSAGES)
        yield {
            "raw": raw,
            "jobs": plant.jobs(JOBS, points=long[:1]) / raw,
            "points": plant.jobs(LONG_JOBS, points=long) * LONG / raw,
        }


def sweep(parts: Embedded, rounds: int) -> Iterator[Ratios]:
    """A sweep as one job, and as one job for each of its points, by a worker with a sandbox."""
    plant = Plant(parts, system=SYSTEM, source=SOURCE, app=SANDBOXED, processes=1)
    points, asked = POINTS.tolist(), {"knobs": {"trotter_steps": STEPS}}
    plant.queue([points[:2], points[2:3]], **asked)
    for _ in range(rounds):
        whole = plant.queue([points], **asked)
        apart = plant.queue([[point] for point in points], **asked) / len(points)
        yield {"whole": whole / apart}


WHAT = {"jobs": jobs, "sweep": sweep}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("database", choices=DATABASES)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with embedded(given.database, backends=BACKENDS) as parts:
        print(json.dumps(list(WHAT[given.what](parts, given.rounds))))  # noqa: T201 - the output


if __name__ == "__main__":
    main()
