"""A person's own row over HTTP: renamed, taken along, and erased with what they did kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken, AuditEvent, Membership, Role, Scope, Team, User
from qtwin.accounts.services import (
    credential_add,
    invitation_accept,
    invitation_create,
    membership_set,
    recovery_codes_renew,
    sign_in_link_create,
    team_create,
    totp_enrol,
)
from qtwin.accounts.totp import new_secret
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project, ProjectMember
from tests.unit.accounts.clock import Clock, code_in
from tests.vendors.braket.keys import CANARY, SECRET

PASSWORD = "a long enough password"  # a test's
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def _fast(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def own(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    user.set_password(PASSWORD)
    user.save()
    return client_of(user, *Scope)


def erase(client: APIClient, **body: str) -> Any:
    return client.delete(ME, body, format="json")


def test_a_name_is_changed_and_nothing_else(own: APIClient, user: User) -> None:
    answer = own.patch(ME, {"name": "Ada Lovelace"}, format="json")
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada Lovelace")
    for wrong in ({"name": ""}, {"name": "x" * 121}, {"email": "a@example.org"}, {}):
        assert own.patch(ME, wrong, format="json").status_code == 400
    assert AuditEvent.objects.filter(action="account.rename", user=user).count() == 1


def test_a_weaker_token_does_none_of_it(user: User, client_of: Callable[..., APIClient]) -> None:
    weak = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    assert weak.patch(ME, {"name": "x"}, format="json").status_code == 403
    assert weak.get(f"{ME}/export").status_code == 403
    assert erase(weak, password=PASSWORD).status_code == 403


def test_all_that_is_held_is_taken_along_without_secrets(
    own: APIClient, user: User, team: Team, project: Project, submit: Callable[..., Job]
) -> None:
    job = submit(source="hf", points=[[0.7]])
    credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)
    codes = recovery_codes_renew(user=user)
    told = json.loads(own.get(f"{ME}/export").content)
    assert told["profile"]["email"] == user.email
    assert told["memberships"][0]["team_name"] == team.name
    assert [row["id"] for row in told["jobs"]] == [str(job.pk)]
    assert [row["id"] for row in told["projects"]] == [str(project.pk)]
    assert "recovery_codes.renew" in {row["action"] for row in told["audit"]}
    assert told["second_steps"] == {"app": False, "recovery_codes_left": 10}
    text, user = json.dumps(told), User.objects.get(pk=user.pk)
    tokens = ApiToken.objects.filter(user=user)
    assert {row["prefix"] for row in told["tokens"]} == {one.prefix for one in tokens}
    for secret in (user.password, CANARY, codes[0], *(one.digest for one in tokens)):
        assert secret not in text


def test_an_export_tells_of_nobody_else(
    own: APIClient, user: User, stranger: User, viewer: User
) -> None:
    text = own.get(f"{ME}/export").content.decode()
    for other in (stranger, viewer):
        assert other.email not in text
        assert str(other.pk) not in text


def test_erasing_keeps_evidence_and_removes_the_person(
    *,
    own: APIClient,
    user: User,
    stranger: User,
    team: Team,
    project: Project,
    submit: Callable[..., Job],
    measure: Callable[..., Measurement],
) -> None:
    job, number = submit(source="hf", points=[[0.7]]), measure("hf", 0.7, -1.1)
    credential = credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)
    invitation_create(team=team, email=user.email + ".uk", role=Role.VIEWER, by=user)
    boss = team_create(name="Another", owner=stranger)
    _, secret = invitation_create(team=boss, email=user.email, role=Role.VIEWER, by=stranger)
    invitation_accept(secret=secret, user=user)
    own.post(f"{ME}/tokens", {"name": "Ada's phone", "scopes": ["read"]}, format="json")
    ProjectMember.objects.create(project=project, user=user, role=Role.VIEWER)
    browser = Client()
    browser.post("/sign-in", {"email": user.email, "password": PASSWORD})
    link = sign_in_link_create(user=user)
    audit = AuditEvent.objects.filter(user=user).count()
    assert erase(own, password=PASSWORD).status_code == 204

    assert own.get(ME).status_code == 401
    assert browser.get("/account").status_code == 302
    assert Client().post(f"/sign-in/link/{link}").status_code == 410
    again = Client().post("/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    assert again.status_code == 400
    row = User.objects.get(pk=user.pk)
    assert (row.name, row.is_active) == ("Former member", False)
    assert "ada" not in row.email
    told = json.dumps([*AuditEvent.objects.values_list("data", flat=True)])
    assert "Ada's phone" not in told
    assert '"ada@example.org"' not in told
    assert not Membership.objects.filter(user=user).exists()
    assert not ProjectMember.objects.filter(user=user).exists()
    job.refresh_from_db()
    assert job.created_by == row
    assert Measurement.objects.filter(pk=number.pk).exists()
    assert AuditEvent.objects.filter(user=user).count() == audit + 1
    credential.refresh_from_db()
    assert credential.revoked_at is None
    assert User.objects.create_user("ada@example.org", "Another Ada").pk != user.pk


def test_erasing_needs_the_password_and_a_code(
    own: APIClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.accounts.services.totp.time", Clock)
    secret = new_secret()
    totp_enrol(user=user, secret=secret, code=code_in(secret, -1))
    for body, status, pointer in (
        ({}, 400, "/password"),
        ({"password": "wrong"}, 403, "/password"),
        ({"password": PASSWORD}, 403, "/code"),
        ({"password": PASSWORD, "code": code_in(secret, 7)}, 403, "/code"),
        ({"password": PASSWORD, "colour": "red"}, 400, "/colour"),
    ):
        answer = erase(own, **body)
        assert answer.status_code == status, answer.content
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert User.objects.get(pk=user.pk).is_active
    assert erase(own, password=PASSWORD, code=code_in(secret)).status_code == 204


def test_guessing_the_password_here_is_slowed_too(own: APIClient) -> None:
    codes = [erase(own, password="wrong").status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]


def test_a_browser_that_just_signed_in_needs_no_password(user: User, own: APIClient) -> None:
    client = Client()
    client.post("/sign-in", {"email": user.email, "password": PASSWORD})
    assert client.delete(ME).status_code == 204
    assert not User.objects.get(pk=user.pk).is_active


def test_the_only_owner_of_others_hands_over_first(
    own: APIClient, user: User, team: Team, viewer: User
) -> None:
    answer = erase(own, password=PASSWORD)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:qtwin:problem:sole_owner"
    assert str(team.pk) in answer.json()["detail"]
    assert Membership.objects.filter(user=user).exists()
    membership_set(team=team, user=viewer, role=Role.OWNER, by=user)
    assert erase(own, password=PASSWORD).status_code == 204
    assert [one.user for one in team.memberships.all()] == [viewer]


def test_the_page_deletes_and_downloads(user: User, own: APIClient, viewer: User) -> None:
    client = Client()
    client.post("/sign-in", {"email": user.email, "password": PASSWORD})
    sent = client.get("/account/export")
    assert sent.json()["profile"]["name"] == "Ada"
    assert "attachment" in sent.headers["Content-Disposition"]
    assert client.post("/account/delete", {"email": "ada@example.com"}).status_code == 400
    refused = client.post("/account/delete", {"email": user.email})
    assert refused.status_code == 409
    assert "Hand it over first" in refused.content.decode()
    Membership.objects.filter(user=viewer).delete()
    gone = client.post("/account/delete", {"email": "Ada@example.org"})
    assert "Your account is deleted" in gone.content.decode()
    assert client.get("/account").status_code == 302
