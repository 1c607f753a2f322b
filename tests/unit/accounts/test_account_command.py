"""The first person of a new server."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from qtwin.accounts.models import Membership, Role, User

pytestmark = pytest.mark.django_db


def create(email: str = "Ann@Example.org", name: str = "Ann", team: str = "Lab") -> str:
    said = StringIO()
    call_command("account_create", email, "--name", name, "--team", team, stdout=said)
    return said.getvalue().strip()


def test_the_first_person_owns_a_team_and_gets_in_by_the_link_once() -> None:
    link = create()
    member = Membership.objects.select_related("user", "team").get()
    assert (member.user.email, member.user.name, member.team.name) == (
        "ann@example.org",
        "Ann",
        "Lab",
    )
    assert member.role == Role.OWNER
    person = Client()
    assert person.post(link).status_code == 302
    assert person.get("/projects").status_code == 200
    assert Client().post(link).status_code == 410


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": "ann"}, "'ann' is no address of mail"),
        ({"name": " "}, "--name ''; allowed: 1 to 120 characters"),
        ({"team": "x" * 121}, "allowed: 1 to 120 characters"),
        ({"email": "ANN@example.org"}, "has an account already"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_makes_nothing(
    given: dict[str, str], sentence: str
) -> None:
    create()
    with pytest.raises(CommandError, match=sentence):
        create(**({"email": "bob@example.org"} | given))
    assert User.objects.count() == 1
