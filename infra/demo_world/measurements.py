"""The demo project's device, measured through the ordinary machinery: stack, jobs, REST."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtwin.serve import broker, campaign, folder, port, stack
from qtwin.serve.client import Client
from qtwin.serve.errors import CannotGoOn
from qtwin.serve.processes import Supervisor
from qtwin.serve.terminal import Terminal
from qtwin.worlds.calibration import Row

DEMO = "rydberg"
SAME = 1e-12


class Project(Client):
    """One project, with what the runner's client does not ask for."""

    def sources(self) -> list[dict[str, Any]]:
        return self._all("/sources")

    def job(self, number: str) -> dict[str, Any]:
        return self._request("GET", f"/api/v1/jobs/{number}")

    def raw(self, measurement: str) -> tuple[dict[str, Any], str]:
        """Payload that a measurement was read from, and the digest of its bytes."""
        response = self._http.get(f"/api/v1/measurements/{measurement}/raw")
        if response.is_error:
            raise CannotGoOn(f"raw of {measurement}: {response.status_code} {response.text[:200]}")
        payload: dict[str, Any] = json.loads(gzip.decompress(response.content))
        return payload, hashlib.sha256(response.content).hexdigest()


def measure(
    data: Path, terminal: Terminal, *, workers: int
) -> tuple[dict[str, Any], list[Row], dict[str, int]]:
    """Run the project's device jobs, if they were not run before.

    Returns:
        The document of the project's system, its rows, and how many there are of each source.

    Raises:
        CannotGoOn: A job failed.
    """
    folder.prepare(data)
    with folder.owned(data):
        queue = broker.find(data)
        env = folder.environment(data, queue.url)
        supervisor = Supervisor(env=env, folder=data, say=terminal.say)
        try:
            stack.start_broker(supervisor, queue)
            seeded = stack.prepare_database(env, (DEMO,))
            chosen = port.choose(None)
            stack.start_platform(supervisor, port=chosen, workers=workers)
            return _measured(seeded, f"http://{port.HOST}:{chosen}", terminal, supervisor.tick)
        finally:
            supervisor.stop()


def _measured(
    seeded: dict[str, Any], address: str, terminal: Terminal, tick: Callable[[], None]
) -> tuple[dict[str, Any], list[Row], dict[str, int]]:
    demo = seeded["demos"][0]
    project = Project(
        address=address, token=seeded["token"], project=demo["project"], while_waiting=tick
    )
    roles = {source["name"]: source["role"] for source in project.sources()}
    asked = [job for job in demo["jobs"] if roles[job["body"]["source"]] == "device"]
    jobs = campaign.follow(project, campaign.submit_all(project, asked), terminal, tick)
    for job in jobs:
        if job["state"] != "succeeded":
            raise CannotGoOn(f"{job['source']}: {job['state']}. {job.get('reason', '')}")
    found = project.measurements()
    counts: dict[str, Any] = {}
    for job in jobs:
        counts |= _histograms(project, job, found)
    rows = [_row(row, roles[row["source"]], counts.get(row["id"])) for row in found]
    system: dict[str, Any] = project.project()["system"]
    project.close()
    counted = {name: sum(row.source == name for row in rows) for name in sorted(roles)}
    return system, rows, {name: count for name, count in counted.items() if count}


def _row(row: dict[str, Any], role: str, counts: dict[str, int] | None) -> Row:
    return Row(
        source=row["source"],
        role=role,
        point=tuple(row["point"]),
        observable=row["observable"],
        value=row["value"],
        std=row["std"],
        shots=row["shots"],
        knobs=row["knobs"],
        counts=counts,
    )


def _histograms(
    project: Project, job: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, dict[str, int]]:
    """Bit strings that each measurement of a job was estimated from, by its id.

    A payload holds several points, in the order of the job's.
    """
    points = project.job(job["id"])["points"]
    mine = [row for row in rows if row["job"] == job["id"]]
    found: dict[str, dict[str, int]] = {}
    seen: Counter[str] = Counter()
    for row in sorted(mine, key=lambda row: points.index(row["point"])):
        payload, digest = project.raw(row["id"])
        place = seen[digest]
        seen[digest] += 1
        if abs(payload["values"][place][0] - row["value"]) > SAME:
            raise CannotGoOn(f"the payload of {row['id']} holds another value")
        found[row["id"]] = payload["raw"][place]["counts"]
    return found
