"""The vendor's HTTP interface: post a task, look at it, list by tag, cancel."""

from __future__ import annotations

import json
import socket
import sqlite3
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.vendor.answers import answer, cost_micro_usd
from tests.faults.vendor.bill import Bill, TokenReused
from tests.faults.vendor.faults import Dice, Fate


class Vendor(ThreadingHTTPServer):
    """Listens on a free port of this machine unless told which."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, bill: Bill, dice: Dice, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Requests)
        self.bill = bill
        self.dice = dice

    @property
    def address(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class Requests(BaseHTTPRequestHandler):
    server: Vendor
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *_: Any) -> None:
        """Say nothing: the bill is the log."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/cancel"):
            self._read(lambda: self._cancel(self.path.split("/")[2]))
        else:
            self._create(json.loads(body))

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/tasks":
            tag = parse_qs(url.query)["tag"][0]
            self._read(lambda: self._list(tag))
        else:
            self._read(lambda: self._show(url.path.rsplit("/", 1)[1]))

    def _create(self, body: dict[str, Any]) -> None:
        fate = self.server.dice.fate()
        if not body["program"]["points"] or not 1 <= body["shots"] <= 100_000:
            self._answer(400, {"error": "a task needs points, and 1 to 100000 shots"})
        elif fate.creates:
            self._sell(body, fate)
        else:
            self.server.bill.post(body["tag"], fate, None)
            if fate is Fate.DROP_BEFORE:
                self._drop()
            elif fate is Fate.BUSY:
                self._answer(429, {"error": "too many requests; no task was made"})
            else:
                self._answer(503, {"error": "try again"})

    def _sell(self, body: dict[str, Any], fate: Fate) -> None:
        bill, dice = self.server.bill, self.server.dice
        cost = cost_micro_usd(body["program"], shots=body["shots"])
        extra, late_s = dice.extra(cost)
        try:
            name = bill.create(body, cost=cost, seconds=dice.seconds(), extra=extra, late_s=late_s)
        except TokenReused as error:
            return self._answer(409, {"error": f"token {error} came with another task"})
        bill.post(body["tag"], fate, name)
        if fate is Fate.DROP_AFTER:
            return self._drop()
        if fate is Fate.ERROR_AFTER:
            return self._answer(500, {"error": "something went wrong"})
        if fate is Fate.LATE_ANSWER:
            time.sleep(dice.rates.late_s)
        return self._answer(201, {"id": name})

    def _read(self, what: Callable[[], tuple[int, Any]]) -> None:
        match self.server.dice.read_fate():
            case Fate.DROP_BEFORE:
                self._drop()
            case Fate.AWAY:
                self._answer(502, {"error": "bad gateway"})
            case _:
                self._answer(*what())

    def _show(self, name: str) -> tuple[int, Any]:
        task = self.server.bill.task(name)
        if task is None:
            return 404, {"error": f"no task {name}"}
        shown = _view(task)
        if shown["status"] == "COMPLETED":
            self.server.bill.tell(name)
        return 200, shown

    def _list(self, tag: str) -> tuple[int, Any]:
        seen = self.server.bill.tagged(tag, until=time.time() - self.server.dice.rates.lag_s)
        return 200, [{"id": task["id"], "created": task["created"]} for task in seen]

    def _cancel(self, name: str) -> tuple[int, Any]:
        self.server.bill.cancel(name)
        return self._show(name)

    def _answer(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked was killed, or lost patience
            self.close_connection = True

    def _drop(self) -> None:
        """Reset the connection: the other side sees it break, and no answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _view(task: sqlite3.Row) -> dict[str, Any]:
    if task["cancelled"]:
        return {"id": task["id"], "status": "CANCELLED", "cost": 0}
    if time.time() < task["ready"]:
        return {"id": task["id"], "status": "QUEUED"}
    body = json.loads(task["body"])
    result = answer(body["program"], shots=body["shots"], seed=body["seed"])
    times = {"started_at": task["created"], "finished_at": task["ready"]}
    late = task["extra_at"] is not None and time.time() >= task["extra_at"]
    cost = task["cost"] + (task["extra"] if late else 0)
    return {"id": task["id"], "status": "COMPLETED", "cost": cost, **result, **times}
