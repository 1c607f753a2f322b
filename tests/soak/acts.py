"""What people do, each for as long as nobody says stop."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from tests.soak.person import Person

ENDED = {"succeeded", "failed", "cancelled"}
STEP, POINTS = 0.05, 44
"""Few enough for the evidence to be complete after some minutes: memory grows with it."""
SAME_HARTREE = 1e-7
"""An iteration begins where the point before ended."""
DOUBT_S = 15.0
STREAM_S = 45.0
"""A stream is closed and taken up again after this."""


class Submissions:
    """Jobs of exact sources, whose numbers must be the same whenever they are asked for again.

    Attributes:
        states: Of each job that was taken, its last known state.
        values: Of each source and point, the number that came first.
    """

    EVERY_S = 2.0
    SOURCES = ("hf", "mp2", "fci")

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.states: dict[str, str] = {}
        self.values: dict[tuple[str, str], float] = {}

    @property
    def waiting(self) -> list[str]:
        return [job for job, state in self.states.items() if state not in ENDED]

    @property
    def lost(self) -> list[str]:
        return [job for job, state in self.states.items() if state != "succeeded"]

    def run(self, person: Person, stop: threading.Event) -> None:
        while not stop.wait(self.EVERY_S):
            source = self._draw.choice(self.SOURCES)
            points = [[round(0.3 + STEP * self._draw.randrange(POINTS), 2)] for _ in range(3)]
            job = person.api(
                "POST jobs",
                f"/projects/{person.project}/jobs",
                json={"source": source, "points": points},
                headers={"Idempotency-Key": str(uuid4())},
            )
            if job is not None:
                self.states[job["id"]] = job["state"]
            self.look(person)

    def look(self, person: Person) -> None:
        """Ask for the jobs that have not ended."""
        for job in self.waiting:
            found = person.api("GET job", f"/jobs/{job}")
            if found is None:
                continue
            self.states[job] = found["state"]
            if found["state"] in ENDED - {"succeeded"}:
                person.log.failed("job", f"{job} {found['state']}: {found.get('reason')}")

    def compare(self, person: Person) -> int:
        """Hold all numbers of a source at a point against each other; how many there are."""
        rows = 0
        for row in every(person, f"/projects/{person.project}/measurements"):
            rows += 1
            key, value = (row["source"], json.dumps(row["point"])), row["value"]
            first = self.values.setdefault(key, value)
            if abs(first - value) > SAME_HARTREE:
                person.log.failed("measurement", f"{key} was {first} and is {value}")
        return rows


def read(person: Person, stop: threading.Event) -> None:
    """Pages and lists, as fast as somebody clicks."""
    project = person.project
    pages = (
        ("GET page of projects", "/projects"),
        ("GET page of the project", f"/projects/{project}"),
        ("GET page of jobs", "/jobs"),
    )
    for number in count():
        what, path = pages[number % len(pages)]
        person.ask(what, path)
        person.api("GET list of jobs", f"/projects/{project}/jobs")
        if stop.wait(0.7):
            return


def predict(person: Person, stop: threading.Event) -> None:
    """Ask the twin, once there is one."""
    project = person.project
    while not stop.wait(1.0):
        twin = person.api("GET twin", f"/projects/{project}/twin")
        if twin is not None and twin.get("version"):
            body = {"observable": "energy", "points": [[0.5], [0.9], [1.7]]}
            person.api("POST prediction", f"/projects/{project}/twin:predict", json=body)


def doubt(person: Person, stop: threading.Event) -> None:
    """Take a number out of the evidence and put it back: the twin is fitted again each time."""
    while not stop.wait(DOUBT_S):
        page = person.api("GET measurements", f"/projects/{person.project}/measurements")
        if page is None or not page["results"]:
            continue
        row = page["results"][0]["id"]
        for judged in ("invalidate", "restore"):
            body = {"why": f"{judged}d by the soak"}
            person.api(f"POST {judged}", f"/measurements/{row}:{judged}", json=body)
            stop.wait(DOUBT_S)


class Stream:
    """Events as they happen; each exactly once, over all reconnections."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def run(self, person: Person, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                for number in self._listen(person, stop):
                    self.seen.append(number)
            except httpx.HTTPError as error:
                if not stop.is_set():
                    person.log.failed("stream", repr(error))
                    stop.wait(1.0)

    def missing(self, person: Person) -> list[int]:
        """Ids that the list has between the first and the last seen, and the stream had not."""
        if not self.seen:
            return []
        rows = every(person, f"/projects/{person.project}/events?after={self.seen[0] - 1}")
        listed = {row["id"] for row in rows if row["id"] <= max(self.seen)}
        return sorted(listed.symmetric_difference(self.seen))

    def _listen(self, person: Person, stop: threading.Event) -> Iterator[int]:
        ends = time.monotonic() + STREAM_S
        headers = {**person.token, "Accept": "text/event-stream"}
        if self.seen:
            headers["Last-Event-ID"] = str(self.seen[-1])
        path = f"/api/v1/projects/{person.project}/events"
        with person.http.stream("GET", path, headers=headers, timeout=60) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    yield int(line[4:])
                if stop.is_set() or time.monotonic() > ends:
                    return


def every(person: Person, path: str) -> Iterator[dict[str, Any]]:
    """Every row of a list, page by page."""
    url: str | None = path
    while url is not None:
        page = person.api("GET list at the end", url, waits=True)
        if page is None:
            return
        yield from page["results"]
        following = page.get("next")
        url = None if following is None else str(following).partition("/api/v1")[2]
