"""A short version of ``make faults``: twenty jobs are safe, and a mutant is caught."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.faults.proof import ALL, MUTANT, Check, Outcome, survives


def test_twenty_jobs_survive_and_a_mutant_does_not() -> None:
    checks = [
        Check("20 jobs on SQLite, everything killed", "short", ALL),
        Check("mutant: a fresh token for each post", "short_mutant", MUTANT, survives),
    ]
    with ThreadPoolExecutor(len(checks)) as pool:
        outcomes: list[Outcome] = list(pool.map(Check.run, checks))
    report = "\n".join(line for outcome in outcomes for line in outcome.lines())
    print(report)  # noqa: T201 - seeds and figures, shown when it fails
    assert not any(outcome.wrong for outcome in outcomes), report
