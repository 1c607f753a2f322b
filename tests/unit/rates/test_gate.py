"""Who asks too often is turned away before the application, and told when to come back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync

from qtwin.accounts.models import User
from qtwin.accounts.services import token_create, token_revoke
from qtwin.config.environment import Environment
from qtwin.rates.caller import caller_of
from qtwin.rates.gate import KNOWN, RateGate
from qtwin.rates.kinds import DEFAULTS
from qtwin.rates.limiter import Limiter
from qtwin.rates.rule import Rule


def rules(**most: int) -> dict[str, Rule]:
    """No limits but these, of which nothing comes back during a test."""
    return {
        name: Rule(name=name, most=most.get(name.replace("-", "_"), 0), window_s=10**6)
        for name in DEFAULTS
    }


class Site:
    """An application behind a gate; it knows the token ``good``."""

    def __init__(self, **most: int) -> None:
        self.reached: list[str] = []
        self.gate = RateGate(self._app, rules(**most), Limiter(None))

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope["path"])
        headers = dict(scope["headers"])
        if b"good" in headers.get(b"authorization", b"") + headers.get(b"cookie", b""):
            scope[KNOWN] = caller_of(scope).claim
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(
        self, path: str = "/api/v1/me", method: str = "GET", address: str = "192.0.2.1", **head: str
    ) -> httpx.Response:
        return ask(self.gate, path, method, address, **head)

    def statuses(self, times: int, *more: str, **head: str) -> list[int]:
        return [self.ask(*more, **head).status_code for _ in range(times)]


def ask(app: Any, path: str, method: str, address: str, **head: str) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers=head)

    return async_to_sync(run)()


ADA, EVE = {"Authorization": "Bearer good.ada"}, {"Authorization": "Bearer good.eve"}


def test_one_token_has_one_bucket_and_another_token_its_own() -> None:
    site = Site(all=3)
    assert site.statuses(5, **ADA) == [204, 204, 204, 429, 429]
    assert site.statuses(2, **EVE) == [204, 204]
    assert len(site.reached) == 5


def test_a_refusal_says_when_to_come_back_and_every_answer_what_is_left() -> None:
    site = Site(all=2)
    first, _, last = (site.ask("/api/v1/me", **ADA) for _ in range(3))
    assert first.headers["ratelimit-policy"] == '"all";q=2;w=1000000'
    assert first.headers["ratelimit"] == '"all";r=1;t=500000'
    assert (last.status_code, last.headers["retry-after"]) == (429, "500000")
    assert last.headers["ratelimit"] == '"all";r=0;t=1000000'
    assert last.headers["content-type"] == "application/problem+json"
    problem = last.json()
    assert problem["detail"] == (
        "Too many requests; allowed: all: 2 in 1000000 s. Try again in 500000 s."
    )
    assert {"type", "title", "status", "instance"} < set(problem)


def test_a_page_is_refused_as_a_page_with_a_pages_headers() -> None:
    site = Site(address=1)
    site.ask("/projects")
    answer = site.ask("/projects")
    assert answer.status_code == 429
    assert "<h1>Too many requests</h1>" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_invented_tokens_share_their_addresss_bucket() -> None:
    site = Site(address=3, all=100)
    tried = [site.ask(Authorization=f"Bearer bad.{n}").status_code for n in range(5)]
    assert tried == [204, 204, 204, 429, 429]
    assert site.statuses(1, "/api/v1/me", "GET", "192.0.2.2", **ADA) == [204]


def test_invented_tokens_have_no_buckets_of_their_own_to_submit_with() -> None:
    site, place = Site(submit=2), "/api/v1/projects/1/jobs"
    tried = [site.ask(place, "POST", Authorization=f"Bearer bad.{n}") for n in range(3)]
    assert [answer.status_code for answer in tried] == [204, 204, 429]


def test_a_token_that_was_good_does_not_suffer_from_its_neighbours() -> None:
    site = Site(address=3, all=100)
    assert site.statuses(1, **ADA) == [204]
    assert site.statuses(4, Authorization="Bearer bad")[-1] == 429
    assert site.statuses(5, **ADA) == [204] * 5


def test_a_session_is_a_caller_like_a_token_whatever_its_cookie_is_called() -> None:
    site = Site(address=1, all=3)
    cookie = {"Cookie": "csrftoken=x; __Host-sessionid=good1"}
    assert site.statuses(4, "/projects", **cookie) == [204, 204, 204, 429]


def test_attempts_to_sign_in_count_by_address_whoever_one_claims_to_be() -> None:
    site = Site(sign_in=2)
    tried = [site.ask("/sign-in", "POST", Cookie=f"sessionid={n}").status_code for n in range(4)]
    assert tried == [204, 204, 429, 429]
    assert site.ask("/sign-in").status_code == 204
    assert site.ask("/sign-in", "POST", "192.0.2.2").status_code == 204


def test_addresses_of_one_ipv6_network_are_one_caller() -> None:
    site = Site(address=1)
    site.ask(address="2001:db8:1:2::1")
    assert site.ask(address="2001:db8:1:2:ffff::9").status_code == 429
    assert site.ask(address="2001:db8:1:3::1").status_code == 204


@pytest.mark.parametrize(
    ("path", "method", "counted"),
    [
        ("/api/v1/projects/1/jobs", "POST", "submit"),
        ("/projects/1/new-job", "POST", "submit"),
        ("/api/v1/jobs/1:cancel", "POST", "submit"),
        ("/api/v1/projects/1/twin:predict", "POST", ""),
        ("/api/v1/projects/1/jobs", "GET", "list"),
        ("/api/v1/projects/1/ledger", "GET", "list"),
        ("/api/v1/jobs/1", "GET", ""),
        ("/projects", "GET", ""),
    ],
)
def test_submitting_and_listing_have_buckets_of_their_own(
    path: str, method: str, counted: str
) -> None:
    site = Site(submit=5, list=5)
    named = site.ask(path, method, **ADA).headers.get("ratelimit", "")
    assert named.split(";")[0].strip('"') == counted


def test_probes_and_files_are_always_answered() -> None:
    site = Site(address=1, all=1)
    for path in ("/api/v1/health/live", "/static/qtwin/qtwin.css"):
        assert site.statuses(3, path) == [204] * 3


JOB = "01890a5d-ac96-774b-bcce-b302099a8057"
STREAMING = {"Accept": "text/event-stream"}


@pytest.mark.parametrize(
    ("path", "head", "together"),
    [
        ("/api/v1/jobs", {}, 2),
        (f"/api/v1/jobs/{JOB}?wait=30", {}, 6),
        ("/events", STREAMING, 6),
        (f"/api/v1/projects/{JOB}/events", STREAMING, 6),
        ("/api/v1/jobs?wait=30", {}, 2),
        (f"/api/v1/jobs/{JOB}?wait=0", {}, 2),
        (f"/api/v1/jobs/{JOB}/measurements?wait=30", {}, 2),
        ("/api/v1/jobs", STREAMING, 2),
    ],
)
def test_a_burst_of_one_caller_is_worked_on_a_few_at_a_time(
    path: str, head: dict[str, str], together: int
) -> None:
    busy, seen = 0, []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal busy
        busy += 1
        seen.append(busy)
        await asyncio.sleep(0.01)
        busy -= 1
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> None:
        gate: Any = RateGate(app, rules(), Limiter(None), together=2)
        transport = httpx.ASGITransport(gate)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await asyncio.gather(*(client.get(path, headers=head) for _ in range(6)))

    async_to_sync(run)()
    assert (len(seen), max(seen), busy) == (6, together, 0)


@pytest.fixture
def django_app(monkeypatch: pytest.MonkeyPatch) -> Any:
    from qtwin.config.asgi import gate as application

    monkeypatch.setattr(application, "_rules", rules(address=4, all=100))
    monkeypatch.setattr(application, "_limiter", Limiter(None))
    monkeypatch.setattr(application, "_known", type(application._known)())
    return application


@pytest.mark.django_db(transaction=True)
def test_only_what_django_found_good_is_known(
    django_app: Any, user: User, client: Any, settings: Any
) -> None:
    def known(path: str, **head: str) -> bool:
        django_app._known.clear()
        django_app._limiter = Limiter(None)
        ask(django_app, path, "GET", "192.0.2.7", **head)
        return len(django_app._known) == 1

    token, text = token_create(user=user, name="t", scopes=["read"])
    good, bad = {"Authorization": f"Bearer {text}"}, {"Authorization": f"Bearer {text[:-2]}xx"}
    assert known("/api/v1/me", **good)
    assert not known("/api/v1/me", **bad)
    assert not known("/sign-in", **bad)
    assert not known("/api/v1/nothing", **bad)
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert known("/projects", Cookie=f"sessionid={cookie}")
    assert not known("/projects", Cookie=f"sessionid={cookie[:-2]}xx")
    assert not known("/projects", Cookie=f"sessionid={cookie}", Authorization="Bearer made.up")
    assert not known("/projects", Cookie=f"mysessionid=1; sessionid={cookie}")
    token_revoke(token=token, by=user)
    assert not known("/api/v1/me", **good)


@pytest.mark.django_db(transaction=True)
def test_the_real_application_refuses_before_it_looks_at_the_database(
    django_app: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    def flood() -> list[int]:
        head = {"Authorization": "Bearer qt_00000000.x"}
        answers = [ask(django_app, "/api/v1/me", "GET", "192.0.2.9", **head) for _ in range(6)]
        return [answer.status_code for answer in answers]

    assert flood() == [401] * 4 + [429] * 2
    with django_assert_num_queries(0):
        assert flood() == [429] * 6


@pytest.mark.parametrize("value", ["", "3", "a/b", "0/5", "5/0", "-1/3"])
def test_a_wrong_limit_is_named(value: str) -> None:
    environment = Environment({"QTWIN_RATE_ALL": value})
    environment.rate("RATE_ALL", "all", "300/15")
    with pytest.raises(Exception, match=r"QTWIN_RATE_ALL = .*; allowed: requests/seconds"):
        environment.check()


def test_a_limit_is_read_and_0_is_none() -> None:
    def rule(**given: str) -> Rule:
        return Environment(given).rate("RATE_ALL", "all", "300/15")

    assert rule() == Rule(name="all", most=300, window_s=15)
    assert rule(QTWIN_RATE_ALL="0").most == 0
    assert json.dumps(DEFAULTS)
