"""What is asked again, when, and with which key."""

from __future__ import annotations

import re

import httpx
import pytest

from qtwin.client import (
    Busy,
    Client,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    ServerFailed,
    Unreachable,
    Unreadable,
)
from qtwin.client.remote.project import Project
from qtwin.client.rows.project import ProjectRow
from qtwin.client.wire.ask import TRIES, ask
from qtwin.client.wire.flow import Request
from tests.unit.client.sdk.conftest import JOB, ME, URL, Server, problem


@pytest.fixture
def client(transport: httpx.MockTransport) -> Client:
    return Client(URL, "qt_a.b", transport=transport)


@pytest.fixture
def h2(client: Client) -> Project:
    return Project(client._driver, ProjectRow(id=JOB["project"], name="H2"))


def test_it_says_who_it_is_and_whom_it_speaks_for(client: Client, server: Server) -> None:
    server.say(ME)
    assert client.me().email == "ada@example.org"
    (asked,) = server.asked
    assert asked.url == f"{URL}/api/v1/me"
    assert asked.headers["Authorization"] == "Bearer qt_a.b"
    assert re.fullmatch(r"qtwin/\S+ python/3\.\d+\.\d+\S*", asked.headers["User-Agent"])


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    h2: Project, server: Server, pauses: list[float]
) -> None:
    server.say(httpx.ReadError("gone"), problem(502), httpx.ReadTimeout("slow"), JOB)
    assert h2.submit(source="hf", points=[0.5]).id == JOB["id"]
    keys = {one.headers["Idempotency-Key"] for one in server.asked}
    assert len(server.asked) == 4
    assert len(keys) == 1
    assert len(set(map(str, server.bodies()))) == 1
    assert pauses[0] < pauses[1] < pauses[2]
    h2.submit(source="hf", points=[0.5])
    assert server.asked[-1].headers["Idempotency-Key"] not in keys


def test_a_server_that_is_busy_is_left_alone_for_as_long_as_it_says(
    client: Client, server: Server, pauses: list[float]
) -> None:
    server.say(problem(429, **{"Retry-After": "7"}), ME)
    client.me()
    assert pauses == [7.0]


@pytest.mark.parametrize("after", ["3600", "7"])
def test_it_gives_up_on_one_that_stays_busy(client: Client, server: Server, after: str) -> None:
    server.say(problem(429, **{"Retry-After": after}))
    with pytest.raises(Busy):
        client.me()
    assert len(server.asked) == (1 if after == "3600" else TRIES)


def test_what_may_have_been_done_is_not_done_twice(client: Client, server: Server) -> None:
    once = Request(method="POST", path="/api/v1/teams", body={"name": "a"})
    server.say(httpx.ReadError("gone"))
    with pytest.raises(Unreachable, match="may have been done"):
        client._driver.run(ask(once))
    assert len(server.asked) == 1
    server.answers = [problem(500)]
    with pytest.raises(ServerFailed):
        client._driver.run(ask(once))
    assert len(server.asked) == 2
    server.answers = [httpx.ConnectError("refused"), problem(503), httpx.Response(200, json=ME)]
    assert client._driver.run(ask(once)) == ME


def test_whatever_is_made_has_a_key_and_is_made_once(client: Client, server: Server) -> None:
    server.say(httpx.ReadError("gone"), {"id": "1", "name": "H2"})
    assert client.create_project("H2", system={}).name == "H2"
    server.say(httpx.ReadError("gone"), {"id": "1", "name": "t", "token": "qt_c.d"})
    del server.answers[0]
    assert client.create_token("t", scopes=["read"]).token == "qt_c.d"
    keys = [one.headers["Idempotency-Key"] for one in server.asked]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_a_token_whose_text_was_lost_is_ended_and_made_anew(client: Client, server: Server) -> None:
    lost = {"id": "1", "name": "t", "token": ""}
    server.say(httpx.ReadError("gone"), lost, httpx.Response(204), {**lost, "token": "qt_e.f"})
    assert client.create_token("t", scopes=["read"]).token == "qt_e.f"
    done = [(one.method, one.url.path) for one in server.asked[2:]]
    assert done == [("DELETE", "/api/v1/me/tokens/1"), ("POST", "/api/v1/me/tokens")]
    keys = [one.headers.get("Idempotency-Key") for one in server.asked]
    assert keys[0] == keys[1] != keys[3]


def test_nobody_there_is_said_after_some_tries(client: Client, server: Server) -> None:
    server.say(httpx.ConnectError("connection refused"))
    with pytest.raises(Unreachable, match=f"connection refused after {TRIES} tries"):
        client.me()


def test_deleting_what_an_earlier_try_deleted_is_no_error(client: Client, server: Server) -> None:
    server.say(httpx.ReadError("gone"), problem(404))
    client.revoke_token("1")
    server.answers = [problem(429), problem(404)]
    with pytest.raises(NotFound):
        client.revoke_token("1")
    server.answers = [problem(404)]
    with pytest.raises(NotFound):
        client.revoke_token("1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (403, NotAllowed), (404, NotFound), (409, Conflict), (413, Refused)],
)
def test_refusals_have_a_type_and_carry_the_problem(
    client: Client, server: Server, status: int, kind: type[Refused]
) -> None:
    server.say(problem(status, "/points/0"))
    with pytest.raises(kind) as refused:
        client.me()
    assert refused.value.status == status
    assert refused.value.code == "invalid"
    assert [one.pointer for one in refused.value.errors] == ["/points/0"]
    assert refused.value.document["title"] == "No"
    assert len(server.asked) == 1


def test_an_unknown_token_says_so(client: Client, server: Server) -> None:
    server.say(problem(401))
    with pytest.raises(NotSignedIn):
        client.me()


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json=[1]), {"id": "1"}]
)
def test_what_is_no_qtwin_is_told_from_one(client: Client, server: Server, answer: object) -> None:
    server.say(answer)
    with pytest.raises(Unreadable):
        client.me()


def test_the_token_goes_to_no_other_server(client: Client, server: Server) -> None:
    row = {"id": "1", "name": "a"}
    server.say({"results": [row], "next": "http://evil.example/api/v1/projects?cursor=x"})
    server.say({"results": [row], "next": None})
    assert [one.name for one in client.projects()] == ["a", "a"]
    assert server.asked[1].url == f"{URL}/api/v1/projects?cursor=x"


def test_redirects_are_not_followed(client: Client, server: Server) -> None:
    server.say(httpx.Response(302, headers={"Location": "http://evil.example/"}))
    with pytest.raises(Unreadable):
        client.me()
    assert len(server.asked) == 1
