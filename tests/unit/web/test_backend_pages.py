"""Pages of backends: whether one would start, what to do if not, and how one's jobs went."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from backends import installed, registry
from backends.prices import price_table
from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.projects.models import BackendStop, Project
from qtwin.web.backends import figures, slowest
from tests.unit.web.conftest import submit


def body(client: Client, name: str = "") -> str:
    answer = client.get(f"/backends/{name}" if name else "/backends")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_backend_has_a_line_and_a_page(signed_in: Client) -> None:
    page = body(signed_in)
    for name in registry.names():
        assert name in body(signed_in, name)
        assert ("+" in name) != (f'href="/backends/{name}"' in page)
    assert signed_in.get("/backends/none").status_code == 404


def test_who_is_not_signed_in_sees_none(client: Client) -> None:
    for address in ("/backends", "/backends/exact"):
        assert client.get(address).headers["Location"] == f"/sign-in?next={address}"


def test_what_is_missing_is_said_with_what_to_do(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, project: Project
) -> None:
    assert "No team of yours has a key to braket." in body(signed_in, "braket")
    BackendStop.objects.create(team=project.team, backend="exact", why="too warm")
    assert "too warm" in body(signed_in, "exact")
    monkeypatch.setattr(installed, "_there", lambda package: package != "stim")
    page = body(signed_in, "stim")
    assert "Not installed" in page
    assert "pip install &#x27;qtwin[stabilizer]&#x27;" in page
    assert "Not installed" not in body(signed_in, "aer")


def test_prices_are_written_to_their_last_digit(signed_in: Client) -> None:
    table = price_table("braket")
    page = body(signed_in, "braket")
    for price in table.devices.values():
        for amount in filter(None, (price.task, price.shot, price.minute)):
            assert f">{amount / 1e6:.10g} USD<" in page
    assert table.source.split(",")[0] in page


def test_only_ones_own_jobs_count(
    signed_in: Client, client: Client, stranger: User, project: Project, user: User
) -> None:
    job = submit(project, user)
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=State.FAILED, reason_code="x", started_at=now, finished_at=now
    )
    mine = body(signed_in, "pyscf")
    assert "100 %" in mine
    assert f"/jobs/{job.pk}" in mine
    assert f"/projects/{project.pk}" in mine
    client.force_login(stranger)
    theirs = body(client, "pyscf")
    assert "100 %" not in theirs
    assert str(project.pk) not in theirs
    assert str(job.pk) not in theirs


def test_the_slow_end_is_the_95th_percentile() -> None:
    draw = np.random.default_rng(5)
    for size in (2, 3, 19, 20, 400):
        took = draw.gamma(2.0, 3.0, size).tolist()
        assert slowest(took) == pytest.approx(np.percentile(took, 95))
    assert slowest([4.0]) == 4.0


def test_what_people_cancelled_is_no_failure() -> None:
    start = timezone.now()
    done = [(State.DONE, start, start + timedelta(seconds=took)) for took in (10, 20, 30)]
    others = [(state, start, start) for state in (State.FAILED, State.CANCELLED, State.QUEUED)]
    told = figures([*done, *others])
    assert (told.count, told.failed, told.typical) == (4, "25 %", "20 s")
