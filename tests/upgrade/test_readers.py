"""Nobody who reads or writes waits for a migration while somebody is in a long transaction."""

from __future__ import annotations

import pytest

from tests.printed import printed_by

pytestmark = pytest.mark.slow


def test_others_read_and_write_while_migrations_run() -> None:
    found = printed_by("tests.upgrade.readers", timeout_s=600)
    assert found["refused"] == []
    assert found["migrations"], "nothing was migrated"
    assert min(found["reads"], found["writes"]) > 10
