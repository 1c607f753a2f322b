"""The requests of the documentation, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, User
from qtwin.comments.models import Comment
from qtwin.jobs.models import Job
from qtwin.projects.models import Project, ProjectLink
from qtwin.projects.services import project_member_set
from tests.docs.fences import blocks

EXAMPLES = {
    "provenance.md": blocks("provenance.md", "http"),
    "imports.md": blocks("imports.md", "http"),
}
STEP = re.compile(
    r"^(GET|POST|PUT|PATCH|DELETE) (\S+) ?(\{.*\})?\n(\d{3}) ?(\{.*\})?$", re.MULTILINE
)


def play(example: str, api: APIClient, project: Project, after: Callable[[], None]) -> None:
    """Send each request of a block and compare what the answer says with what is written."""
    steps, last = STEP.findall(example), {"job": "", "link": "", "comment": ""}
    assert len(steps) * 2 == len(example.strip().splitlines())
    for method, path, body, status, expected in steps:
        address = "/api/v1" + path.format(project=project.pk, **last)
        send = getattr(api, method.lower())
        answer = send(address, json.loads(body), format="json") if body else send(address)
        assert answer.status_code == int(status), answer.content
        said = answer.json() if answer.content else {}
        wanted = json.loads(expected or "{}")
        assert {name: said[name] for name in wanted} == wanted, path
        if "id" in said:
            last = dict.fromkeys(last, said["id"])
        after()


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_example_answers_as_it_says(
    page: str, api: APIClient, project: Project, work: Callable[[], None]
) -> None:
    for example in EXAMPLES[page]:
        play(example, api, project, after=work)


def test_a_project_is_shared_as_the_page_says(
    project: Project, user: User, client_of: Callable[..., APIClient]
) -> None:
    User.objects.create_user("colleague@example.org", "Colleague")
    manager = client_of(user, Scope.ADMIN)
    for example in blocks("share.md", "http"):
        play(example, manager, project, after=lambda: None)
    project.refresh_from_db()
    assert project.public
    assert not ProjectLink.objects.filter(revoked_at=None).exists()
    shown = APIClient().get(f"/api/v1/projects/{project.pk}")
    assert shown.status_code == 200, "to nobody in particular"


def test_people_talk_about_a_project_as_the_page_says(
    project: Project, user: User, client_of: Callable[..., APIClient]
) -> None:
    colleague = User.objects.create_user("colleague@example.org", "Colleague")
    project_member_set(project=project, user=colleague, role=Role.VIEWER, by=user)
    for example in blocks("notes.md", "http"):
        play(example, client_of(user, *Scope), project, after=lambda: None)
    assert Comment.objects.get().deleted_at is not None


def test_a_twin_answers_the_questions_of_the_docs(
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=[0.35, 0.6, 0.75, 0.9, 1.4, 2.4])
    submit(source="vqe-ideal", points=[0.5, 1.0], shots=500, seed=1)
    fitted(project)
    for example in blocks("curves.md", "http"):
        play(example, api, project, after=lambda: None)
    (plan,) = blocks("plan.md", "json")
    path = f"/api/v1/projects/{project.pk}/twin:plan"
    answer = api.post(path, json.loads(plan), format="json")
    assert answer.status_code == 200, answer.content
    steps = answer.json()["steps"]
    assert 1 <= len(steps) <= 5
    assert {step["source"] for step in steps} <= {"fci", "vqe-ideal"}
