"""Options of the runner."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
DEMOS = ("h2", "ising", "rydberg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        demos: Those to seed and run, in order.
        port: None lets the runner choose a free one.
    """

    once: bool
    as_json: bool
    demos: tuple[str, ...]
    port: int | None
    data_dir: Path
    workers: int


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; ends the program with status 2 and a sentence when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="make run ARGS=…", description="Start QTwin on this machine and run its demo."
    )
    parser.add_argument("--once", action="store_true", help="run the demo to its end and exit")
    parser.add_argument("--json", action="store_true", help="with --once: the report as JSON")
    parser.add_argument(
        "--demo",
        choices=DEMOS,
        help=f"run this demo only ({DEMOS[0]} with --once, otherwise all)",
    )
    parser.add_argument("--port", type=_port, help=f"port of the web page ({DEFAULT_PORT})")
    parser.add_argument("--data-dir", type=Path, default=ROOT / ".qtwin", help="where data is kept")
    parser.add_argument("--workers", type=_workers, help="worker processes (one per core, up to 4)")
    given = parser.parse_args(arguments)
    if given.json and not given.once:
        parser.error("--json goes with --once")
    return Options(
        once=given.once,
        as_json=given.json,
        demos=_demos(given.demo, once=given.once),
        port=given.port or (None if given.once else DEFAULT_PORT),
        data_dir=given.data_dir.expanduser().absolute(),
        workers=given.workers or default_workers(),
    )


def _demos(named: str | None, *, once: bool) -> tuple[str, ...]:
    if named:
        return (named,)
    return DEMOS[:1] if once else DEMOS


def default_workers() -> int:
    return max(2, min(4, os.cpu_count() or 1))


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; allowed: 1 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} workers; allowed: 1 to 64")
    return int(text)
