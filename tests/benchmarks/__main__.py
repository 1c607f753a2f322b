"""``make bench``: runs the benchmarks and prints every bar as one table; JSON beside it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.bars import machine, report
from tests.benchmarks.bars.alone import measure
from tests.benchmarks.bars.earlier import Unlike, earlier
from tests.benchmarks.bars.record import Record, Verdict

HERE = Path(__file__).parent
FULL = "QTWIN_BENCH_FULL"
RAN = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}


def main() -> int:
    given, rest = _options()
    if given.full:
        os.environ[FULL] = "1"
    facts: dict[str, Any] = {
        "commit": machine.commit(),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "arguments": sys.argv[1:],
        "machine": machine.machine(),
        "versions": machine.versions(),
    }
    began, record = time.monotonic(), Record(strict=False)
    if given.go_on:
        try:
            rows, facts["earlier"] = earlier(given.json, facts)
        except Unlike as unlike:
            sys.stderr.write(f"--go-on: {unlike}\n")
            return 2
        record.go_on(rows)

    def save() -> None:
        facts["seconds"] = time.monotonic() - began
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(report.document(record.rows(), facts), indent=1) + "\n")

    options = [one for one in rest if not _names_tests(one)]
    status = 0
    for tests in _tests(one for one in rest if _names_tests(one)):
        ended = measure(tests, options, record)
        status = status or (ended if ended not in RAN else 0)
        save()
    for test in [] if given.once else record.unsteady():
        second = Record(strict=False)
        measure(str(HERE / test), options, second)
        record.look_again(second)
        save()
    rows = list(record.rows())
    sys.stdout.write(report.table(rows, facts) + f"{given.json}\n")
    if status:
        return status
    return int(given.strict and any(row.verdict is not Verdict.HELD for row in rows))


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=…",
        description=__doc__,
        epilog="What else is given goes to pytest: -k sweep, or a file of tests/benchmarks.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit 1 unless every bar was measured and held"
    )
    parser.add_argument(
        "--go-on", action="store_true", help="measure only what the JSON file has not; same commit"
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="look at no missed bar again",
    )
    parser.add_argument("--full", action="store_true", help="the twin's cases with all seeds")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    return parser.parse_known_args()


def _names_tests(given: str) -> bool:
    """Whether something that is meant for pytest is a file or folder, or a test in one."""
    path = Path(given.partition("::")[0])
    return given.startswith(("tests/", "/")) and path.exists()


def _tests(named: Iterable[str]) -> Iterator[str]:
    """Files one by one; all of them when none is named."""
    for one in list(named) or [str(HERE)]:
        if Path(one).is_dir():
            yield from map(str, sorted(Path(one).rglob("test_*.py")))
        else:
            yield one


if __name__ == "__main__":
    sys.exit(main())
