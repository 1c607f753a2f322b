"""What must hold when many do the same at once: on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def races(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """On the server of these tests, in a database that they do not use; or a new SQLite file."""
    server, file = os.environ["QTWIN_DATABASE"], tmp_path_factory.mktemp("race") / "race.sqlite3"
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.races"],
        cwd=ROOT,
        env={
            **os.environ,
            "QTWIN_DATABASE": server if connection.vendor == "postgresql" else str(file),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return answer


def test_of_200_submits_at_once_exactly_those_20_pass_that_the_budgets_grant(
    races: dict[str, dict[str, Any]],
) -> None:
    assert races["service"] == {
        "asked": 200,
        "accepted": 20,
        "jobs": 20,
        "reserved": [20, 20, 20, 20],
        "unbalanced": 0,
    }


def test_the_race_catches_a_reservation_that_reads_before_it_writes(
    races: dict[str, dict[str, Any]],
) -> None:
    assert races["mutant"]["accepted"] > 20


def test_of_owners_who_all_leave_at_once_one_stays(races: dict[str, dict[str, Any]]) -> None:
    assert races["owners"] == {"left": [3] * 5, "owners": [1] * 5}


def test_an_invitation_is_accepted_once(races: dict[str, dict[str, Any]]) -> None:
    assert races["invitations"] == {"accepted": 1, "members": 1}
