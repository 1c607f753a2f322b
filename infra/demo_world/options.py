"""Options of the demo, and how much it computes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qtwin.worlds.calibration import FULL, QUICK, Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        folder: Where the data of the demo project are kept; None for a folder that is removed.
        evaluations: Of the goal and its gradient, of each training.
        members: Draws that a randomised training sees.
        draws: Of the randomised stage.
        days: On which each policy meets the machine.
        episodes: Of the evolution strategy.
    """

    as_json: bool
    quick: bool
    folder: Path | None
    workers: int
    evaluations: int = 40
    members: int = 12
    draws: int = 256
    days: int = 5
    episodes: int = 1000

    @property
    def effort(self) -> Effort:
        """Of the calibration."""
        return QUICK if self.quick else FULL


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; ends the program with status 2 and a sentence when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="make demo-world ARGS=…",
        description="Learn a machine from its data, train schedules in its world, transfer them.",
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--quick", action="store_true", help="two seeds, no comparison: a trial")
    parser.add_argument("--data-dir", type=Path, help="keep the demo project's data there")
    parser.add_argument("--workers", type=int, default=2, choices=range(1, 9), help="processes (2)")
    given = parser.parse_args(arguments)
    folder = given.data_dir.expanduser().absolute() if given.data_dir else None
    less = {"evaluations": 6, "members": 3, "draws": 16, "days": 1, "episodes": 60}
    return Options(
        as_json=given.json,
        quick=given.quick,
        folder=folder,
        workers=given.workers,
        **(less if given.quick else {}),
    )
