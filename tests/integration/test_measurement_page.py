"""The page of a measurement: what it means to the twin, and what a person thinks of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement, Validity
from qtwin.projects.models import Project
from qtwin.web.numbers import uncertain


def shown(client: Client, measurement: Measurement, status: int = 200) -> str:
    answer = client.get(f"/measurements/{measurement.pk}")
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_a_measurement_is_weighed_taken_out_with_a_reason_and_let_back(
    *,
    client: Client,
    user: User,
    viewer: User,
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="hf", points=[0.4, 0.9, 1.4, 1.9, 2.4])
    job = submit(source="fci", points=[0.5, 1.1, 1.7, 2.3])
    fitted(project)
    client.force_login(user)
    measurement = job.measurements.get(row=1)

    def told() -> str:
        body = {"observable": "energy", "points": [[1.1]]}
        answer = api.post(f"/api/v1/projects/{project.pk}/twin:predict", body, format="json").json()
        return uncertain(answer["mean"][0], answer["std"][0])

    before = told()
    page = shown(client, measurement)
    assert f"{before} hartree" in page
    assert "It counts as evidence" in page
    assert f'href="/jobs/{job.pk}"' in page
    assert f"/measurements/{measurement.pk}" in client.get(f"/jobs/{job.pk}").content.decode()

    looking = Client()
    looking.force_login(viewer)
    assert "<form" not in shown(looking, measurement).split("Comments")[0].split("<main")[1]
    address = f"/measurements/{measurement.pk}"
    assert looking.post(f"{address}:invalidate", {"why": "x"}).status_code == 404
    for why in ("", " ", "x" * 501):
        wrong = client.post(f"{address}:invalidate", {"why": why})
        assert (wrong.status_code, b"allowed: a reason of 1 to 500" in wrong.content) == (400, True)
    assert not Validity.objects.exists()

    assert client.post(f"{address}:invalidate", {"why": "a wrong basis"}).status_code == 302
    page = shown(client, measurement)
    assert "Somebody took it out of the evidence" in page
    assert f"Invalidated by {user.name}: a wrong basis" in page
    assert "this page then says what changed" in page
    fitted(project)
    after = told()
    assert after != before
    page = shown(client, measurement)
    assert (
        f"Version 2 does without it: here the twin said {before} before, and says {after}" in page
    )
    assert "being refitted" not in page

    assert client.post(f"{address}:restore", {"why": "it was right"}).status_code == 302
    fitted(project)
    page = shown(client, measurement)
    assert f"Version 3 counts it again: here the twin said {after} before" in page
    assert "It counts as evidence" in page


@pytest.mark.parametrize("verb", ["delete", "x"])
def test_there_are_no_other_judgements(client: Client, user: User, verb: str) -> None:
    client.force_login(user)
    place = "/measurements/01890000-0000-7000-8000-000000000000"
    assert client.post(f"{place}:{verb}", {"why": "x"}).status_code == 404
