"""Rows that are added at once are what Django would have added."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qtwin.accounts.ids import new_id
from qtwin.insert import MANY, Each, insert, insert_columns, insert_once
from qtwin.jobs.models import Attempt, Event, Job, Measurement
from qtwin.projects.models import Observable

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def measured(job: Job, rows: int, **other: Any) -> list[Measurement]:
    energy = Observable.objects.filter(project=job.project)[0]
    return [
        Measurement(
            id=new_id(),
            project_id=job.project_id,
            job_id=job.pk,
            row=row,
            source_revision_id=job.source_revision_id,
            observable=energy,
            point=[row / 7, -0.0],
            knobs={"steps": row} if row % 2 else {},
            value=row / 3,
            std=0.0,
            mixed_value=1e-300 if row % 3 else None,
            unit="Ha",
            measured_at=NOW,
            **other,
        )
        for row in range(rows)
    ]


def kept(row: Model) -> dict[str, Any]:
    """As it is in the database, but for its key and its time."""
    again = type(row)._default_manager.get(pk=row.pk)
    fields = {field.attname: getattr(again, field.attname) for field in row._meta.concrete_fields}
    return {name: value for name, value in fields.items() if name not in {"id", "created_at"}}


def test_rows_are_what_bulk_create_makes_of_them(job: Job) -> None:
    mine, djangos = measured(job, 8), measured(job, 8)
    insert(mine)
    found = [kept(row) for row in mine]
    Measurement.objects.all().delete()
    Measurement.objects.bulk_create(djangos)
    assert found == [kept(row) for row in djangos]
    assert {type(row["value"]) for row in found} == {float}


@pytest.mark.parametrize("count", [1, 2, MANY])
def test_columns_make_the_same_rows(count: int, job: Job) -> None:
    """One row, few rows and many are written differently."""
    djangos = measured(job, count, shots=7, epoch="a")
    Measurement.objects.bulk_create(djangos)
    expected = [kept(row) for row in djangos]
    Measurement.objects.all().delete()
    ids = sorted(row.pk for row in djangos)
    columns = {
        "id": Each(ids),
        "project": job.project_id,
        "job": job.pk,
        "source_revision": job.source_revision_id,
        "observable": Each([row.observable_id for row in djangos]),
        "point": Each([json.dumps(row.point) for row in djangos], written=True),
        "knobs": Each([json.dumps(row.knobs) for row in djangos], written=True),
        **{name: Each([getattr(row, name) for row in djangos])
           for name in ("row", "value", "std", "mixed_value", "unit")},
        "shots": 7, "epoch": "a", "measured_at": NOW,
    }  # fmt: skip
    insert_columns(Measurement, count, columns)
    assert [kept(Measurement.objects.get(pk=pk)) for pk in ids] == expected
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_columns(Measurement, count, columns | {"id": Each([new_id() for _ in ids])})
    with pytest.raises(ValueError, match="Measurement has no colour"):
        insert_columns(Measurement, 1, {"colour": "red"})


@pytest.mark.parametrize("count", [2, MANY])
def test_texts_may_hold_anything(count: int, job: Job) -> None:
    texts = ["\\N", "a\tb", "a\nb", "a\r\nb", "C:\\new", "\\.", "", "é 量子 ψ", "'\"", "\x0b\x08"]
    rows = measured(job, count)
    for row, text in zip(rows, texts * count, strict=False):
        row.epoch, row.knobs = text, {text: [text, None, True]}
    insert(rows)
    found = Measurement.objects.order_by("row").values_list("epoch", "knobs")
    assert list(found) == [(row.epoch, row.knobs) for row in rows]


def test_more_rows_than_one_statement_takes_keep_their_order(job: Job) -> None:
    rows = measured(job, 1001)
    insert(rows)
    found = Measurement.objects.order_by("pk").values_list("row", "point")
    assert list(found) == [(row.row, row.point) for row in rows]
    times = list(Measurement.objects.order_by("pk").values_list("created_at", flat=True))
    assert times == sorted(times)


def test_the_key_and_the_time_are_given(job: Job) -> None:
    before = timezone.now()
    insert([Event(project_id=job.project_id, job_id=job.pk, kind="job.state", data={"a": [1]})])
    event = Event.objects.latest("id")
    assert (event.kind, event.data, event.from_state) == ("job.state", {"a": [1]}, "")
    assert before <= event.created_at <= timezone.now()


def test_one_row_too_many_adds_none(job: Job) -> None:
    insert(measured(job, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([*measured(job, 3)][::-1])
    assert Measurement.objects.count() == 2


def test_an_added_row_is_saved_as_an_old_one(job: Job) -> None:
    row = measured(job, 1)[0]
    insert([row])
    with CaptureQueriesContext(connection) as queries:
        row.save()
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["UPDATE"]


def test_what_is_there_is_not_added_again(job: Job) -> None:
    first, again, other = (Attempt(job=job, number=number, worker="w") for number in (1, 1, 2))
    assert [insert_once(row) for row in (first, again, other)] == [True, False, True]
    assert list(job.attempts.values_list("number", flat=True)) == [1, 2]
    nothing: Any = None
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_once(Attempt(job_id=job.pk, number=nothing, worker="w"))


def test_nothing_to_add_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert([])
        insert_columns(Event, 0, {})


def test_defaults_of_the_database_are_refused(job: Job) -> None:
    with pytest.raises(ValueError, match=r"Job\.\w+ has a default of the database"):
        insert([Job(project_id=job.project_id)])
