"""A migration runs while code from before it works, and while others read and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from qtwin.migrating import (
    AddIndexConcurrently,
    DropForeignKeyIndexConcurrently,
    RemoveIndexConcurrently,
)
from tests.upgrade.survivable import LARGE, halves, objections, problems

BASELINE = set((Path(__file__).parent / "baseline.txt").read_text(encoding="ascii").split())
"""Migrations from before there was anything to upgrade."""

AGREED: dict[str, str] = {
    "accounts.0010_calls_may_end: Raw Python operation: what it does to rows that others write "
    "cannot be seen": "it replaces a trigger, touches no row, and refuses less than before",
}
"""What is done nevertheless, as `problems` says it, and why nobody is hurt (docs/upgrade.md)."""


@pytest.fixture(scope="module")
def state() -> Any:
    return MigrationLoader(None).project_state()


def test_every_migration_can_run_beside_the_code_before_it() -> None:
    found = set(problems(BASELINE))
    assert sorted(found - set(AGREED)) == [], "see docs/upgrade.md"
    assert sorted(set(AGREED) - found) == [], "nothing like this is done"


def test_the_baseline_names_migrations_that_there_are() -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    assert sorted(BASELINE - known) == []


def test_a_migration_beyond_the_baseline_is_looked_at() -> None:
    found = set(problems(BASELINE - {"jobs.0014_jobs_by_state"})) - set(problems(BASELINE))
    assert {line.split(":")[0] for line in found} == {"jobs.0014_jobs_by_state"}


INDEX = models.Index(fields=["shots"], name="by_shots")
CHECK = models.CheckConstraint(condition=models.Q(shots__gt=0), name="some")


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.RemoveField("job", "shots"), "still writes and reads the column"),
        (migrations.RenameField("job", "shots", "tries"), "by the old name"),
        (migrations.DeleteModel("Attempt"), "still reads the table"),
        (migrations.RunPython(migrations.RunPython.noop), "cannot be seen"),
        (migrations.AddConstraint("job", CHECK), "while the table is locked"),
        (migrations.AddIndex("job", INDEX), "use AddIndexConcurrently"),
        (migrations.AddField("job", "x", models.IntegerField(default=0)), "or a db_default"),
        (
            migrations.AddField("event", "x", models.IntegerField(null=True, db_index=True)),
            "its index is built",
        ),
        (migrations.AlterField("job", "shots", models.TextField()), "type, default or rule"),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RemoveField("job", "shots")]
            ),
            "still writes",
        ),
    ],
)
def test_what_would_break_something_is_refused(operation: Operation, said: str, state: Any) -> None:
    (found,) = objections("jobs", operation, state)
    assert said in found


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("job", "x", models.IntegerField(null=True)),
        migrations.AddField("job", "x", models.IntegerField(db_default=0)),
        migrations.AddIndex("restore", INDEX),
        AddIndexConcurrently("job", INDEX),
        RemoveIndexConcurrently("job", "job_newest"),
        DropForeignKeyIndexConcurrently(
            "run", "job", models.ForeignKey("jobs.job", models.CASCADE, db_index=False)
        ),
        migrations.AlterField("job", "lease_owner", models.CharField(max_length=900, blank=True)),
        migrations.AlterField(
            "submission", "epoch", models.PositiveIntegerField(default=0, help_text="Of a part.")
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("job", "shots")]
        ),
    ],
)
def test_what_harms_nobody_is_let_through(operation: Operation, state: Any) -> None:
    assert list(objections("jobs", operation, state)) == []


def test_large_tables_are_tables(state: Any) -> None:
    assert {tuple(name.split(".")) for name in LARGE} <= set(state.models)


@pytest.mark.django_db(transaction=True)
def test_an_index_is_built_beside_its_readers_and_writers_and_taken_away(state: Any) -> None:
    index = models.Index(fields=["created_at"], name="restored_when")
    operation, after = AddIndexConcurrently("restore", index), state.clone()
    operation.state_forwards("jobs", after)

    def names() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, "jobs_restore"))

    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("jobs", editor, state, after)
    assert index.name in names()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("jobs", editor, after, state)
    assert index.name not in names()

    there = RemoveIndexConcurrently("restore", index.name)
    with connection.schema_editor(atomic=False) as editor:
        there.database_backwards("jobs", editor, state, after)
        assert index.name in names()
        there.database_forwards("jobs", editor, after, state)
    assert index.name not in names()


@pytest.mark.django_db(transaction=True)
def test_a_covered_index_is_given_up_beside_readers_and_writers_and_comes_back(state: Any) -> None:
    field = models.ForeignKey("jobs.job", models.CASCADE, related_name="runs", db_index=False)
    operation, after = DropForeignKeyIndexConcurrently("run", "job", field), state.clone()
    operation.state_forwards("jobs", after)

    def kept() -> dict[str, int]:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, "jobs_run").values()
        alone = [one for one in found if one["columns"] == ["job_id"]]
        return {
            "index": sum(bool(one["index"]) for one in alone),
            "key": sum(bool(one["foreign_key"]) for one in alone),
        }

    assert kept() == {"index": 1, "key": 1}
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("jobs", editor, state, after)
    assert kept() == {"index": 0, "key": 1}
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("jobs", editor, after, state)
    assert kept() == {"index": 1, "key": 1}


def test_what_waits_for_a_lock_is_not_left_half_done() -> None:
    class Half(migrations.Migration):
        atomic = False
        operations = [
            AddIndexConcurrently("job", INDEX),
            migrations.AddField("job", "x", models.IntegerField(null=True)),
        ]

    class Whole(Half):
        atomic = True

    (found,) = halves(Half("0099_some", "jobs"))
    assert "Add field x" in found
    assert not list(halves(Whole("0099_some", "jobs"))), "it is taken back whole"
