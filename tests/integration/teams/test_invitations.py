"""Invitations: made within one's rank, mailed or shown once, accepted once by whom they are for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Invitation, Membership, Role, Scope, Team, User
from qtwin.accounts.services import invitation, membership_set

ACCEPT = "/api/v1/invitations:accept"
NEW: dict[str, Any] = {"name": "Nina", "password": "correct horse battery"}
Invite = Callable[..., Any]


@pytest.fixture
def invite(team: Team, user: User, client_of: Callable[..., APIClient]) -> Invite:
    """Post an invitation, by the team's owner unless somebody else is named."""

    def run(email: str = "nina@example.org", role: str = "operator", by: User = user) -> Any:
        body = {"email": email, "role": role}
        place = f"/api/v1/teams/{team.pk}/invitations"
        return client_of(by, *Scope).post(place, body, format="json")

    return run


def secret_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.content
    link: str = answer.json()["link"]
    return link.rpartition("/")[2]


def accept(secret: str, client: APIClient | None = None, **more: Any) -> Any:
    return (client or APIClient()).post(ACCEPT, {"secret": secret, **more}, format="json")


def test_a_new_person_makes_an_account_and_is_in_once(invite: Invite, team: Team) -> None:
    made = invite("Nina@Example.org")
    assert (made.json()["email"], made.json()["mailed"]) == ("nina@example.org", False)
    secret = secret_of(made)
    joined = accept(secret, **NEW)
    assert (joined.status_code, joined.json()["role"]) == (200, "operator")
    nina = User.objects.get(email="nina@example.org")
    assert nina.check_password(NEW["password"])
    assert Membership.objects.get(team=team, user=nina).role == Role.OPERATOR
    again = accept(secret, **{**NEW, "name": "Nobody"})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (400, "/secret")
    actions = AuditEvent.objects.filter(team=team, action__startswith="invitation.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "invitation.create",
        "invitation.accept",
    ]


def test_an_account_that_is_made_meanwhile_is_asked_to_sign_in(
    invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_of(invite())

    def faster(password: str, user: User) -> None:
        User.objects.create_user(user.email, "Faster")

    monkeypatch.setattr(invitation, "validate_password", faster)
    refused = accept(secret, **NEW)
    assert (refused.status_code, refused.json()["type"][-13:]) == (403, "sign_in_first")


def test_the_database_holds_no_usable_link(invite: Invite) -> None:
    secret = secret_of(invite())
    (row,) = Invitation.objects.values()
    (trail,) = AuditEvent.objects.filter(action="invitation.create").values()
    assert secret not in f"{row} {trail}"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"name": "Nina", "password": "short"}, "/password"),
        ({"name": "Nina", "password": "password1234"}, "/password"),
        ({"password": NEW["password"]}, "/name"),
        ({"name": "Nina"}, "/password"),
    ],
)
def test_a_new_account_needs_a_name_and_a_good_password(
    invite: Invite, given: dict[str, Any], pointer: str
) -> None:
    refused = accept(secret_of(invite()), **given)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not User.objects.filter(email="nina@example.org").exists()


def test_who_has_an_account_signs_in_with_the_address_invited(
    invite: Invite, stranger: User, viewer: User, client_of: Callable[..., APIClient], team: Team
) -> None:
    secret = secret_of(invite(stranger.email, role="admin"))
    assert accept(secret, **NEW).json()["type"] == "urn:qtwin:problem:sign_in_first"
    other = accept(secret, client_of(viewer, *Scope))
    assert (other.status_code, other.json()["type"]) == (403, "urn:qtwin:problem:other_address")
    assert accept(secret, client_of(stranger)).status_code == 403, "a token needs the scope admin"
    assert accept(secret, client_of(stranger, *Scope)).status_code == 200
    assert Membership.objects.get(team=team, user=stranger).role == Role.ADMIN


@pytest.mark.parametrize("role", list(Role))
def test_nobody_invites_above_their_own_role(invite: Invite, team: Team, role: Role) -> None:
    admin = User.objects.create_user("adam@example.org", "Adam")
    membership_set(team=team, user=admin, role=Role.ADMIN, by=None)
    answer = invite(role=role.value, by=admin)
    assert answer.status_code == (403 if role is Role.OWNER else 201)
    if role is Role.OWNER:
        assert answer.json()["errors"][0]["pointer"] == "/role"
        assert not Invitation.objects.exists()


def test_an_invitation_ends_with_its_inviters_right_to_make_it(invite: Invite, team: Team) -> None:
    admin = User.objects.create_user("adam@example.org", "Adam")
    membership_set(team=team, user=admin, role=Role.ADMIN, by=None)
    secret = secret_of(invite(role="admin", by=admin))
    membership_set(team=team, user=admin, role=Role.VIEWER, by=None)
    assert accept(secret, **NEW).status_code == 400
    assert not User.objects.filter(email="nina@example.org").exists()


def test_expired_revoked_and_replaced_links_open_nothing(
    invite: Invite, team: Team, user: User, client_of: Callable[..., APIClient]
) -> None:
    replaced, place = secret_of(invite()), f"/api/v1/teams/{team.pk}/invitations"
    revoked, owner = invite(), client_of(user, *Scope)
    assert owner.delete(f"{place}/{revoked.json()['id']}").status_code == 204
    assert owner.get(place).json()["results"] == []
    late = invite()
    assert [row["id"] for row in owner.get(place).json()["results"]] == [late.json()["id"]]
    Invitation.objects.filter(pk=late.json()["id"]).update(expires_at=timezone.now())
    for secret in (replaced, secret_of(revoked), secret_of(late), "x"):
        assert accept(secret, **NEW).status_code == 400
    assert AuditEvent.objects.filter(action="invitation.revoke").count() == 1


def test_it_lasts_seven_days(invite: Invite) -> None:
    secret_of(invite())
    row = Invitation.objects.get()
    assert abs(row.expires_at - row.created_at - timedelta(days=7)) < timedelta(seconds=1)


def test_a_member_is_not_invited(invite: Invite, viewer: User) -> None:
    answer = invite(viewer.email.upper())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/email")


def test_where_mail_is_configured_the_link_is_mailed_and_not_shown(
    invite: Invite, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    answer = invite()
    assert (answer.json()["mailed"], answer.json()["link"]) == (True, "")
    (sent,) = mail.outbox
    assert sent.to == ["nina@example.org"]
    assert "Ada invites you to the team Ada's team" in sent.body
    secret = sent.body.partition("/invitations/")[2].split()[0]
    assert accept(secret, **NEW).status_code == 200


def test_where_mail_fails_the_link_is_shown(
    invite: Invite, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def unreachable(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("smtplib.SMTP.connect", unreachable)
    answer = invite()
    assert answer.json()["mailed"] is False
    assert accept(secret_of(answer), **NEW).status_code == 200
