"""A team takes data of IBM, of a gate device of Braket and of Aquila, while workers are killed.

From the keys to the twin, over REST and on the dashboard, with the vendors' real clients. Workers
die by -9 when a vendor is being asked for its devices, when IBM and Braket have sold and not
answered yet, and when a result is on its way; in the end the bills match to the micro-dollar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backends.device_status import DeviceStatus
from qtwin.projects.models import Unit
from qtwin.projects.refusal import amount_text
from tests.contract.cases import ATOMS
from tests.contract.remote.ibm import SECRET as IBM_KEY
from tests.faults.lab import Lab
from tests.faults.market import market
from tests.faults.stack import running
from tests.vendors.braket.keys import SECRET as BRAKET_KEY
from tests.vendors.ibm import devices

QUICK = {
    "QTWIN_JOB_POLL_FIRST_S": "0.3",
    "QTWIN_JOB_POLL_LONGEST_S": "2",
    "QTWIN_JOB_RETRY_FIRST_S": "0.2",
    "QTWIN_JOB_RETRY_LONGEST_S": "1",
}
OBSERVABLE = "staggered_density"
STEPS = {"trotter_steps": 80}
SOURCES: tuple[dict[str, Any], ...] = (
    {"name": "exact", "role": "reference", "backend": "exact", "method": "evolution"},
    {
        "name": "ibm", "role": "device", "backend": "ibm", "method": "trotter",
        "settings": {"device": devices.NAME, "optimization_level": 1},
    },
    {
        "name": "garnet", "role": "device", "backend": "braket", "method": "trotter",
        "settings": {"device": "iqm/Garnet"},
    },
    {"name": "aquila", "role": "device", "backend": "aquila", "method": "ahs"},
)  # fmt: skip
JOBS: dict[str, dict[str, Any]] = {
    "exact": {"source": "exact", "points": [0.4, 0.8, 1.2, 1.6, 2.0, 2.4]},
    "ibm": {"source": "ibm", "points": [0.7, 1.9], "shots": 1000, "knobs": STEPS},
    "garnet": {"source": "garnet", "points": [0.6, 1.4], "shots": 1000, "knobs": STEPS},
    "cancelled": {"source": "garnet", "points": [2.2], "shots": 1000, "knobs": STEPS},
    "aquila": {"source": "aquila", "points": [1.0, 2.1], "shots": 300},
}
PAID = ("ibm", "garnet", "aquila")
RUNS = {"ibm": 1, "garnet": 1, "cancelled": 1, "aquila": 2}
PURCHASE = r"^POST /(jobs|quantum-task)$"
RESULT = r"^GET /(jobs/\w+/results|.*results\.json)$"
DEVICE = r"^GET /(backends|device/)"
USD = 1_000_000


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    with (
        market(tmp_path, monkeypatch.setenv) as sold,
        running(tmp_path / "qtwin", workers=1) as qtwin,
    ):
        lab = Lab(qtwin, sold)
        yield lab
        lab.person.http.close()


def test_a_team_takes_data_of_three_vendors_and_the_bills_match(lab: Lab) -> None:
    keys_are_added_and_devices_seen(lab)
    make_project(lab)
    jobs = submit(lab)
    cancel(lab, jobs["cancelled"])
    results_come(lab, jobs)
    workers_died_in_between(lab, jobs)
    bills_match(lab, jobs)
    pages_show_it(lab, jobs)
    twin_holds_it(lab, jobs)


def keys_are_added_and_devices_seen(lab: Lab) -> None:
    """One key by the form, one by REST; a worker dies while it asks."""
    keys = f"/api/v1{lab.team}/credentials"
    with lab.killed_before(DEVICE):
        lab.person.send(f"{lab.team}/credentials", vendor="braket", label="lab", secret=BRAKET_KEY)
        ibm = lab.sent(keys, {"vendor": "ibm", "label": "lab", "secret": json.loads(IBM_KEY)})
        lab.sent(f"{keys}/{ibm['id']}:test")
    lab.wait(
        lambda: all(row["last_test"]["outcome"] == "accepted" for row in lab.got(keys)["results"])
    )
    offers = lab.got(f"/api/v1{lab.team}/devices")["results"]
    seen = {row["name"]: row for offer in offers for row in offer["devices"]}
    page = lab.person.page(lab.team)
    for name in (devices.NAME, "iqm/Garnet", "quera/Aquila"):
        assert (seen[name]["state"], seen[name]["queue"]) == ("online", 3)
        told = DeviceStatus.from_dict(seen[name])
        assert told.price_text.endswith(("per shot", "per minute"))
        assert re.search(rf"{name} \w+ Online 3 \d+ {told.price_text}", page), page
    assert all(seen[name]["calibration_id"] for name in (devices.NAME, "iqm/Garnet"))
    assert not lab.sold.bought, "a look at the devices bought something"


def make_project(lab: Lab) -> None:
    made = lab.sent("/api/v1/projects", {"name": "atoms", "system": ATOMS})
    lab.project = f"/api/v1/projects/{made['id']}"
    for source in SOURCES:
        lab.sent(f"{lab.project}/sources", source)
    rule = {"paid_sources": True, "approval_above": 10}
    lab.sent(f"{lab.project}/spending", rule, verb="PATCH")
    for unit in ("usd", "qpu_seconds"):
        budget = {"scope": "project", "unit": unit, "period": "total", "limit": 100}
        lab.sent(f"{lab.project}/budgets", budget, verb="PUT")


def submit(lab: Lab) -> dict[str, str]:
    """Post all jobs; the dear one waits for a person. Workers die when vendors have sold."""
    jobs = {name: post(lab, name) for name in ("exact", "ibm")}
    with lab.killed_before(PURCHASE):
        approve(lab, jobs["ibm"])
    arrived(lab, jobs["ibm"])
    with lab.killed_before(PURCHASE):
        jobs |= {name: post(lab, name) for name in ("garnet", "cancelled", "aquila")}
    for name in ("garnet", "cancelled", "aquila"):
        arrived(lab, jobs[name])
    return jobs


def post(lab: Lab, name: str) -> str:
    """Ask what it may cost, and submit it if it still may cost as much."""
    body = JOBS[name] | {"observables": [OBSERVABLE]}
    told = lab.sent(f"{lab.project}/estimate", body)
    job = lab.sent(f"{lab.project}/jobs", body)
    assert told["cost_usd"] == job["estimated_cost_usd"]
    assert (told["cost_usd"] > 0) == (name != "exact")
    assert told["refused"] is None
    assert bool(told["approval"]) == (job["state"] == "held") == (name == "ibm")
    assert (told["queue"] is None) == (name == "exact")
    return str(job["id"])


def approve(lab: Lab, job: str) -> None:
    """What it may cost is said in both places before anything is sent."""
    row = lab.qtwin.job(job)
    most = f"{row['estimated_cost_usd']:.2f} USD"
    assert (row["state"], row["prices"][:4]) == ("held", "ibm ")
    assert row["estimated_seconds"] > 0
    page = lab.person.page(f"/jobs/{job}")
    assert f"It may cost {most}; above 10.00 USD an approver must agree." in page
    assert not lab.sold.bought
    lab.person.send(f"/jobs/{job}:approve", typed=most)


def arrived(lab: Lab, job: str) -> None:
    """The vendor's id is known, though nobody may have lived to hear it."""
    lab.wait(lambda: any(part["remote_id"] for part in lab.qtwin.job(job)["submissions"]))


