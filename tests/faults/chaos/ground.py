"""Database, broker and vendor of one run, with the variables that its workers read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests import schema
from tests.faults.chaos.scenario import LEASE_S, Scenario
from tests.faults.embedded import Embedded, embedded
from tests.faults.vendor.backend import ADDRESS, BACKENDS, BILL_LAG_S, LAG_S
from tests.faults.vendor.start import Started, vendor

QUICK = {
    "QTWIN_JOB_LEASE_S": str(LEASE_S),
    "QTWIN_JOB_POLL_FIRST_S": "0.6",
    "QTWIN_JOB_POLL_LONGEST_S": "2",
    "QTWIN_JOB_RETRY_FIRST_S": "0.2",
    "QTWIN_JOB_RETRY_LONGEST_S": "1",
}


MARGIN_S = 0.5
"""Between the vendor's last word and our last look at a bill."""


@contextmanager
def ground(
    scenario: Scenario, seed: int, *, tables: Callable[[], None] = schema.make
) -> Iterator[tuple[Embedded, Started]]:
    """Start what a scenario needs, without workers."""
    rates = scenario.rates
    bill_lag_s = rates.bill_lag_s + MARGIN_S if rates.late_bill else 0.0
    env = {LAG_S: str(rates.lag_s), BILL_LAG_S: str(bill_lag_s), **QUICK}
    with embedded(scenario.database, backends=BACKENDS, env=env, tables=tables) as parts:
        chaos = {
            **{name: getattr(scenario, name) for name in DANGERS},
            "seed": seed,
            "log": str(parts.home / "chaos.log"),
            "calm": str(parts.home / "calm"),
        }
        with vendor(parts.home, scenario.rates, seed=seed, tags_only=scenario.tags_only) as sold:
            more = {ADDRESS: sold.address, "QTWIN_CHAOS": json.dumps(chaos)}
            os.environ.update(more)
            parts.supervisor.env.update(more)
            yield parts, sold


DANGERS = ("crash", "pause", "sleep", "sleep_at", "mutant")
