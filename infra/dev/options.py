"""Options of ``make run``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from qtwin.serve import options

ROOT = Path(__file__).resolve().parents[2]


def parse(arguments: Sequence[str]) -> options.Options:
    """Read the command line; ends the program with status 2 and a sentence when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="make run ARGS=…", description="Start QTwin on this machine and run its demo."
    )
    options.add(parser)
    return options.chosen(parser, parser.parse_args(arguments), data_dir=ROOT / ".qtwin")
