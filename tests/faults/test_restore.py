"""A whole installation is lost after its vendor was paid, and put back: nothing is bought again."""

from __future__ import annotations

import pytest

from tests.faults.proof import Check

pytestmark = pytest.mark.slow
SHOWN = ("in the backup", "posts before", "posts after", "spent", "charged")


@pytest.mark.parametrize(
    ("scenario", "title"),
    [
        ("restore-sqlite", "restored on SQLite, a vendor with tokens"),
        ("restore-postgres", "restored on PostgreSQL, a vendor without tokens"),
    ],
)
def test_what_was_bought_after_the_backup_is_paid_once(scenario: str, title: str) -> None:
    outcome = Check(title, scenario, SHOWN).run()
    report = "\n".join(outcome.lines())
    print(report)  # noqa: T201 - seeds and figures, shown when it fails
    assert not outcome.wrong, report
