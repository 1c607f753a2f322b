"""Changes under a condition: a lost update is refused, and never by reading before writing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Scope, User
from qtwin.campaigns.models import Schedule
from qtwin.campaigns.services import schedule_remove, schedule_set
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.services import (
    budget_set,
    project_change,
    project_delete,
    source_revise,
    spending_rule_set,
)
from qtwin.unchanged import ChangedSince

STALE = {"If-Match": '"0"'}
BUDGET = {"scope": "project", "unit": "usd", "period": "total", "limit": 10}
DAILY = {
    "campaign": {"name": "c", "sweep": {"sources": ["hf"], "points": [1.1]}},
    "every": {"days": 1},
}


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *Scope)


@pytest.fixture
def base(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}"


def seen(api: APIClient, place: str) -> dict[str, str]:
    return {"If-Match": api.get(place)["ETag"]}


def refused(answer: Any) -> bool:
    pointer = answer.json()["errors"][0]["pointer"] if answer.status_code == 412 else ""
    return bool(pointer == "If-Match")


def test_a_projects_words_are_changed_and_nothing_else(api: APIClient, base: str) -> None:
    changed = api.patch(base, {"description": "at 0 K"}, format="json")
    assert (changed.json()["name"], changed.json()["description"]) == ("H2", "at 0 K")
    assert changed["ETag"] == api.get(base)["ETag"]
    assert api.patch(base, {"system": {}}, format="json").status_code == 400


def test_a_project_is_changed_only_as_it_was_seen(api: APIClient, base: str) -> None:
    first, second = seen(api, base), seen(api, base)
    assert api.patch(base, {"name": "a"}, format="json", headers=first).status_code == 200
    assert refused(api.patch(base, {"name": "b"}, format="json", headers=second))
    assert refused(api.delete(base, headers=second))
    assert api.get(base).json()["name"] == "a"
    assert api.delete(base, headers=seen(api, base)).status_code == 204


def test_a_source_is_revised_only_as_it_was_seen(api: APIClient, base: str) -> None:
    place, body = f"{base}/sources/vqe-noisy", {"settings": {"device": "FakeLagosV2"}}
    before = seen(api, place)
    assert api.patch(place, body, format="json", headers=before).json()["revision"] == 2
    assert refused(api.patch(place, body, format="json", headers=before))
    assert api.patch(place, body, format="json").json()["revision"] == 3


def test_a_budget_is_set_only_as_it_was_seen(owner: APIClient, base: str) -> None:
    place, new = f"{base}/budgets", {"If-None-Match": "*"}
    (row,) = owner.put(place, BUDGET, format="json", headers=new).json()["results"]
    twice = owner.put(place, BUDGET, format="json", headers=new)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (412, "If-None-Match")
    more, tag = {**BUDGET, "limit": 20}, {"If-Match": row["etag"]}
    Budget.objects.update(spent=1)  # what was spent is no change of what is granted
    assert owner.put(place, more, format="json", headers=tag).status_code == 200
    assert refused(owner.put(place, more, format="json", headers=tag))
    daily = {**BUDGET, "period": "day"}
    assert refused(owner.put(place, daily, format="json", headers={"If-Match": "*"}))


def test_rules_about_money_are_changed_only_as_they_were_seen(owner: APIClient, base: str) -> None:
    place, on = f"{base}/spending", {"paid_sources": True}
    before = seen(owner, place)
    assert owner.patch(place, on, format="json", headers=before).status_code == 200
    assert refused(owner.patch(place, on, format="json", headers=before))


def test_a_schedule_is_stopped_and_removed_only_as_it_was_seen(api: APIClient, base: str) -> None:
    made = api.post(f"{base}/schedules", DAILY, format="json").json()["id"]
    place = f"/api/v1/schedules/{made}"
    before = seen(api, place)
    stopped = api.post(f"{place}:stop", headers=before)
    assert (stopped.status_code, stopped["ETag"]) == (200, api.get(place)["ETag"])
    assert refused(api.post(f"{place}:start", headers=before))
    assert refused(api.delete(place, headers=before))
    assert api.delete(place, headers={"If-Match": stopped["ETag"]}).status_code == 204


def test_a_condition_that_nobody_would_look_at_is_refused(api: APIClient, base: str) -> None:
    answer = api.post(f"{base}/jobs", {"source": "hf", "points": [0.7]}, headers=STALE)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "If-Match")


def test_what_changes_between_the_check_and_the_write_is_not_lost(
    api: APIClient, base: str, project: Project, user: User
) -> None:
    api.post(f"{base}/schedules", DAILY, format="json")
    schedule, old = Schedule.objects.get(), Project.objects.get(pk=project.pk)
    source = project.sources.prefetch_related("revisions").get(name="vqe-noisy")
    money: dict[str, Any] = {"scope": project, "unit": Unit.MONEY, "period": Period.TOTAL}
    budget = budget_set(**money, limit=1, per_job=None, by=user)

    Project.objects.update(name="somebody else's", paid_sources=True)
    Schedule.objects.update(fired=1)
    source_revise(source=project.sources.get(name="vqe-noisy"), settings=FAKE, by=user)
    budget_set(**money, limit=2, per_job=None, by=user)

    late: list[Callable[[], object]] = [
        lambda: project_change(project=old, by=user, name="mine", unchanged=True),
        lambda: project_delete(project=old, by=user, unchanged=True),
        lambda: spending_rule_set(project=old, by=user, paid_sources=False, unchanged=True),
        lambda: schedule_set(schedule=schedule, active=False, by=user, unchanged=True),
        lambda: schedule_remove(schedule=schedule, by=user, unchanged=True),
        lambda: source_revise(source=source, settings=FAKE, by=user, unchanged=True),
        lambda: budget_set(**money, limit=3, per_job=None, by=user, seen=budget),
        lambda: budget_set(**money, limit=3, per_job=None, by=user, new=True),
    ]
    for write in late:
        with pytest.raises(ChangedSince):
            write()
    project.refresh_from_db()
    assert (project.name, project.deleted_at, project.paid_sources) == (
        "somebody else's",
        None,
        True,
    )
    assert Budget.objects.get().limit == 2


FAKE = {"device": "FakeLagosV2"}
