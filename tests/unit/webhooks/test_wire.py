"""Where a webhook may be, and that nothing is connected to where it may not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from qtwin.webhooks import wire
from qtwin.webhooks.addresses import is_public
from qtwin.webhooks.target import BadTarget, read_target
from tests.receiver import NAME, Receiver, status

INSIDE = [
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "168.63.129.16"),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:808:808::1",
    ),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "3fff::1", "100::1", "fe80::1"),
    *("fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "5f00::1", "nonsense", ""),
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_of_the_public_internet_are_told_apart(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_of_the_public_internet_pass(address: str) -> None:
    assert is_public(address)


REFUSED_URLS = [
    *("http://example.org/", "ftp://example.org/", "//example.org/", "example.org", ""),
    *("https://", "https:///x", "https://user@example.org/", "https://u:p@example.org/"),
    *("https://example.org/#part", "https://example.org:80/", "https://example.org:22/"),
    *("https://example.org:99999/", "https://example.org:x/", "https://exa mple.org/"),
    *("https://example.org/a b", "https://example.org/\r\nX: 1", "https://example.org/\u00e9"),
    *("https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://db.internal/"),
    *("https://printer.local/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/"),
    *("https://[::ffff:10.0.0.1]/", "https://[fe80::1%25eth0]/", "https://-x.org/"),
    "https://example.org/" + "x" * 1000,
]


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_an_address_that_is_not_allowed_is_refused_before_anything_is_looked_up(
    url: str, names: dict[str, list[str]], connected: list[Any]
) -> None:
    with pytest.raises(BadTarget, match="allowed: "):
        wire.post(url, headers={}, body=b"{}")
    assert (names["asked"], connected) == ([], [])


@pytest.mark.parametrize("address", [one for one in INSIDE if one and one != "nonsense"])
def test_a_name_that_leads_inside_is_not_connected_to(
    address: str, names: dict[str, list[str]], connected: list[Any]
) -> None:
    names["innocent.example"] = [address]
    names["mixed.example"] = ["8.8.8.8", address]
    for host in ("innocent.example", "mixed.example"):
        with pytest.raises(BadTarget, match="not at a public address"):
            wire.post(f"https://{host}/", headers={}, body=b"{}")
    assert connected == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"])
def test_other_ways_to_write_this_machine_are_not_connected_to(
    host: str, connected: list[Any]
) -> None:
    with pytest.raises((BadTarget, wire.NoAnswer)):
        wire.post(f"https://{host}/", headers={}, body=b"{}")
    assert connected == []


def test_a_real_receiver_on_this_machine_sees_no_connection_unless_it_is_allowed(
    receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_PORTS = [receiver.port]
    assert wire.post(receiver.url(), headers={}, body=b"{}") == 204
    assert receiver.accepted == 1
    settings.WEBHOOK_HOSTS = []
    for host in (NAME, "127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(BadTarget):
            wire.post(f"https://{host}:{receiver.port}/", headers={}, body=b"{}")
    assert receiver.accepted == 1


def test_the_name_is_looked_up_once_and_its_host_is_asked_for_at_that_address(
    receiver: Receiver, names: dict[str, list[str]], connected: list[Any]
) -> None:
    names[NAME] = ["127.0.0.1"]
    body = b'{"a": 1}'
    assert wire.post(receiver.url("/x?y=1"), headers={"x-a": "b"}, body=body) == 204
    assert names["asked"] == [NAME]
    assert connected == [("127.0.0.1", receiver.port)]
    assert receiver.asked_for == [NAME]
    (got,) = receiver.got
    assert (got.path, got.body) == ("/x?y=1", body)
    assert (got.headers["host"], got.headers["x-a"]) == (f"{NAME}:{receiver.port}", "b")


def test_a_redirect_is_not_followed(receiver: Receiver, connected: list[Any]) -> None:
    receiver.answer = status(307, location=receiver.url("/inside"))
    assert wire.post(receiver.url(), headers={}, body=b"{}") == 307
    assert [got.path for got in receiver.got] == ["/hook"]
    assert len(connected) == 1


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.3:9")
    assert wire.post(receiver.url(), headers={}, body=b"{}") == 204
    assert connected == [("127.0.0.1", receiver.port)]


def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "none.pem").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(wire.NoAnswer, match="its certificate is not trusted: "):
        wire.post(receiver.url(), headers={}, body=b"secret")
    assert receiver.got == []


def test_another_hosts_certificate_is_not_taken(
    receiver: Receiver, names: dict[str, list[str]], settings: Any
) -> None:
    names["other.example"] = ["127.0.0.1"]
    settings.WEBHOOK_HOSTS = ["other.example"]
    with pytest.raises(wire.NoAnswer, match="its certificate is not trusted: "):
        wire.post(f"https://other.example:{receiver.port}/", headers={}, body=b"secret")
    assert receiver.got == []


def test_who_answers_byte_by_byte_is_hung_up_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "WHOLE_S", 0.5)

    def drip(handler: Any) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)

    receiver.answer = drip
    start = time.monotonic()
    with pytest.raises(wire.NoAnswer):
        wire.post(receiver.url(), headers={}, body=b"{}")
    assert time.monotonic() - start < 2


def test_who_is_silent_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "STEP_S", 0.2)
    receiver.answer = lambda handler: time.sleep(1)
    with pytest.raises(wire.NoAnswer, match=r"no answer in 0.2 s"):
        wire.post(receiver.url(), headers={}, body=b"{}")


def test_of_an_endless_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x" * 2**16)

    receiver.answer = endless
    start = time.monotonic()
    assert wire.post(receiver.url(), headers={}, body=b"{}") == 200
    assert time.monotonic() - start < 2


def test_a_host_without_an_address_is_said_so(names: dict[str, list[str]]) -> None:
    with pytest.raises(wire.NoAnswer, match=r"'nobody\.example' has no address"):
        wire.post("https://nobody.example/", headers={}, body=b"{}")


def test_a_name_server_that_is_silent_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(*_: Any, **__: Any) -> list[Any]:
        time.sleep(0.3)
        return []

    monkeypatch.setattr("qtwin.webhooks.lookup.LOOKUP_S", 0.1)
    monkeypatch.setattr("socket.getaddrinfo", slow)
    with pytest.raises(wire.NoAnswer, match="no name server answered"):
        wire.post("https://slow.example/", headers={}, body=b"{}")


def test_names_are_read_as_the_resolver_and_the_certificate_have_them() -> None:
    target = read_target("https://B\u00fccher.Example./x?y=%20")
    assert (target.host, target.port, target.path) == ("xn--bcher-kva.example", 443, "/x?y=%20")
