"""What IBM's client puts on the wire, and what its end says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from backends.errors import (
    BackendError,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)
from backends.qpu import ibm
from backends.qpu.ibm_wire import PREPARE_S, REQUEST_S, Wire


class Answers(BaseHTTPRequestHandler):
    """Answers each POST with the server's status, and counts it."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.seen += 1
        self.send_response(server.status)
        self.send_header("Location", "/elsewhere/jobs")
        self.send_header("Retry-After", "12")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.seen, made.status = 0, 200
    made.url = f"http://127.0.0.1:{made.server_address[1]}/jobs"
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def post(wire: Wire, url: str) -> BackendError | None:
    """Post a job as the client's session does; what its end says."""
    with requests.Session() as session:
        wire.mount_on(session)
        try:
            session.post(url, data=b"{}").raise_for_status()
        except requests.RequestException:
            return wire.failure()
    return None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (307, OutcomeUnknown),
        (308, OutcomeUnknown),
        (400, ProgramRejected),
        (401, CredentialRefused),
        (403, CredentialRefused),
        (404, ProgramRejected),
        (408, OutcomeUnknown),
        (413, ProgramRejected),
        (422, ProgramRejected),
        (425, OutcomeUnknown),
        (429, NotCreated),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (503, OutcomeUnknown),
        (504, OutcomeUnknown),
        (520, OutcomeUnknown),
        (524, OutcomeUnknown),
    ],
)
def test_an_answer_means_what_it_proves_and_is_asked_for_once(
    server: Any, status: int, error: type[BackendError]
) -> None:
    server.status = status
    found = post(Wire(), server.url)
    assert type(found) is error
    assert server.seen == 1
    if isinstance(found, NotCreated):
        assert found.retry_after_s == 12.0


def test_a_wire_posts_no_second_job(server: Any) -> None:
    wire = Wire()
    assert post(wire, server.url) is None
    assert post(wire, server.url) is not None
    assert server.seen == 1


def test_a_job_that_took_too_long_to_prepare_is_not_sent(server: Any) -> None:
    late = Wire(began=time.monotonic() - PREPARE_S - 1)
    assert type(post(late, server.url)) is NotCreated
    assert server.seen == 0


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_what_never_left_created_nothing(host: str) -> None:
    assert type(post(Wire(), f"http://{host}/jobs")) is NotCreated


def test_the_queue_promises_what_the_wire_keeps() -> None:
    queue = ibm.IbmBackend.capabilities.queue
    assert queue is not None
    assert queue.request_timeout_s == REQUEST_S
