"""Comments, notes and the inbox in a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.comments.models import Comment, Mention, Note
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from tests.integration.comments.conftest import Say


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    def run(user: User) -> Client:
        client.force_login(user)
        return client

    return run


def test_a_comment_is_written_edited_and_deleted(
    as_: Callable[[User], Client], user: User, bo: User, project: Project
) -> None:
    here = as_(user)
    place = f"/projects/{project.pk}"
    sent = here.post(f"{place}/comments", {"text": "ask @Bo Operator\r\n<b>now</b> @bob"})
    comment = Comment.objects.get()
    assert sent.headers["Location"] == f"{place}#comment-{comment.pk}"
    page = here.get(place).content.decode()
    assert '<span class="mention">@Bo Operator</span><br>&lt;b&gt;now&lt;/b&gt; @bob' in page
    assert "“@bob” is not the name" in page
    assert ">ask @Bo Operator\n&lt;b&gt;now&lt;/b&gt; @bob</textarea>" in page
    seen = as_(bo).get(place).content.decode()
    assert "“@bob” is not the name" not in seen
    assert f"/comments/{comment.pk}:edit" not in seen
    as_(user).post(f"/comments/{comment.pk}:edit", {"text": "never mind"})
    assert "edited" in here.get(place).content.decode()
    here.post(f"/comments/{comment.pk}:delete")
    page = here.get(place).content.decode()
    assert "This comment was deleted." in page
    assert "never mind" not in page


def test_a_jobs_comment_is_on_its_page_and_linked_from_the_projects(
    as_: Callable[[User], Client], user: User, project: Project
) -> None:
    spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
    job: Job = job_submit(project=project, spec=spec, by=user)
    here = as_(user)
    sent = here.post(f"/projects/{project.pk}/comments", {"text": "slow", "job": str(job.pk)})
    assert sent.headers["Location"].startswith(f"/jobs/{job.pk}#comment-")
    assert '<div class="markup"><p>slow</p></div>' in here.get(f"/jobs/{job.pk}").content.decode()
    assert "Somebody commented" in here.get(f"/jobs/{job.pk}").content.decode()
    assert f'on <a href="/jobs/{job.pk}">' in here.get(f"/projects/{project.pk}").content.decode()
    other = {"text": "x", "job": "00000000-0000-7000-8000-000000000000"}
    assert here.post(f"/projects/{project.pk}/comments", other).status_code == 404


def test_a_text_that_is_refused_is_not_lost(
    as_: Callable[[User], Client], user: User, project: Project
) -> None:
    long = "long " * 1000
    refused = as_(user).post(f"/projects/{project.pk}/comments", {"text": long})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "it has 4999 characters; allowed: 4000" in page
    assert long in page


def test_the_inbox_counts_and_opens(
    as_: Callable[[User], Client], bo: User, say: Say, project: Project
) -> None:
    made = say("@Bo Operator")
    say("@Bo Operator once more")
    here = as_(bo)
    page = here.get("/projects").content.decode()
    assert 'aria-label="Inbox: 2 unread"' in page
    assert "Ada mentioned you on the project in" in here.get("/inbox").content.decode()
    opened = here.post(f"/comments/{made['id']}:read")
    assert opened.headers["Location"] == f"/projects/{project.pk}#comment-{made['id']}"
    assert 'aria-label="Inbox: 1 unread"' in here.get("/projects").content.decode()
    here.post("/inbox:read")
    assert not Mention.objects.filter(read_at=None).exists()
    assert 'aria-label="Inbox"' in here.get("/projects").content.decode()


def test_a_note_is_pinned_and_nobody_overwrites_anothers(
    as_: Callable[[User], Client], user: User, viewer: User, project: Project
) -> None:
    here, place = as_(user), f"/projects/{project.pk}"
    here.post(f"{place}/note", {"text": "# Read me\n<i>x</i>", "revision": "0"})
    page = as_(viewer).get(place).content.decode()
    assert '<p class="title">Read me</p><p>&lt;i&gt;x&lt;/i&gt;</p>' in page
    assert "note-text" not in page
    assert here.post(f"{place}/note", {"text": "mine", "revision": "1"}).status_code == 404
    here = as_(user)
    assert here.post(f"{place}/note", {"text": "two", "revision": "1"}).status_code == 302
    for stale in ("0", "1"):
        answer = here.post(f"{place}/note", {"text": "three", "revision": stale})
        assert answer.status_code == 409
        assert "three" in answer.content.decode()
    assert Note.objects.get().text == "two"
    here.post(f"{place}/note", {"text": "", "revision": "2"})
    assert "Pin a note" in here.get(place).content.decode()
    assert 'id="note"' not in as_(viewer).get(place).content.decode()


def test_mail_of_mentions_is_turned_off_on_the_account_page(
    as_: Callable[[User], Client], user: User
) -> None:
    here = as_(user)
    here.post("/account/mentions", {})
    assert not User.objects.get().mention_mail
    here.post("/account/mentions", {"mail": "on"})
    assert User.objects.get().mention_mail
