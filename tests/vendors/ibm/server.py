"""The interface: sign-in, devices, sessions, jobs; with faults that can be switched on."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import traceback
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from tests.contract.remote.fault import Fault
from tests.vendors.gate import Gate
from tests.vendors.ibm import devices, running
from tests.vendors.ibm.books import Books, Job, Session

KEY = "canary-5b1f-ibm-api-key"
INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/canary-account:canary-instance::"
SECONDS = 3.0
"""Charged for every job that ran."""
POSTS = {
    Fault.AWAY: (503, "try later"),
    Fault.BUSY: (429, "too many requests; no job was made"),
    Fault.REJECTED: (400, "the circuits are too deep"),
}
Answer = tuple[int, Any]


class IbmServer(ThreadingHTTPServer):
    """Listens on a free port of this machine.

    Attributes:
        noisy: Whether circuits have a device's noise.
        counting: Whether what a job used is still being counted.
        gate: What answers pass.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.books = Books()
        self.faults: frozenset[Fault] = frozenset()
        self.noisy = self.counting = False
        self.gate = Gate()
        self._engine = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def switch(self, faults: frozenset[Fault]) -> None:
        """These faults from now on; runs that waited go on when they need not any more."""
        self.faults = faults
        if Fault.SLOW not in faults:
            for job in self.books.jobs.values():
                if job.status == "Queued":
                    self.start(job)

    def start(self, job: Job) -> None:
        job.status, job.running = "Running", datetime.now(UTC)
        threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: Job) -> None:
        try:
            if Fault.FAILED in self.faults:
                raise RuntimeError("the computer was taken down")
            with self._engine:
                job.result = running.run(job.body["params"], noisy=self.noisy)
            job.seconds = SECONDS
            job.end("Completed")
        except Exception as error:
            if Fault.FAILED not in self.faults:
                traceback.print_exc()
            job.end("Failed", reason=str(error))


