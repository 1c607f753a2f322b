"""The list of jobs: what an address finds, in which order, and what is done to several."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from django.test import Client

from qtwin.accounts.models import Role, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.web import cursor
from qtwin.web.filters import JobFilter
from tests.unit.jobs.stepping import take_steps
from tests.unit.web.conftest import submit


@pytest.fixture
def colleague(project: Project) -> User:
    user = User.objects.create_user("olaf@example.org", "Olaf")
    membership_set(team=project.team, user=user, role=Role.OPERATOR, by=None)
    return user


def listed(client: Client, query: str) -> list[str]:
    page = client.get(f"/jobs?{query}")
    assert page.status_code == 200
    return [str(job.pk) for job in page.context["jobs"]]


def test_each_filter_finds_its_job(
    signed_in: Client, project: Project, user: User, colleague: User
) -> None:
    mine = submit(project, user)
    noisy = JobSpec(source=project.sources.get(name="vqe-noisy"), points=[[0.7]], shots=10)
    theirs = job_submit(project=project, spec=noisy, by=colleague)
    Job.objects.filter(pk=theirs.pk).update(created_at="2020-05-05T23:30:00Z")
    for query, wanted in (
        ("by=me", [mine]),
        (f"by={colleague.pk}", [theirs]),
        ("backend=fake-ibm", [theirs]),
        ("source=hf", [mine]),
        (f"team={project.team_id}", [mine, theirs]),
        ("since=2020-05-06", [mine]),
        ("until=2020-05-05", [theirs]),
        ("since=2020-05-05&until=2020-05-05", [theirs]),
        ("q=NOISY", [theirs]),
        ("q=h2", [mine, theirs]),
        (f"q={mine.pk}", [mine]),
        ("q=nothing+like+it", []),
        ("sort=created", [theirs, mine]),
    ):
        assert listed(signed_in, query) == [str(job.pk) for job in wanted], query


def test_what_the_address_cannot_mean_is_ignored(signed_in: Client, job: Job) -> None:
    for query in (
        "state=x", "project=x", "team=x", "by=x", "since=x", "until=0001-01-01", "sort=x",
        "until=9999-12-31", "since=2020-02-31", "after=x", "source=%00", "backend=none", "q=%00",
        "team=00000000-0000-7000-8000-000000000000", "by=00000000-0000-7000-8000-000000000000",
    ):  # fmt: skip
        assert listed(signed_in, query) == [str(job.pk)], query


def test_a_filter_asks_the_api_for_the_same(user: User, project: Project) -> None:
    query = QueryDict(f"state=failed&by=me&until=2020-05-05&sort=-cost&project={project.pk}&q=a+b")
    asked = parse_qs(JobFilter.from_query(query, user).api)
    assert asked == {
        "state": ["failed"],
        "project": [str(project.pk)],
        "by": [str(user.pk)],
        "until": ["2020-05-05T23:59:59.999999+00:00"],
        "q": ["a b"],
    }


@pytest.mark.parametrize("sort", ["-created", "created", "-cost", "-points"])
def test_pages_in_any_order_miss_none_and_repeat_none(
    signed_in: Client, project: Project, user: User, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(cursor, "PAGE", 2)
    made = [submit(project, user) for _ in range(5)]
    for job, cost in zip(made, (3, 1, 3, 2, 3), strict=True):
        Job.objects.filter(pk=job.pk).update(estimated_cost=cost)
    seen: list[str] = []
    after = ""
    for _ in range(3):
        response = signed_in.get("/jobs", {"sort": sort, "after": after})
        seen += [str(job.pk) for job in response.context["jobs"]]
        after = response.context["following"]
    assert sorted(seen) == sorted(str(job.pk) for job in made)
    if sort == "-cost":
        costs = [Job.objects.get(pk=pk).estimated_cost for pk in seen]
        assert costs == [3, 3, 3, 2, 1]


def test_a_long_list_is_counted_to_a_bound(
    signed_in: Client, project: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.web.views.job_list.COUNTED", 2)
    submit(project, user)
    submit(project, user)
    assert "2 jobs" in signed_in.get("/jobs").content.decode()
    submit(project, user)
    assert "more than 2 jobs" in signed_in.get("/jobs").content.decode()


def act(client: Client, verb: str, *jobs: Job, here: str = "") -> tuple[int, str]:
    """The status and what the page says, its tags left out."""
    ids = [str(job.pk) for job in jobs]
    answer = client.post("/jobs:act", {"verb": verb, "job": ids, "here": here}, follow=True)
    page = answer.content.decode()
    found = re.search(r'id="summary">(.*?)</div></div>', page, re.S)
    said = found[1] if found else page
    return answer.status_code, " ".join(re.sub(r"<[^>]*>", " ", said).split())


def test_several_are_cancelled_and_each_refusal_says_why(
    signed_in: Client, project: Project, user: User
) -> None:
    one, other, done = (submit(project, user, name) for name in ("hf", "mp2", "ccsd"))
    take_steps(done)
    status, said = act(signed_in, "cancel", one, other, done)
    assert status == 200
    assert said.startswith("2 jobs cancelled, 1 refused.")
    assert "The job is succeeded now: you cannot cancel it." in said
    states = [Job.objects.get(pk=job.pk).state for job in (one, other, done)]
    assert states == [State.CANCELLED, State.CANCELLED, State.DONE]


def test_several_are_retried_once_however_often_it_is_sent(
    signed_in: Client, project: Project, user: User
) -> None:
    jobs = [submit(project, user), submit(project, user, "mp2")]
    act(signed_in, "cancel", *jobs)
    for _ in range(2):
        _, said = act(signed_in, "retry", *jobs)
        assert said.startswith("2 jobs retried.")
    assert Job.objects.exclude(retry_of=None).count() == 2


def test_nothing_is_done_to_what_one_may_only_look_at(
    client: Client, viewer: User, stranger: User, job: Job, user: User
) -> None:
    client.force_login(viewer)
    _, said = act(client, "cancel", job)
    assert said.startswith("0 jobs cancelled, 1 refused.")
    assert "You may look at it, and not change it." in said
    client.force_login(stranger)
    _, said = act(client, "cancel", job)
    assert said == "0 jobs cancelled, 1 refused. There is none."
    job.refresh_from_db()
    assert job.cancel_requested_at is None


def test_what_is_no_action_is_refused(signed_in: Client, job: Job) -> None:
    assert act(signed_in, "explode", job)[0] == 404
    status, said = act(signed_in, "cancel")
    assert status == 400
    assert "No job is ticked." in said
    assert signed_in.get("/jobs:act").status_code == 405


def test_the_list_after_an_action_is_the_one_before_it(
    signed_in: Client, project: Project, user: User
) -> None:
    job = submit(project, user)
    answer = signed_in.post(
        "/jobs:act", {"verb": "cancel", "job": [str(job.pk)], "here": "state=queued&source=hf"}
    )
    wanted = answer.context["filter"]
    assert (wanted.state, wanted.source) == ("queued", "hf")
    assert 'data-here="/jobs?state=queued&amp;source=hf"' in answer.content.decode()


def test_a_bulk_action_needs_a_token_of_the_page(user: User, job: Job) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post("/jobs:act", {"verb": "cancel", "job": [str(job.pk)]}).status_code == 403


def test_a_job_took_the_time_between_its_start_and_its_end(signed_in: Client, job: Job) -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    end = start.replace(minute=3, second=20)
    Job.objects.filter(pk=job.pk).update(
        state=State.CANCELLED, started_at=start, finished_at=end, cancel_requested_at=start
    )
    assert "3 min 20 s" in signed_in.get("/jobs").content.decode()


def test_a_page_follows_a_job_that_left_the_filter(
    signed_in: Client, project: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "PAGE", 1)
    old, new = (submit(project, user) for _ in range(2))
    assert listed(signed_in, "state=queued") == [str(new.pk)]
    Job.objects.filter(pk=new.pk).update(state=State.RUNNING)
    assert listed(signed_in, f"state=queued&after={new.pk}") == [str(old.pk)]
    last = submit(project, user)
    assert listed(signed_in, "state=queued") == [str(last.pk)]
    assert listed(signed_in, f"state=queued&after={new.pk}") == [str(old.pk)]
