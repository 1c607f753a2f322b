"""Signing in at the organisation's provider, over real HTTP to one on this machine."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from qtwin.accounts import totp
from qtwin.accounts.models import AuditEvent, Identity, User
from qtwin.accounts.services import totp_enrol
from qtwin.config.environment import Environment
from tests.unit.accounts.clock import code_in
from tests.unit.web.account.test_account import forget_confirmation
from tests.vendors.oidc import CLIENT, SECRET, Provider

Browser = Callable[[], Client]
ADA = {"sub": "ada-1", "email": "Ada@example.org", "email_verified": True}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with Provider(claims=dict(ADA)) as running:
        settings.OIDC_ISSUER = running.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_NAME, settings.OIDC_MATCH_EMAIL = "the lab", True
        settings.EMAIL_HOST = "mail.example.org"
        yield running


def back_from(address: str) -> str:
    """Where the provider sends the browser."""
    there = httpx.get(address)
    assert there.status_code == 302
    return there.headers["location"].removeprefix("http://testserver")


def sign_in(client: Client | None = None) -> Any:
    client = client or Client()
    away = client.get("/sign-in/oidc?next=/jobs")
    assert away.status_code == 302, away.content
    return client.get(back_from(away.headers["Location"]))


def test_a_verified_address_finds_the_account_once_and_then_the_subject_does(
    provider: Provider, person: User
) -> None:
    client = Client()
    assert "Sign in with the lab" in client.get("/sign-in").content.decode()
    assert sign_in(client).headers["Location"] == "/jobs"
    assert client.get("/account").status_code == 200
    row = Identity.objects.get(user=person)
    assert (row.issuer, row.subject) == (provider.issuer, "ada-1")
    User.objects.filter(pk=person.pk).update(email="new@example.org")
    assert sign_in().headers["Location"] == "/jobs"
    trail = list(AuditEvent.objects.filter(user=person).values_list("action", flat=True))
    assert trail.count("identity.link") == 1
    assert trail.count("sign_in.oidc") == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "nobody@example.org"},
        {"email": None},
    ],
)
def test_nobody_is_found_by_an_address_that_is_not_theirs(
    provider: Provider, person: User, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert sign_in().status_code == 403
    assert not Identity.objects.exists()


def test_an_address_finds_nobody_where_that_is_not_configured(
    provider: Provider, person: User, settings: Settings
) -> None:
    settings.OIDC_MATCH_EMAIL = False
    assert sign_in().status_code == 403


def test_an_address_that_another_subject_had_finds_nobody(provider: Provider, person: User) -> None:
    sign_in()
    provider.claims["sub"] = "somebody-else"
    assert sign_in().status_code == 403


def test_a_closed_account_stays_closed(provider: Provider, person: User) -> None:
    sign_in()
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert sign_in().status_code == 403


def test_the_second_step_is_asked_here_too(provider: Provider, person: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=person, secret=secret, code=code_in(secret, -1))
    client = Client()
    assert sign_in(client).headers["Location"] == "/sign-in/second"
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"iss": "https://evil.example.org"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    provider: Provider, person: User, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert sign_in().status_code == 400
    assert not AuditEvent.objects.filter(action="sign_in.oidc").exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_the_providers_signature_is_refused(
    provider: Provider, person: User, algorithm: str
) -> None:
    provider.wrong["alg"] = algorithm
    assert sign_in().status_code == 400


def test_a_token_of_another_key_is_refused_and_a_new_key_is_learnt(
    provider: Provider, person: User
) -> None:
    assert sign_in().status_code == 302
    provider.key, provider.published = ec.generate_private_key(ec.SECP256R1()), provider.key
    assert sign_in().status_code == 400
    provider.published, provider.kid = None, "2"
    assert sign_in().status_code == 302
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "back", [{"state": "another"}, {"code": "another"}, {"iss": "https://evil.example.org"}]
)
def test_a_way_back_that_does_not_fit_is_refused(
    provider: Provider, person: User, back: dict[str, str]
) -> None:
    provider.wrong["back"] = back
    assert sign_in().status_code == 400


def test_the_way_back_is_for_the_browser_that_went_and_once(
    provider: Provider, person: User
) -> None:
    client, other = Client(), Client()
    address = client.get("/sign-in/oidc").headers["Location"]
    path = back_from(address)
    assert other.get(path).status_code == 400
    other.get("/sign-in/oidc")
    assert other.get(path).status_code == 400
    assert client.get(path).status_code == 302
    client.post("/sign-out")
    assert client.get(path).status_code == 400
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/oidc/callback"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example.org"},
        {"authorization_endpoint": "http://example.org/authorize"},
        {"authorization_endpoint": None},
    ],
)
def test_metadata_of_another_or_unsafe_is_refused(
    provider: Provider, person: User, metadata: dict[str, Any]
) -> None:
    provider.wrong["metadata"] = metadata
    assert Client().get("/sign-in/oidc").status_code == 503


def test_a_provider_that_must_name_itself_does(provider: Provider, person: User) -> None:
    provider.wrong["metadata"] = {"authorization_response_iss_parameter_supported": True}
    assert sign_in().status_code == 400
    provider.wrong["back"] = {"iss": provider.issuer}
    assert sign_in().status_code == 302


def test_the_secret_is_shown_as_the_provider_takes_it(provider: Provider, person: User) -> None:
    provider.ways = ("client_secret_post",)
    assert sign_in().status_code == 302


def test_a_provider_that_is_away_says_so(
    provider: Provider, person: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    answer = Client().get("/sign-in/oidc")
    assert answer.status_code == 503
    assert "The lab cannot be reached now." in answer.content.decode()
    assert SECRET not in caplog.text


def link(client: Client) -> Any:
    page = client.post("/account/identities/new").content.decode()
    found = re.search(r'href="(http://127[^"]*)"', page)
    assert found is not None
    return client.get(back_from(unescape(found[1])))


def test_who_is_signed_in_links_and_unlinks(
    provider: Provider, person: User, browser: Browser, settings: Settings, stranger: User
) -> None:
    settings.OIDC_MATCH_EMAIL = False
    client = browser()
    assert link(client).headers["Location"] == "/account?done=identity"
    assert sign_in().headers["Location"] == "/jobs"
    row, eve = Identity.objects.get(user=person), Client()
    eve.force_login(stranger)
    assert eve.post(f"/account/identities/{row.pk}:remove").status_code == 404
    assert link(client).status_code == 409
    forget_confirmation(client)
    assert "/account/confirm" in client.post("/account/identities/new").headers["Location"]
    remove = f"/account/identities/{row.pk}:remove"
    assert "/account/confirm" in client.post(remove).headers["Location"]
    session = client.session
    session["confirmed_at"] = int(time.time())
    session.save()
    assert client.post(remove).headers["Location"] == "/account?done=identity-removed"
    assert sign_in().status_code == 403


def test_the_only_way_in_is_not_unlinked(provider: Provider, user: User) -> None:
    client = Client()
    sign_in(client)
    row = Identity.objects.get(user=user)
    assert client.post(f"/account/identities/{row.pk}:remove").status_code == 409
    assert Identity.objects.exists()


def test_it_is_off_by_default(person: User) -> None:
    client = Client()
    assert "/sign-in/oidc" not in client.get("/sign-in").content.decode()
    for path in ("/sign-in/oidc", "/sign-in/oidc/callback?code=1&state=1"):
        assert client.get(path).status_code == 404


def test_an_address_finds_no_account_where_nobody_has_shown_that_it_is_theirs(
    provider: Provider, person: User, settings: Settings
) -> None:
    settings.EMAIL_HOST = ""
    answer = sign_in()
    assert (answer.status_code, Identity.objects.count()) == (403, 0)


@pytest.mark.parametrize("issuer", ["http://id.example.org", "id.example.org", "ftp://localhost"])
def test_an_issuer_is_reached_by_https(issuer: str) -> None:
    environment = Environment({"QTWIN_OIDC_ISSUER": issuer})
    environment.issuer("OIDC_ISSUER")
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER"):
        environment.check()
