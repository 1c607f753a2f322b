"""Raw payloads go where an installation says so; the numbers stay, and what they need."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.archives.services import project_export, project_import
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Artifact, Project
from qtwin.projects.services import artifact_put
from qtwin.projects.storage import FileStore, store
from qtwin.retention.rules import RULES, rule_apply, rules_due
from qtwin.twins.models import TwinFit
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db
DAYS = 10


@pytest.fixture
def apply(settings: Any, tmp_path: Path) -> Callable[[str], int]:
    settings.DATA_DIR = tmp_path

    def run(name: str) -> int:
        rule = next(one for one in RULES if one.name == name)
        assert rule.id not in rules_due(), "by default everything is kept"
        assert rule_apply(rule.id) == 0
        settings.KEEP_PAYLOADS_DAYS = DAYS
        assert rule.id in rules_due()
        erased = rule_apply(str(rule.id))
        settings.KEEP_PAYLOADS_DAYS = 0
        return erased

    return run


@pytest.fixture
def done(apply: object, project: Project, user: User) -> Callable[..., Job]:
    def run(*points: float, source: str = "fci", days: int = DAYS + 1) -> Job:
        spec = JobSpec(
            source=project.sources.get(name=source), points=[[point] for point in points]
        )
        job = take_steps(job_submit(project=project, spec=spec, by=user), len(points) + 1)
        assert job.state == State.DONE
        ago = timezone.now() - timedelta(days=days)
        Job.objects.filter(pk=job.pk).update(finished_at=ago)
        Artifact.objects.filter(runs_of(job)).update(created_at=ago)
        return job

    return run


def runs_of(job: Job) -> Any:
    from django.db.models import Q

    return Q(pk__in=list(job.runs.values_list("raw", flat=True)))


def test_old_payloads_go_and_young_ones_and_fits_stay(
    apply: Callable[[str], int],
    done: Callable[..., Job],
    assimilated: Callable[[], TwinFit],
    api: APIClient,
) -> None:
    old, young = done(0.6, 0.9), done(1.2, days=DAYS - 1)
    fit = assimilated()
    assert apply("payloads") == old.runs.count() > 0
    kept = {row.sha256 for row in store().kept()}
    assert {*young.runs.values_list("raw__sha256", flat=True), fit.artifact.sha256} <= kept
    assert not {*old.runs.values_list("raw__sha256", flat=True)} & kept
    number = old.measurements.earliest("row")
    raw = api.get(f"/api/v1/measurements/{number.pk}/raw")
    assert (raw.status_code, "was erased" in raw.json()["detail"]) == (404, True)
    told = api.get(f"/api/v1/measurements/{number.pk}/provenance").json()
    assert number.raw is not None
    assert told["raw"]["sha256"] == number.raw.sha256
    assert audit(read_bytes=True) == []
    assert apply("payloads") == 0


def test_pages_and_archives_do_without_them(
    apply: Callable[[str], int], done: Callable[..., Job], project: Project, user: User
) -> None:
    job = done(0.6)
    assert apply("payloads") > 0
    browser = Client()
    browser.force_login(user)
    assert browser.get(f"/jobs/{job.pk}").status_code == 200
    file = io.BytesIO()
    project_export(project, file, by=user)
    made = project_import(file, team=project.team, by=user).project
    assert list(made.measurements.values_list("value")) == list(
        project.measurements.values_list("value")
    )
    assert {row.kind for row in made.artifacts.all()} == {"erased"}
    assert audit(read_bytes=True) == []


def test_bytes_that_another_project_has_too_stay(
    apply: Callable[[str], int], done: Callable[..., Job], project: Project, user: User
) -> None:
    done(0.6)
    file = io.BytesIO()
    project_export(project, file, by=user)
    copy = project_import(file, team=project.team, by=user).project
    copy.artifacts.update(created_at=timezone.now())
    assert apply("payloads") == project.artifacts.filter(kind="erased").count() > 0
    assert not copy.artifacts.filter(kind="erased").exists()
    assert audit(read_bytes=True) == []


def test_bytes_of_which_no_row_speaks_are_discarded_in_time(
    apply: Callable[[str], int], project: Project
) -> None:
    kept = store()
    assert isinstance(kept, FileStore)
    lost, fresh = kept.put(b"of a process that died"), kept.put(b"on its way")
    named = artifact_put(project=project, kind="twin-fit", data=b"a fit").sha256
    long_ago = (timezone.now() - timedelta(days=DAYS + 1)).timestamp()
    for sha256 in (lost, named):
        os.utime(kept.path(sha256), (long_ago, long_ago))
    assert apply("orphans") == 1
    assert {row.sha256 for row in kept.kept()} == {fresh, named}
