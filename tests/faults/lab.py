"""A team at its own QTwin, among loopback vendors, whose workers can be killed at exact moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil

from tests.faults.market import Market
from tests.faults.person import Person
from tests.faults.stack import Running


class Lab:
    """A team at its own QTwin, in the market."""

    def __init__(self, qtwin: Running, sold: Market) -> None:
        self.qtwin, self.sold = qtwin, sold
        self.person = Person(qtwin.address, qtwin.sign_in_path)
        token = self.person.token("read", "submit", "spend", "admin")
        self.http = qtwin.http
        self.http.headers["Authorization"] = f"Bearer {token}"
        (team,) = self.got("/api/v1/me")["teams"]
        self.team = f"/teams/{team['id']}"
        self.project = ""

    def got(self, path: str) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def sent(self, path: str, body: Any = None, *, verb: str = "POST") -> Any:
        answer = self.http.request(verb, path, json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    @contextmanager
    def killed_before(self, answer: str) -> Iterator[None]:
        """Kill who waits for an answer of this kind to what is done meanwhile."""
        for gate in self.sold.gates:
            gate.close(answer)
        try:
            yield
            self.wait(lambda: any(gate.waiting for gate in self.sold.gates))
            self.kill_pool()
        finally:
            for gate in self.sold.gates:
                gate.open()

    def kill_pool(self) -> None:
        """Every process that works, not the master that starts them anew."""
        node = next(one for one in self.qtwin.supervisor.services if one.name == "worker")
        assert node.process is not None
        for process in psutil.Process(node.process.pid).children():
            process.kill()

    def wait(self, done: Callable[[], bool]) -> None:
        try:
            self.qtwin.wait(done)
        except AssertionError as late:
            raise AssertionError(f"still: {self.qtwin.rows('/api/v1/jobs')}") from late
