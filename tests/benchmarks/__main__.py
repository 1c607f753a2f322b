"""``make bench``: runs the benchmarks and prints every bar as one table; JSON beside it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.bars import machine, report
from tests.benchmarks.bars.earlier import Unlike, earlier
from tests.benchmarks.bars.keeper import Keeper
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

    chosen = [] if _names_tests(rest) else [str(HERE)]
    status = pytest.main(["-s", "-q", *chosen, *rest], plugins=[Keeper(record, save)])
    save()
    rows = list(record.rows())
    sys.stdout.write(report.table(rows, facts) + f"{given.json}\n")
    if status not in RAN:
        return int(status)
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
    parser.add_argument("--full", action="store_true", help="the twin's cases with all seeds")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    return parser.parse_known_args()


def _names_tests(rest: list[str]) -> bool:
    """Whether there is a file or folder among what pytest is given."""
    paths = (Path(one.partition("::")[0]) for one in rest if one.startswith(("tests/", "/")))
    return any(path.exists() for path in paths)


if __name__ == "__main__":
    sys.exit(main())
