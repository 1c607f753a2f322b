"""The database is migrated under workers of the code before, beside which new ones start."""

from __future__ import annotations

import pytest

from tests.faults.proof import Check
from tests.upgrade import before

pytestmark = pytest.mark.slow
SHOWN = (
    *("migrations", "migrated in", "attempts by old code on the new schema", "jobs", "states"),
    *("spent", "charged"),
)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_old_workers_go_on_under_the_new_schema_beside_new_ones(database: str) -> None:
    if not before.commit():
        pytest.skip("no history here: the code before the newest migration is taken from git")
    outcome = Check(f"rolling upgrade on {database}", f"upgrade-{database}", SHOWN).run()
    report = "\n".join(outcome.lines())
    print(report)  # noqa: T201 - seeds and figures, shown when it fails
    assert not outcome.wrong, report
