"""Credentials and devices of a team over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Credential, CredentialTest, Role, Scope, Team, User
from qtwin.accounts.selectors import credential_tests_due
from qtwin.accounts.services import credential_open, membership_set
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import CANARY, KEY, SECRET
from workers.credential_test import make

ALL = [Scope.READ, Scope.SUBMIT, Scope.SPEND, Scope.ADMIN]
ClientOf = Callable[..., APIClient]


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that is logged."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def place(team: Team) -> str:
    return f"/api/v1/teams/{team.pk}/credentials"


@pytest.fixture
def admin(user: User, client_of: ClientOf) -> APIClient:
    return client_of(user, *ALL)


def add(client: APIClient, place: str, **body: Any) -> Any:
    whole = {"vendor": "braket", "label": "lab", "secret": json.loads(SECRET)} | body
    return client.post(place, whole, format="json")


def worked_off() -> None:
    for test in credential_tests_due(10):
        make(str(test))


def test_a_key_is_added_tested_used_and_revoked_and_never_shown(
    braket: BraketVendor, admin: APIClient, place: str, team: Team, log: pytest.LogCaptureFixture
) -> None:
    added = add(admin, place)
    assert added.status_code == 201
    row = added.json()
    assert (row["vendor"], row["label"], row["last_four"]) == ("braket", "lab", KEY[-4:])
    assert (row["last_test"], row["last_used_at"], row["revoked_at"]) == (None, None, None)
    stored = Credential.objects.get(pk=row["id"])
    assert json.loads(credential_open(credential=stored)) == json.loads(SECRET)

    asked = admin.post(f"{place}/{row['id']}:test")
    assert (asked.status_code, asked["Retry-After"]) == (202, "1")
    assert asked.json()["last_test"]["outcome"] == "open"
    assert braket.routes == [], "the web process asks no vendor"
    worked_off()
    listed = admin.get(place)
    (shown,) = listed.json()["results"]
    assert (shown["last_test"]["outcome"], bool(shown["last_used_at"])) == ("accepted", True)

    devices = admin.get(f"/api/v1/teams/{team.pk}/devices")
    revoked = admin.post(f"{place}/{row['id']}:revoke")
    assert revoked.json()["revoked_at"]
    assert admin.post(f"{place}/{row['id']}:test").status_code == 409
    trail = AuditEvent.objects.filter(team=team, user__name="Ada", action__startswith="credential.")
    assert list(trail.order_by("pk").values_list("action", flat=True)) == [
        *("credential.store", "credential.test", "credential.revoke"),
    ]
    answers = (added, asked, listed, devices, revoked)
    said = "".join(answer.content.decode() for answer in answers)
    assert CANARY not in said + log.text + str(list(trail.values()))
    assert braket.books.posts == []


def test_devices_are_those_of_the_last_test_and_can_be_refreshed(
    braket: BraketVendor,
    admin: APIClient,
    place: str,
    viewer: User,
    client_of: ClientOf,
) -> None:
    there = place.replace("credentials", "devices")
    assert admin.get(there).json() == {"results": []}
    add(admin, place)
    refreshed = admin.post(f"{there}:refresh")
    assert refreshed.status_code == 202
    (before,) = refreshed.json()["results"]
    assert (before["last_test"]["outcome"], before["as_of"], before["devices"]) == (
        *("open", None, []),
    )
    worked_off()
    (seen,) = client_of(viewer).get(there).json()["results"]
    assert (seen["vendor"], seen["last_test"]["outcome"]) == ("braket", "accepted")
    assert seen["as_of"] == seen["last_test"]["finished_at"]
    garnet = next(row for row in seen["devices"] if row["name"] == "iqm/Garnet")
    assert (garnet["backend"], garnet["state"], garnet["queue"], garnet["qubits"]) == (
        *("braket", "online", 3, 20),
    )
    assert garnet["price_micro_usd"] == {"task": 300_000, "shot": 1450, "minute": 0}
    assert garnet["price_of"].startswith("our table braket 20")
    assert garnet["calibration_id"].startswith("iqm/Garnet@")
    assert client_of(viewer).post(f"{there}:refresh").status_code == 404


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_only_owners_and_admins_have_to_do_with_keys(
    role: Role, team: Team, place: str, client_of: ClientOf
) -> None:
    member = User.objects.create_user("m@example.org", "M")
    membership_set(team=team, user=member, role=role, by=None)
    client = client_of(member, *ALL)
    assert client.get(place).status_code == 404
    assert add(client, place).status_code == 404
    assert not Credential.objects.exists()


def test_a_stranger_finds_nothing(
    admin: APIClient, place: str, team: Team, stranger: User, client_of: ClientOf
) -> None:
    row = add(admin, place).json()
    other = client_of(stranger, *ALL)
    own = stranger.memberships.get().team_id
    for answer in (
        other.get(place),
        add(other, place),
        other.post(f"{place}/{row['id']}:test"),
        other.post(f"{place}/{row['id']}:revoke"),
        other.post(f"/api/v1/teams/{own}/credentials/{row['id']}:revoke"),
        other.get(f"/api/v1/teams/{team.pk}/devices"),
        other.post(f"/api/v1/teams/{team.pk}/devices:refresh"),
    ):
        assert answer.status_code == 404
    assert Credential.objects.get().revoked_at is None
    assert not CredentialTest.objects.exists()


def test_a_token_without_the_scope_admin_neither_reads_nor_writes(
    admin: APIClient, user: User, place: str, client_of: ClientOf
) -> None:
    row = add(admin, place).json()
    agent = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    for answer in (
        agent.get(place),
        add(agent, place),
        agent.post(f"{place}/{row['id']}:test"),
        agent.post(f"{place}/{row['id']}:revoke"),
    ):
        assert answer.status_code == 403
    assert Credential.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "case",
    [
        ({"vendor": "acme"}, "/vendor", "allowed: braket, google, ibm"),
        ({"secret": {"access_key_id": CANARY}}, "/secret/secret_access_key", "allowed: JSON with"),
        ({"secret": f"not {CANARY} json"}, "/secret", "allowed: JSON with"),
        ({"secret": [CANARY]}, "/secret", "allowed: a JSON object, or text"),
        ({"secret": CANARY * 1000}, "/secret", "allowed: at most 4096"),
        ({"vendor": "ibm", "secret": CANARY}, "/secret/token", "allowed: "),
        ({"vendor": "ibm", "secret": {"token": CANARY}}, "/secret/token", "allowed: "),
        ({"label": ""}, "/label", ""),
        ({"keys": CANARY}, "/keys", "allowed: vendor, label, secret"),
    ],
)
def test_a_wrong_key_is_refused_by_its_field_and_not_echoed(
    admin: APIClient, place: str, log: pytest.LogCaptureFixture, case: tuple[Any, str, str]
) -> None:
    body, pointer, allowed = case
    answer = add(admin, place, **body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert allowed in answer.content.decode()
    assert CANARY not in answer.content.decode() + log.text
    assert not Credential.objects.exists()
