"""Inviting on a team's page, and the page that the link opens."""

from __future__ import annotations

import re

from django.test import Client

from qtwin.accounts.models import Invitation, Membership, Role, Team, User
from qtwin.accounts.services import membership_set

NEW = {"name": "Nina", "password": "correct horse battery"}


def link_of(client: Client, team: Team, email: str = "nina@example.org") -> str:
    answer = client.post(f"/teams/{team.pk}/invitations", {"email": email, "role": "operator"})
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"http://testserver(/invitations/[\w-]+)", answer.content.decode())
    assert found is not None
    return found[1]


def test_a_link_is_shown_once_and_lets_a_new_person_in(signed_in: Client, team: Team) -> None:
    link = link_of(signed_in, team)
    assert link not in signed_in.get(f"/teams/{team.pk}").content.decode()
    visitor = Client()
    page = visitor.get(link)
    assert "Join Ada&#x27;s team" in page.content.decode()
    assert Invitation.objects.get().accepted_at is None, "a visit accepts nothing"
    weak = visitor.post(link, {**NEW, "password": "short"})
    assert (weak.status_code, "at least 12 characters" in weak.content.decode()) == (400, True)
    assert visitor.post(link, NEW).headers["Location"] == f"/teams/{team.pk}"
    assert "Nina" in visitor.get(f"/teams/{team.pk}").content.decode()
    assert Client().get(link).status_code == 410


def test_who_has_an_account_signs_in_first_and_another_is_told(
    signed_in: Client, team: Team, stranger: User, viewer: User
) -> None:
    link = link_of(signed_in, team, stranger.email)
    assert f"/sign-in?next={link}" in Client().get(link).content.decode()
    other = Client()
    other.force_login(viewer)
    assert "You are signed in as vera@example.org" in other.get(link).content.decode()
    assert other.post(link).status_code == 409
    own = Client()
    own.force_login(stranger)
    assert "Join the team" in own.get(link).content.decode()
    assert own.post(link).status_code == 302
    assert Membership.objects.get(team=team, user=stranger).role == Role.OPERATOR


def test_a_wrong_address_and_a_member_are_refused_and_a_link_is_revoked(
    signed_in: Client, team: Team, viewer: User
) -> None:
    place = f"/teams/{team.pk}/invitations"
    assert signed_in.post(place, {"email": "x", "role": "viewer"}).status_code == 400
    assert signed_in.post(place, {"email": viewer.email, "role": "viewer"}).status_code == 409
    link = link_of(signed_in, team)
    signed_in.post(f"{place}/{Invitation.objects.get().pk}:revoke")
    assert Client().get(link).status_code == 410


def test_a_team_is_made_renamed_handed_over_and_left(
    signed_in: Client, user: User, viewer: User, team: Team
) -> None:
    assert signed_in.post("/teams", {"name": " "}).status_code == 400
    made = signed_in.post("/teams", {"name": "Lab"}).headers["Location"]
    assert signed_in.post(f"{made}:rename", {"name": "Lab 2"}).headers["Location"] == made
    assert f'href="{made}">Lab 2</a>' in signed_in.get("/teams").content.decode()
    place = f"/teams/{team.pk}"
    alone = signed_in.post(f"{place}:leave")
    assert (alone.status_code, "Hand the team over first" in alone.content.decode()) == (409, True)
    assert signed_in.post(f"{place}:hand-over", {"to": "nobody"}).status_code == 404
    assert signed_in.post(f"{place}:hand-over", {"to": str(viewer.pk)}).status_code == 302
    assert signed_in.post(f"{place}:leave").headers["Location"] == "/teams"
    assert list(team.memberships.values_list("user__name", "role")) == [("Vera", "owner")]


def test_an_admin_saves_a_row_without_a_word_on_approval_and_takes_out(
    client: Client, team: Team, viewer: User
) -> None:
    Membership.objects.filter(user=viewer).update(may_approve=True)
    admin = User.objects.create_user("adam@example.org", "Adam")
    membership_set(team=team, user=admin, role=Role.ADMIN, by=None)
    client.force_login(admin)
    place = f"/teams/{team.pk}/members/{viewer.pk}"
    assert client.post(place, {"role": "operator"}).status_code == 302
    member = Membership.objects.get(user=viewer)
    assert (member.role, member.may_approve) == (Role.OPERATOR, True)
    assert client.post(f"{place}:end").status_code == 302
    assert not Membership.objects.filter(user=viewer).exists()