def cancel(lab: Lab, job: str) -> None:
    lab.person.send(f"/jobs/{job}:cancel")
    lab.wait(lambda: lab.qtwin.job(job)["state"] == "cancelled")
    (part,) = lab.qtwin.job(job)["submissions"]
    assert lab.sold.braket.books.tasks[part["remote_id"]].view["status"] == "CANCELLED"


def results_come(lab: Lab, jobs: dict[str, str]) -> None:
    """The first result is on its way when its worker dies."""
    with lab.killed_before(RESULT):
        lab.sold.end()
    (asked, *_) = [request for gate in lab.sold.gates for request in gate.waiting]
    lab.wait(lambda: lab.qtwin.ended(list(jobs.values())))
    for name, job in jobs.items():
        row = lab.qtwin.job(job)
        expected = "cancelled" if name == "cancelled" else "succeeded"
        assert (row["state"], row["points_failed"]) == (expected, 0), row
    assert lab.sold.requests.count(asked) >= 2, "whoever asked first was not killed"


def workers_died_in_between(lab: Lab, jobs: dict[str, str]) -> None:
    """Once in each purchase that was answered too late."""
    lost = {
        name: [one["outcome"] for one in lab.qtwin.job(job)["attempts"]].count("lost")
        for name, job in jobs.items()
    }
    assert lost["ibm"] >= 1, lost
    assert max(lost["garnet"], lost["cancelled"], lost["aquila"]) >= 1, lost


