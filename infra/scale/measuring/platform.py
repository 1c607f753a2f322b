"""Submissions, steps, pages, fits and rows, on a project of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from infra.scale.measuring.meter import Meter, Used
from qtwin.accounts.models import Scope
from qtwin.accounts.services import token_create
from qtwin.jobs.feed import COLUMNS
from qtwin.jobs.models import Event, Job, Measurement
from qtwin.jobs.stream import encode
from qtwin.jobs.turns import turns
from qtwin.projects.demo import H2, demo_seed
from qtwin.projects.models import Project
from qtwin.twins.models import Twin
from qtwin.twins.services import twin_assimilate, twin_claim
from workers.tasks import owner
from workers.turn import take_turn

JOBS = 60
POINTS = 6
PAGES = 40
SHARES = 200
TURNS = 40
EVENTS = 20_000
SOURCE = "hf"


class Platform:
    """A user, a project with a cheap source, and jobs as they come to be."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._user, self._project = demo_seed(H2)
        _, token = token_create(
            user=self._user, name="measuring", scopes=[Scope.READ, Scope.SUBMIT]
        )
        here: dict[str, Any] = {"SERVER_NAME": "localhost"}
        self._api, self._pages = APIClient(**here), APIClient(**here)
        self._api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        self._pages.force_login(self._user)

    def submissions(self) -> Used:
        """Jobs over HTTP; none is done yet."""
        return self._timed(JOBS, self._submit)

    def steps(self) -> Used:
        """All steps of all jobs, until each is done; their simulations run in another process."""
        ids = [str(pk) for pk in Job.objects.values_list("pk", flat=True)]
        with Meter(self._data) as meter:
            while waiting := Job.objects.filter(finished_at=None).count():
                for _ in range(waiting):
                    take_turn(ids[0], owner=owner())
        done = Job.objects.filter(state="DONE").count()
        if done != len(ids):
            raise RuntimeError(f"{done} of {len(ids)} jobs were done")
        return meter.each(len(ids))

    def share(self) -> tuple[float, float]:
        """CPU seconds of ours and of PostgreSQL to choose a turn, for each share that is active.

        Half of them wait for a vendor: they are active, and it is not their turn.
        """
        model = Job.objects.latest("pk")
        few = self._timed(TURNS, lambda _: next(turns(), None))
        projects = Project.objects.bulk_create(
            Project(team=self._project.team, name=f"P{n}", system={}) for n in range(SHARES)
        )
        made = [_copy(model, project=one, number=n) for n, one in enumerate(projects)]
        Job.objects.bulk_create(made)
        self._analyze()
        many = self._timed(TURNS, lambda _: next(turns(), None))
        Job.objects.filter(pk__in=[one.pk for one in made]).delete()
        ours, theirs = many.ours_s - few.ours_s, many.database_s - few.database_s
        return max(ours, 0.0) / SHARES, max(theirs, 0.0) / SHARES

    def pages(self) -> Used:
        """Lists, one job and the project, as a browser and as a program ask for them."""
        project, job = self._project.pk, Job.objects.latest("pk").pk
        self._analyze()
        asked: list[Callable[[], Any]] = [
            lambda: self._pages.get(f"/projects/{project}"),
            lambda: self._pages.get("/jobs"),
            lambda: self._pages.get(f"/jobs/{job}"),
            lambda: self._api.get(f"/api/v1/projects/{project}/jobs"),
        ]
        for ask in asked:
            answer = ask()
            if answer.status_code != 200:
                asked_for = answer.request["PATH_INFO"]
                raise RuntimeError(f"{asked_for} answered {answer.status_code}")
        return self._timed(PAGES, lambda number: asked[number % len(asked)]())

    def fit(self) -> Used:
        Twin.objects.filter(project=self._project).update(next_fit_at="1970-01-01T00:00:00Z")
        with Meter(self._data) as meter:
            twin = twin_claim(self._project.pk, owner=owner(), lease_s=600)
            if twin is None:
                raise RuntimeError("The twin has nothing to be fitted to")
            twin_assimilate(twin)
        return meter.each(1)

    def events(self) -> tuple[float, float]:
        """CPU seconds to read and write out an event, and how many a job has."""
        rows = Event.objects.filter(job__isnull=False)
        of_a_job = rows.count() / Job.objects.count()
        with Meter(self._data) as meter:
            read = 0
            while read < EVENTS:
                read += len([encode(row) for row in rows.values(*COLUMNS)])
        return meter.each(read).ours_s, of_a_job

    def bytes(self) -> tuple[float, float]:
        """Of a job's rows and their indexes, and of a measurement's."""
        points = _size("jobs_measurement") / max(Measurement.objects.count(), 1)
        tables = connection.introspection.table_names()
        jobs = sum(_size(name) for name in tables if name.startswith("jobs_"))
        return (jobs - _size("jobs_measurement")) / Job.objects.count(), points

    def _submit(self, number: int) -> None:
        low = 0.3 + 0.02 * number
        body = {"source": SOURCE, "points": [low + 0.1 * n for n in range(POINTS)]}
        answer = self._api.post(f"/api/v1/projects/{self._project.pk}/jobs", body, format="json")
        if answer.status_code != 202:
            raise RuntimeError(f"A submission answered {answer.status_code}: {answer.content!r}")

    def _timed(self, count: int, act: Callable[[int], object]) -> Used:
        with Meter(self._data) as meter:
            for number in range(count):
                act(number)
        return meter.each(count)

    @staticmethod
    def _analyze() -> None:
        """As autovacuum would have by then."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _copy(model: Job, *, project: Project, number: int) -> Job:
    """A queued job of another project: due now, or if its number is odd tomorrow."""
    made = Job.objects.get(pk=model.pk)
    made.pk, made.project, made.state = Job._meta.pk.get_default(), project, "QUEUED"
    made.finished_at, made.spec_hash = None, f"{number:064d}"
    made.next_run_at = timezone.now() + timedelta(days=number % 2)
    made._state.adding = True
    return made


def _size(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        (size,) = cursor.fetchone() or (0,)
    return int(size)
