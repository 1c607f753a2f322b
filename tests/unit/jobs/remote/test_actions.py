"""Hold, release and retry, invalidate and restore, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends.base import Idempotency
from qtwin.accounts.models import AuditEvent, Membership, Scope, User
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.services import LeaseLost, chunk_record, claim, job_retry, move
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from tests.memory_vendor import Vendor
from tests.unit.jobs.conftest import result_of

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


def act(api: APIClient, job: Job, action: str, code: int = 202, **body: Any) -> Any:
    response = api.post(f"/api/v1/jobs/{job.pk}:{action}", body, format="json")
    assert response.status_code == code, response.content
    return response.json()


def test_a_held_job_waits_for_its_release(
    vendor: Vendor, job: Job, api: APIClient, tick: Tick
) -> None:
    shown = act(api, job, "hold", why="the cryostat is warm")
    assert (shown["state"], shown["reason_code"]) == ("held", "held")
    assert shown["reason"] == "the cryostat is warm"
    assert (tick(job, 2).state, vendor.posts) == (State.HOLD, 0)
    act(api, job, "release")
    assert tick(job).state == State.SUBMITTED


def test_holding_takes_a_local_job_from_its_worker_and_keeps_what_is_done(
    local_job: Job, api: APIClient
) -> None:
    worker = claim(local_job.pk, owner="a", lease_s=30)
    assert worker is not None
    move(worker, State.RUNNING, keep_lease=True)
    chunk_record(worker, start=0, result=result_of(3))
    again = claim(local_job.pk, owner="a", lease_s=30)
    assert again is not None
    act(api, local_job, "hold")
    with pytest.raises(LeaseLost):
        chunk_record(again, start=3, result=result_of(3))
    act(api, local_job, "release")
    local_job.refresh_from_db()
    assert (local_job.state, local_job.points_done) == (State.QUEUED, 3)


@pytest.mark.parametrize("action", ["hold", "release", "retry"])
def test_an_action_that_the_state_does_not_allow_is_a_conflict(
    job: Job, api: APIClient, tick: Tick, action: str
) -> None:
    tick(job)
    assert "is SUBMITTED cannot" in act(api, job, action, 409)["detail"]


def test_a_doubtful_release_needs_the_right_to_spend_and_the_typed_id(
    vendor: Vendor,
    job: Job,
    user: User,
    client_of: Callable[..., APIClient],
    tick: Tick,
) -> None:
    vendor.idempotency, vendor.fates = Idempotency.NONE, ["lost_before"]
    assert tick(job, 2).state == State.HOLD
    weak, strong = client_of(user), client_of(user, Scope.SUBMIT, Scope.SPEND)
    act(weak, job, "release", 403, confirm=str(job.pk))
    assert act(strong, job, "release", 400)["errors"][0]["pointer"] == "/confirm"
    Membership.objects.filter(user=user).update(may_approve=False)
    act(strong, job, "release", 403, confirm=str(job.pk))
    Membership.objects.filter(user=user).update(may_approve=True)
    act(strong, job, "release", confirm=str(job.pk))
    assert AuditEvent.objects.filter(action="job.release", user=user).count() == 1


def test_viewers_and_strangers_cannot_act(
    job: Job, viewer: User, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    for who in (viewer, stranger):
        for action in ("hold", "release", "retry", "cancel"):
            act(client_of(who), job, action, 404)


def test_a_retry_is_a_new_job_of_the_points_without_an_answer_once(
    local_job: Job, user: User, api: APIClient
) -> None:
    worker = claim(local_job.pk, owner="a", lease_s=30)
    assert worker is not None
    move(worker, State.RUNNING, keep_lease=True)
    chunk_record(worker, start=0, result=result_of(3))
    act(api, local_job, "cancel")
    shown = act(api, local_job, "retry")
    assert (shown["retry_of"], shown["points_total"]) == (str(local_job.pk), 4)
    retry = Job.objects.get(pk=shown["id"])
    assert retry.points == local_job.points[3:]
    assert retry.seed != local_job.seed
    assert job_retry(job=Job.objects.get(pk=local_job.pk), by=user).pk == retry.pk
    local_job.refresh_from_db()
    assert local_job.state == State.CANCELLED


def test_an_invalidated_measurement_leaves_the_twin_and_comes_back(
    project: Project,
    api: APIClient,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    rows = [measure("fci", x, x * x) for x in (0.5, 0.8, 1.1, 1.4)]
    first = assimilated()
    path = f"/api/v1/measurements/{rows[1].pk}"
    assert not api.post(f"{path}:invalidate", {"why": "cable"}, format="json").json()["valid"]
    without = assimilated()
    assert set(first.measurement_ids) - set(without.measurement_ids) == {str(rows[1].pk)}
    assert api.post(f"{path}:restore", {"why": "it was not"}, format="json").json()["valid"]
    assert assimilated().digest == first.digest
    assert api.post(f"{path}:invalidate", {}, format="json").status_code == 400


def test_saying_the_same_twice_changes_nothing(
    project: Project, api: APIClient, measure: Callable[..., Measurement]
) -> None:
    row = measure("fci", 0.7, 1.0)
    for _ in range(2):
        api.post(f"/api/v1/measurements/{row.pk}:invalidate", {"why": "x"}, format="json")
    project.refresh_from_db()
    assert (row.validity.count(), project.evidence) == (1, 2)