class Requests(BaseHTTPRequestHandler):
    server: IbmServer
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Say nothing: the books are the log."""

    def handle_one_request(self) -> None:
        """Whatever the verb."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
        except ConnectionError:  # whoever asked was killed
            self.raw_requestline = b""
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        with self.server.books.lock:
            self.server.books.requests.append((self.command, url.path))
        if self.command == "POST" and url.path == "/jobs":
            self._post(json.loads(body))
            return
        status, document = self._read(url, body)
        self._answer(status, document)

    @property
    def _refused(self) -> bool:
        known = self.headers.get("Service-CRN") == INSTANCE
        return not known or Fault.REFUSED in self.server.faults

    def _post(self, body: dict[str, Any]) -> None:
        """The only request that buys."""
        books, faults = self.server.books, self.server.faults
        tag = ",".join(body.get("tags", ()))
        refusal = next((POSTS[fault] for fault in faults if fault in POSTS), None)
        if self._refused:
            refusal = (401, "unknown key")
        if refusal is not None or Fault.DROP_BEFORE in faults:
            books.posts.append((tag, None))
            if refusal is None:
                self._drop()
            else:
                self._answer(refusal[0], _error(refusal[1]))
            return
        job = Job(body)
        with books.lock:
            books.jobs[job.name] = job
            books.posts.append((tag, job.name))
        if Fault.SLOW not in faults:
            self.server.start(job)
        if Fault.DROP_AFTER in faults:
            self._drop()
        elif Fault.ERROR_AFTER in faults:
            self._answer(500, _error("something went wrong"))
        else:
            self._answer(200, {"id": job.name, "backend": body.get("backend")})

    def _read(self, url: SplitResult, body: bytes) -> Answer:
        if url.path == "/identity/token":
            return self._sign_in(body)
        if self._refused:
            return 403, _error("unknown key")
        if Fault.BROKEN_READ in self.server.faults:
            return 502, _error("bad gateway")
        return self._route(url, body)

    def _route(self, url: SplitResult, body: bytes) -> Answer:
        match url.path.split("/")[1:]:
            case ["backends", *_]:
                return devices.answer(url)
            case ["sessions", *_]:
                return self._session(url.path, body)
            case ["jobs"]:
                return self._list(parse_qs(url.query))
            case ["jobs", name, *what]:
                return self._job(name, what)
        return 200, {"usage_consumed_seconds": 12, "usage_limit_seconds": 600}

    def _sign_in(self, body: bytes) -> Answer:
        form = parse_qs(body.decode())
        if form.get("apikey") != [KEY] or Fault.REFUSED in self.server.faults:
            return 400, {"errorCode": "BXNIM0415E", "errorMessage": "API key could not be found"}
        return 200, devices.access_token(int(time.time()))

    def _session(self, path: str, body: bytes) -> Answer:
        books = self.server.books
        document = json.loads(body or b"{}")
        if self.command == "POST":
            made = Session(document["mode"], document.get("max_ttl"))
            books.sessions[made.name] = made
            return 200, {"id": made.name}
        found = books.sessions[path.split("/")[2]]
        if self.command in {"PATCH", "DELETE"}:
            found.accepting = False
            return 204, None
        mine = [job for job in books.jobs.values() if job.body.get("session_id") == found.name]
        open_ = found.accepting or any(not job.ended for job in mine)
        return 200, {
            "id": found.name,
            "mode": found.mode,
            "max_ttl": found.longest_s,
            "accepting_jobs": found.accepting,
            "state": "open" if open_ else "closed",
            "elapsed_time": sum(job.seconds for job in mine) + 1.0,
        }

    def _list(self, query: dict[str, list[str]]) -> Answer:
        tags = set(query.get("tags", ()))
        hidden = bool({Fault.LIST_LAG, Fault.PURGED} & self.server.faults)
        jobs = [] if hidden else list(self.server.books.jobs.values())
        listed = [self._view(job) for job in jobs if tags <= set(job.tags)]
        first, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["10"])[0])
        return 200, {"jobs": listed[first : first + limit], "count": len(listed)}

    def _job(self, name: str, what: list[str]) -> Answer:
        job = self.server.books.jobs.get(name)
        if job is None or Fault.PURGED in self.server.faults:
            return 404, _error("job not found")
        match what:
            case ["results"]:
                return self._result(job)
            case ["metrics"]:
                return 200, _metrics(job, counted=job.ended and not self.server.counting)
            case ["cancel"] if job.ended:
                return 409, _error("job cannot be cancelled")
            case ["cancel"]:
                job.end("Cancelled", reason="by its user")
                return 204, None
        return 200, self._view(job)

    def _view(self, job: Job) -> dict[str, Any]:
        strange = Fault.UNKNOWN_STATUS in self.server.faults
        status = "Hibernating" if strange else job.status
        return {
            "id": job.name,
            "backend": job.body.get("backend"),
            "created": job.created.isoformat(),
            "program": {"id": job.body["program_id"]},
            "session_id": job.body.get("session_id"),
            "tags": job.tags,
            "status": status,
            "state": {"status": status, "reason": job.reason, "reason_code": job.reason_code},
        }

    def _result(self, job: Job) -> Answer:
        data, faults = job.result, self.server.faults
        if data is None:
            return 204, None
        if Fault.ONCE_ONLY in faults:
            job.result = None
        if Fault.MALFORMED in faults:
            data = data[: len(data) // 2]
        if Fault.OVERSIZED in faults:
            data += b" " * (8 << 20)
        if Fault.WRONG_SHOTS in faults:
            data = running.changed(data, shots=3)
        if Fault.WRONG_WIDTH in faults:
            data = running.changed(data, bits=1)
        return 200, data

    def _answer(self, status: int, document: Any) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        body = b"" if document is None else body
        self.server.gate.leave(f"{self.command} {urlsplit(self.path).path}")
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked has seen enough
            self.close_connection = True

    def _drop(self) -> None:
        """Reset the connection: the other side sees it break, and no answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _metrics(job: Job, *, counted: bool) -> dict[str, Any]:
    def stamp(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    usage = {"status": "final" if counted else "pending", "qpu_charge_time_seconds": job.seconds}
    return {
        "timestamps": {
            "created": stamp(job.created),
            "running": stamp(job.running),
            "finished": stamp(job.finished),
        },
        "usage": usage,
        "estimated_completion_time": None if job.ended else stamp(job.created),
    }


def _error(message: str) -> dict[str, Any]:
    return {"errors": [{"code": 1, "message": message}]}
