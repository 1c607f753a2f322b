"""What a chaos run consists of."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.faults.chaos.points import BEFORE_POST, NOT_CREATED
from tests.faults.vendor.faults import Rates

LEASE_S = 2
PAUSE_S = 9.0
"""Longer than the lease, the client's timeout and the lag of lists together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One run of many jobs on one database and one vendor.

    Attributes:
        nodes: How many worker nodes run; only the first stands still now and then.
        kills: Whether nodes, sweeper, broker and PostgreSQL are killed from outside.
        crash: Probability that a worker dies at one of its points.
        pause: Probability that it stands still at one of them, where it may.
        sleep: Probability that it stands still at ``sleep_at``.
        limit_s: When nothing is waited for any longer.
        twin: Whether the twin is fitted at the end, and told.
        chaos_s: When kills, crashes and pauses stop.
    """

    database: str = "sqlite"
    jobs: int = 200
    tags_only: bool = False
    nodes: int = 2
    kills: bool = True
    crash: float = 0.006
    pause: float = 0.002
    sleep: float = 0.06
    sleep_at: str = BEFORE_POST
    mutant: str = ""
    limit_s: float = 220.0
    chaos_s: float = 45.0
    twin: bool = False
    rates: Rates = field(default_factory=Rates)


LATE = Rates(late_bill=0.3, bill_lag_s=3.0)
"""As bad as ever, and the bill of every third task changes after its end."""
CALM = Rates.calm(shortest_s=0.1, longest_s=0.5)
DOUBTFUL = Rates.calm(busy=0.4, error_after=0.5, lag_s=1.0, shortest_s=0.1, longest_s=0.5)
"""Refuses for certain, or makes a task and says nothing."""
FORGETFUL = Rates.calm(drop_after=0.4, lag_s=1.0, shortest_s=0.1, longest_s=0.5)
"""Makes a task and says nothing, so that every second post is repeated."""
SCENARIOS = {
    "sqlite": Scenario(),
    "postgres": Scenario(database="postgres", jobs=120, chaos_s=35.0, rates=LATE),
    "tags-only": Scenario(tags_only=True, jobs=60, kills=False, crash=0.0, sleep=0.1, chaos_s=20.0),
    "calm": Scenario(jobs=30, kills=False, crash=0.0, pause=0.0, sleep=0.0, twin=True, rates=CALM),
    "chaotic": Scenario(jobs=30, twin=True, chaos_s=15.0, crash=0.01),
    "short": Scenario(jobs=20, chaos_s=8.0, crash=0.01, rates=LATE),
    "short_mutant": Scenario(
        mutant="fresh_token", jobs=20, nodes=1, kills=False, crash=0.0, rates=FORGETFUL
    ),
    "fresh_token": Scenario(mutant="fresh_token", jobs=40, chaos_s=12.0),
    "no_fence": Scenario(
        mutant="no_fence",
        jobs=30,
        kills=False,
        crash=0.0,
        pause=0.0,
        sleep=0.8,
        sleep_at=NOT_CREATED,
        chaos_s=25.0,
        limit_s=40.0,
        rates=DOUBTFUL,
    ),
    "automatic_resubmission": Scenario(
        mutant="automatic_resubmission",
        tags_only=True,
        jobs=40,
        kills=False,
        crash=0.0,
        sleep=0.3,
        chaos_s=22.0,
    ),
}
