"""``python -m tests.faults.chaos SCENARIO [--seed N]`` prints what one run found, as JSON."""

from __future__ import annotations

import argparse
import json
import secrets
from pkgutil import resolve_name

from tests.faults.chaos.run import run
from tests.faults.chaos.scenario import SCENARIOS

OTHERS = {
    "broker": "broker:run",
    "cancels": "cancels:run",
    "clients": "clients:run",
    "clients-mutant": "clients:by_mutant",
    "hosts": "hosts:run",
    "race-sqlite": "race:on_sqlite",
    "race-postgres": "race:on_postgres",
    "race-mutant": "race:by_mutant",
    "restore-sqlite": "restore:on_sqlite",
    "restore-postgres": "restore:on_postgres",
    "twins": "twins:run",
    "upgrade-sqlite": "upgrade:on_sqlite",
    "upgrade-postgres": "upgrade:on_postgres",
}
"""Loaded when wanted: some look at the registry, before a run has installed its backends."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=[*SCENARIOS, *OTHERS])
    parser.add_argument("--seed", type=int, default=secrets.randbits(31))
    given = parser.parse_args()
    if given.scenario in OTHERS:
        found = resolve_name(f"tests.faults.chaos.{OTHERS[given.scenario]}")(given.seed)
    else:
        found = run(SCENARIOS[given.scenario], given.seed)
    print(json.dumps(found))  # noqa: T201 - the output


if __name__ == "__main__":
    main()
