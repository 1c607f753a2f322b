"""What a token says of itself: rights in one project, and why not more."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.test import APIClient

from qtwin.accounts.models import Scope, User
from qtwin.projects.models import Project

ClientOf = Callable[..., APIClient]


def rights(client: APIClient, project: Project) -> tuple[bool, bool, str]:
    said = client.get(f"/api/v1/projects/{project.pk}/rights").json()
    return said["submit"], said["spend"], said["why_not"]


def test_rights_are_what_role_scopes_and_project_allow(
    client_of: ClientOf, user: User, viewer: User, project: Project
) -> None:
    assert rights(client_of(viewer, *Scope), project)[:2] == (False, False)
    assert "not change it" in rights(client_of(viewer, *Scope), project)[2]
    assert rights(client_of(user, Scope.READ), project) == (
        False,
        False,
        "the token has not the scope submit",
    )
    reads_and_submits = client_of(user, Scope.READ, Scope.SUBMIT)
    assert rights(reads_and_submits, project)[:2] == (True, False)
    assert "scope spend" in rights(reads_and_submits, project)[2]
    every = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    assert "paid sources are off" in rights(every, project)[2]
    Project.objects.update(paid_sources=True)
    assert rights(every, project) == (True, True, "")


def test_rights_are_those_that_the_routes_grant(
    client_of: ClientOf, user: User, viewer: User, project: Project
) -> None:
    for who, scopes in ((user, [Scope.READ]), (viewer, [*Scope]), (user, ["read", "submit"])):
        client = client_of(who, *scopes)
        body = {"source": "hf", "points": [0.7]}
        answer = client.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
        assert (answer.status_code == 202) is rights(client, project)[0]
