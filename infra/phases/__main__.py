"""``make demo-phases``: start QTwin, measure the Ising ring, compare classifiers of its phases."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qtwin.client import Client
from qtwin.serve import broker, folder, port, stack
from qtwin.serve.errors import CannotGoOn, CannotStart
from qtwin.serve.options import default_workers
from qtwin.serve.processes import Supervisor

TRANSITION, MARGIN = 1.0, 0.1
FIELDS = [round(0.05 * step, 4) for step in range(41)]
SHOTS = 400
RAMPS: dict[str, dict[str, Any]] = {
    "ramp-aer": {"seed": 31, "knobs": {"trotter_steps": 4}},
    "ramp-noisy": {"seed": 32, "knobs": {"trotter_steps": 2, "noise_gain": 1}},
}
"""Sources of the demo, ideal and noisy, and how they are run at the fields."""
READINGS = (2, 8)
"""Shots of a reading, in each basis."""


def main(arguments: Sequence[str]) -> int:
    """Run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make demo-phases ARGS=…", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the comparisons as JSON")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    states = set()
    try:
        with tempfile.TemporaryDirectory(prefix="qtwin-phases-") as data:
            for row in _compared(Path(data), given.seed):
                states.add(row.state)
                text = json.dumps(dict(row.document)) if given.json else f"{row}\n"
                print(text, flush=True)
    except (CannotStart, CannotGoOn) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if states == {"done"} else 1


def _compared(data: Path, seed: int) -> Iterator[Any]:
    """A comparison for each source and size of a reading."""
    with _running(data) as (address, seeded), Client(address, seeded["token"]) as client:
        project = client.project(seeded["demos"][0]["project"])
        jobs = [
            project.submit(
                source=source,
                points=[[field] for field in FIELDS],
                observables=["energy_per_site"],
                shots=SHOTS,
                **how,
            )
            for source, how in RAMPS.items()
        ]
        for job in jobs:
            job.wait(progress=True)
        for source in RAMPS:
            for shots in READINGS:
                _say(f"{source}, readings of {shots} shots …")
                yield project.classify(
                    TRANSITION, margin=MARGIN, sources=[source], shots=shots, seed=seed
                )


@contextmanager
def _running(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a running stack with the demo project, and what its seeding printed."""
    folder.prepare(data)
    chosen, queue = port.free(), broker.find(data)
    env = folder.environment(data, queue.url)
    supervisor = Supervisor(env=env, folder=data, say=_say)
    with folder.owned(data):
        try:
            _say("Starting QTwin …")
            stack.start_broker(supervisor, queue)
            seeded = stack.prepare_database(env, ["ising"])
            stack.start_platform(supervisor, port=chosen, workers=default_workers())
            yield f"http://{port.HOST}:{chosen}", seeded
        finally:
            supervisor.stop()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
