"""The audit trail: who reads it, how it is filtered, and that the database keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Role, Scope, Team, User
from qtwin.accounts.services import (
    audit_record,
    credential_add,
    credential_revoke,
    invitation_create,
    invitation_revoke,
    membership_change,
    membership_end,
    token_create,
    token_revoke,
)
from qtwin.accounts.services.audit import calls_forget
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import (
    backend_start,
    backend_stop,
    budget_set,
    project_link_create,
    project_link_revoke,
    project_member_end,
    project_member_set,
    project_publish,
    spending_rule_set,
    token_issue,
)
from qtwin.retention.rules import RULES, rule_apply, rules_due
from tests.vendors.braket.keys import SECRET

CALLS_MAY_END = import_module("qtwin.accounts.migrations.0010_calls_may_end")


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *Scope)


def test_each_change_of_rights_secrets_money_and_sharing_leaves_a_row(
    project: Project, team: Team, user: User, viewer: User, stranger: User
) -> None:
    """In the order in which they are made here, each exactly once."""
    start = AuditEvent.objects.latest("pk").pk
    member = team.memberships.get(user=viewer)
    membership_change(membership=member, by=user, role=Role.OPERATOR)
    place = project_member_set(project=project, user=stranger, role=Role.VIEWER, by=user)
    project_member_end(member=place, by=user)
    membership_end(membership=member, by=user)
    letter, _ = invitation_create(team=team, email="n@example.org", role=Role.VIEWER, by=user)
    invitation_revoke(invitation=letter, by=user)
    token, _ = token_issue(user=user, name="t", scopes=["read"], budget=1)
    token_revoke(token=token, by=user)
    key = credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)
    credential_revoke(credential=key, by=user)
    link, _ = project_link_create(project=project, label="x", by=user)
    project_link_revoke(link=link, by=user)
    project_publish(project=project, public=True, by=user)
    granted: dict[str, Any] = {"unit": Unit.MONEY, "period": Period.DAY, "limit": 1}
    budget_set(scope=project, per_job=None, by=user, **granted)
    spending_rule_set(project=project, by=user, paid_sources=True)
    backend_stop(backend="aer", team=team, why="", by=user)
    backend_start(backend="aer", team=team, by=user)
    rows = AuditEvent.objects.filter(pk__gt=start).order_by("pk")
    assert list(rows.values_list("action", flat=True)) == [
        "membership.set",
        "project.member.set",
        "project.member.end",
        "membership.end",
        "invitation.create",
        "invitation.revoke",
        "token.create",
        "budget.set",
        "token.revoke",
        "credential.store",
        "credential.revoke",
        "project.link.create",
        "project.link.revoke",
        "project.public",
        "budget.set",
        "project.spending",
        "backend.stop",
        "backend.start",
    ]
    assert {row.team_id for row in rows} == {team.pk}
    assert {row.user_id for row in rows} == {user.pk}
    assert SECRET not in str([row.data for row in rows])


def test_it_is_read_page_by_page_and_filtered(
    owner: APIClient, team: Team, user: User, viewer: User
) -> None:
    place = f"/api/v1/teams/{team.pk}/audit"
    for number in range(3):
        audit_record(action="job.cancel", user=viewer, team=team, target=f"job:{number}")
    first = owner.get(f"{place}?limit=2&action=job.").json()
    rest = owner.get(first["next"]).json()["results"]
    assert [row["target"] for row in first["results"] + rest] == ["job:2", "job:1", "job:0"]
    assert rest[0]["user"] == {"id": str(viewer.pk), "name": "Vera"}
    assert owner.get(f"{place}?action=job").json()["results"] == []
    assert len(owner.get(f"{place}?user={viewer.pk}").json()["results"]) == 3
    assert len(owner.get(f"{place}?target=job:1").json()["results"]) == 1
    since = first["results"][0]["created_at"].replace("+", "%2B")
    assert len(owner.get(f"{place}?action=job.&since={since}").json()["results"]) == 1
    wrong = owner.get(f"{place}?user=x")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "?user")


def test_only_owners_and_admins_read_it_and_a_token_needs_the_scope_admin(
    team: Team, user: User, viewer: User, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    place = f"/api/v1/teams/{team.pk}/audit"
    assert client_of(user, Scope.READ, Scope.SUBMIT).get(place).status_code == 403
    for person in (viewer, stranger):
        assert client_of(person, *Scope).get(place).status_code == 404
        browser = Client()
        browser.force_login(person)
        assert browser.get(f"/teams/{team.pk}/audit").status_code == 404


def test_the_page_shows_who_did_what_and_escapes_it(client: Client, team: Team, user: User) -> None:
    attack = "<script>alert(1)</script>"
    token, _ = token_create(user=user, name=attack, scopes=["read"])
    user.token = token
    for number in range(51):
        audit_record(action="job.cancel", user=user, team=team, target=f"job:{number}")
    client.force_login(user)
    page = client.get(f"/teams/{team.pk}/audit?action=job.")
    text = page.content.decode()
    assert ("job:50<" in text, "job:0<" in text, attack in text) == (True, False, False)
    older = text.partition('href="?action=job.&amp;after=')[2].partition('"')[0]
    page = client.get(f"/teams/{team.pk}/audit?action=job.&after={older}")
    assert "job:0<" in page.content.decode()
    for odd in ("since=2026-13-40", "since=x&user=x", "after=x", "until=2020-01-01"):
        assert client.get(f"/teams/{team.pk}/audit?{odd}").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"action": "x"}, {"target": "x"}, {"data": {"x": 1}}, {"created_at": "2020-01-01T00:00:00Z"}],
)
def test_the_database_changes_no_row(team: Team, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(**change)


def test_a_row_may_forget_whom_it_is_about_and_tell_no_other(
    team: Team, user: User, stranger: User
) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(user=user).update(user=stranger)
    before = AuditEvent.objects.filter(user=user).count()
    assert AuditEvent.objects.filter(user=user).update(user=None) == before > 0


@pytest.fixture
def kept(db: None) -> None:
    """Other tests are spared this trigger, so that they can be undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            CALLS_MAY_END.SQLITE if connection.vendor == "sqlite" else CALLS_MAY_END.POSTGRES
        )


def test_the_database_deletes_no_row(kept: None, team: Team) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.exists()


def test_old_calls_of_agents_may_go_and_nothing_else(
    kept: None, team: Team, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(action: str, days: int) -> int:
        when = timezone.now() - timedelta(days=days)
        with monkeypatch.context() as past:
            past.setattr(timezone, "now", lambda: when)
            return int(audit_record(action=action, user=None, team=team).pk)

    old, young = made("agent.call", 40), made("agent.call", 29)
    other = made("job.cancel", 400)
    rule = next(one for one in RULES if one.name == "calls")
    assert rule.id not in rules_due()
    assert rule_apply(rule.id) == 0, "kept for ever by default"
    settings.KEEP_CALLS_DAYS = 31
    assert rule.id in rules_due()
    assert [rule_apply(str(rule.id)) for _ in range(2)] == [1, 0]
    left = set(AuditEvent.objects.values_list("pk", flat=True))
    assert old not in left
    assert {young, other} <= left
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        calls_forget(timezone.now(), 10)
