"""``make bench-twin``: the twin against its bars and against other models."""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.twin.bars import judge
from tests.benchmarks.twin.design import read_designs
from tests.benchmarks.twin.external import interpreter
from tests.benchmarks.twin.methods import LIBRARIES, METHODS
from tests.benchmarks.twin.report import document, table
from tests.benchmarks.twin.run import run, tasks
from tests.benchmarks.twin.summary import summarise


def _options(cases: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-twin ARGS=…", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=cases, default=cases, metavar="CASE")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), metavar="METHOD")
    parser.add_argument("--seeds", type=int, default=0, help="at most this many seeds of a case")
    parser.add_argument("--quick", action="store_true", help="few seeds: minutes, rough figures")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    return parser.parse_args()


def main() -> int:
    designs = read_designs()
    options = _options(list(designs))
    methods = options.methods or _installed()
    wanted = {case: design for case, design in designs.items() if case in options.cases}
    todo = tasks(list(wanted.values()), methods, options.seeds, options.quick)
    outcomes = []
    for outcome in run(todo, options.processes):
        outcomes.append(outcome)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(outcomes)} of {len(todo)} runs \b")
    found = summarise(outcomes)
    bars = judge(wanted, found)
    sys.stdout.write(document(found, bars) if options.json else table(wanted, found, bars))
    return int(options.strict and not all(bar.held for bar in bars))


def _installed() -> list[str]:
    """All methods, without the libraries where they are not installed."""
    if interpreter().exists():
        return list(METHODS)
    sys.stderr.write(f"{', '.join(LIBRARIES)} left out: `make bench-libraries` installs them\n")
    return [name for name in METHODS if name not in LIBRARIES]


if __name__ == "__main__":
    sys.exit(main())