def bills_match(lab: Lab, jobs: dict[str, str]) -> None:
    """Every submission is one run, and what was spent is what the vendors charge."""
    parts = [part for job in jobs.values() for part in lab.qtwin.job(job)["submissions"]]
    bought = lab.sold.bought
    assert {part["token"]: {part["remote_id"]} for part in parts} == bought
    for name, runs in RUNS.items():
        assert len(lab.qtwin.job(jobs[name])["submissions"]) == runs
    posts = lab.sold.posts
    for part in parts:
        assert part["cost"] == lab.sold.cost(part["remote_id"])
        assert posts[part["token"]] == 1 or part["vendor"] == "braket", "tokens may be repeated"
    ledger = lab.qtwin.rows(f"{lab.project}/ledger")
    charged = {"usd": lab.sold.bill, "qpu_seconds": round(lab.sold.ibm.books.charged_s * USD)}
    budgets = {row["unit"]: row for row in lab.got(f"{lab.project}/budgets")["results"]}
    for unit, amount in charged.items():
        assert amount > 0
        assert (round(budgets[unit]["spent"] * USD), budgets[unit]["reserved"]) == (amount, 0)
        entries = [row for row in ledger if row["unit"] == unit]
        spent = sum(row["amount"] for row in entries if row["kind"] in {"settle", "correct"})
        assert round(spent * USD) == amount


def pages_show_it(lab: Lab, jobs: dict[str, str]) -> None:
    for name in PAID:
        page, row = lab.person.page(f"/jobs/{jobs[name]}"), lab.qtwin.job(jobs[name])
        cost = sum(part["cost"] for part in row["submissions"])
        assert f"Charged {amount_text(cost, Unit.MONEY)}" in page
        assert all(part["remote_id"] in page for part in row["submissions"])
        assert "Calibration" in page


def twin_holds_it(lab: Lab, jobs: dict[str, str]) -> None:
    """Its evidence is what was measured; each number says where it comes from."""
    lab.wait(lambda: bool(lab.got(f"{lab.project}/twin")["up_to_date"]))
    twin = lab.got(f"{lab.project}/twin")
    rows = lab.qtwin.rows(f"{lab.project}/measurements")
    points = sum(len(JOBS[name]["points"]) for name in ("exact", *PAID))
    assert twin["version"]["measurements"] == twin["evidence"] == len(rows) == points
    said = lab.sent(f"{lab.project}/twin:predict", {"points": [0.9, 1.7], "observable": OBSERVABLE})
    assert set(said["shares"]) == {"exact", *PAID}
    assert all(-1.0 <= mean <= 1.0 for mean in said["mean"])
    for row in rows:
        if row["source"] != "exact":
            comes_from_a_vendor(lab, row)


def comes_from_a_vendor(lab: Lab, row: dict[str, Any]) -> None:
    told = lab.got(f"/api/v1/measurements/{row['id']}/provenance")
    part = told["submission"]
    assert part["cost_micro_usd"] == lab.sold.cost(part["remote_id"]) > 0
    assert told["run"]["remote_id"] == part["remote_id"]
    device = {"ibm": devices.NAME, "garnet": "iqm/Garnet", "aquila": "quera/Aquila"}[row["source"]]
    assert told["calibration"]["identifier"].startswith(device)
    assert told["run"]["details"]["device"] == device
