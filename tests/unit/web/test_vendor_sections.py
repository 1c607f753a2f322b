"""Keys to vendors and devices on the page of a team."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from qtwin.accounts.models import Credential, CredentialTest, Role, Team, User
from qtwin.accounts.selectors import credential_tests_due
from qtwin.accounts.services import membership_set
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import CANARY, KEY, SECRET
from workers.credential_test import make

pytestmark = pytest.mark.django_db
FORM = {"vendor": "braket", "label": "our lab", "secret": SECRET}


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def address(team: Team) -> str:
    return f"/teams/{team.pk}"


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    body: str = response.content.decode()
    assert " style=" not in body
    assert CANARY not in body
    return body


def test_an_owner_adds_a_key_sees_devices_and_revokes_it(
    braket: BraketVendor, signed_in: Client, address: str
) -> None:
    assert signed_in.post(f"{address}/credentials", FORM).headers["Location"] == address
    waiting = body_of(signed_in, address)
    assert "Asking" in waiting
    assert "data-under-way" in waiting
    for test in credential_tests_due(10):
        make(str(test))
    body = body_of(signed_in, address)
    assert "data-under-way" not in body
    for shown in ("our lab", f"…{KEY[-4:]}", "Accepted", "iqm/Garnet", "quera/Aquila"):
        assert shown in body
    assert "0.3 USD per task and 0.00145 USD per shot" in body
    key = Credential.objects.get()
    signed_in.post(f"{address}/devices:refresh")
    assert len(credential_tests_due(10)) == 1
    assert signed_in.post(f"{address}/credentials/{key.pk}:revoke").headers["Location"] == address
    assert "Revoked" in body_of(signed_in, address)
    assert signed_in.post(f"{address}/credentials/{key.pk}:test").status_code == 409
    assert signed_in.post(f"{address}/credentials/{key.pk}:fly").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"vendor": "acme"}, "allowed: braket, google, ibm"),
        ({"secret": f"no json {CANARY}"}, "no JSON"),
        ({"secret": ""}, "1 to 4096"),
        ({"label": ""}, "1 to 120"),
    ],
)
def test_a_wrong_key_is_refused_and_not_shown_again(
    signed_in: Client, address: str, wrong: dict[str, str], says: str
) -> None:
    refused = signed_in.post(f"{address}/credentials", FORM | wrong)
    assert refused.status_code == 400
    body = refused.content.decode()
    assert says in body
    assert CANARY not in body
    assert not Credential.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_others_of_the_team_see_devices_and_no_keys(
    signed_in: Client, address: str, team: Team, role: Role
) -> None:
    signed_in.post(f"{address}/credentials", FORM)
    member = User.objects.create_user("m@example.org", "M")
    membership_set(team=team, user=member, role=role, by=None)
    client = Client()
    client.force_login(member)
    body = body_of(client, address)
    assert "our lab" not in body
    assert 'id="devices-title"' in body
    key = Credential.objects.get()
    for place in ("credentials", f"credentials/{key.pk}:revoke", f"credentials/{key.pk}:test"):
        assert client.post(f"{address}/{place}", FORM).status_code == 404
    may = client.post(f"{address}/devices:refresh").status_code
    assert may == (302 if role == Role.OPERATOR else 404)
    assert CredentialTest.objects.count() == 1


def test_adding_a_key_needs_a_post_with_a_token(user: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get(f"{address}/credentials").status_code == 405
    assert client.post(f"{address}/credentials", FORM).status_code == 403
    assert not Credential.objects.exists()
