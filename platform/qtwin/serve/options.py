"""Options of the runner."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from qtwin.niceness import BEHIND_WEB

DEFAULT_PORT = 8000
DEMOS = ("h2", "ising", "rydberg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        demos: Those to seed and run, in order.
        port: None lets the runner choose a free one.
        nice: How far what computes steps back for the web process.
    """

    once: bool
    as_json: bool
    demos: tuple[str, ...]
    port: int | None
    data_dir: Path
    workers: int
    nice: int


def add(parser: argparse.ArgumentParser) -> None:
    """Add them to a parser; none is set in what it reads unless it was given."""
    parser.add_argument("--once", action="store_true", help="run the demo to its end and exit")
    parser.add_argument("--json", action="store_true", help="with --once: the report as JSON")
    parser.add_argument(
        "--demo",
        choices=DEMOS,
        help=f"run this demo only ({DEMOS[0]} with --once, otherwise all)",
    )
    parser.add_argument(
        "--port", type=_port, metavar="N", help=f"port of the web page ({DEFAULT_PORT})"
    )
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where data is kept (.qtwin)")
    parser.add_argument(
        "--workers", type=_workers, metavar="N", help="worker processes (one per core, up to 4)"
    )
    parser.add_argument(
        "--nice",
        type=_nice,
        metavar="N",
        help=f"how far workers step back for the web process, 0 to 19 ({BEHIND_WEB})",
    )


def chosen(
    parser: argparse.ArgumentParser, given: argparse.Namespace, *, data_dir: Path
) -> Options:
    """The options of a read command line; ends the program with status 2 when they are wrong.

    Args:
        data_dir: Where data is kept unless that was given.
    """
    if given.json and not given.once:
        parser.error("--json goes with --once")
    return Options(
        once=given.once,
        as_json=given.json,
        demos=_demos(given.demo, once=given.once),
        port=given.port or (None if given.once else DEFAULT_PORT),
        data_dir=(given.data_dir or data_dir).expanduser().absolute(),
        workers=given.workers or default_workers(),
        nice=BEHIND_WEB if given.nice is None else given.nice,
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


def _nice(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 19:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 0 to 19")
    return int(text)
