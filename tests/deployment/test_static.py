"""``make check-infra`` check by check, where its tools are."""

from __future__ import annotations

import pytest

from infra.check.checks import CHECKS, Check, missing


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_tools_of_their_makers_find_nothing(check: Check) -> None:
    if reason := missing(check):
        pytest.skip(reason)
    done = check.run()
    assert done.returncode == 0, done.stdout + done.stderr
