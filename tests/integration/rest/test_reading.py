"""What every GET of the API takes: fields, ETags, and no query that means nothing."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.projects.models import Project

BODY = {"source": "fci", "points": [0.7]}


def test_only_the_fields_that_are_asked_for_are_answered(api: APIClient, project: Project) -> None:
    base = f"/api/v1/projects/{project.pk}"
    assert api.get(f"{base}?fields=id,name").json() == {"id": str(project.pk), "name": "H2"}
    rows = api.get(f"{base}/sources?fields=name&limit=2").json()["results"]
    assert [list(row) for row in rows] == [["name"], ["name"]]


def test_an_unknown_field_is_refused_with_those_there_are(api: APIClient, project: Project) -> None:
    refused = api.get("/api/v1/jobs?fields=id,colour")
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "?fields"
    assert "'colour'" in error["detail"]
    assert "points_total" in error["detail"]


@pytest.mark.parametrize("path", ["jobs?sate=failed", "me?verbose=1", "backends?fields=id&x=1"])
def test_a_misspelt_parameter_is_refused(api: APIClient, path: str) -> None:
    refused = api.get(f"/api/v1/{path}")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"][0] == "?"


def test_an_object_that_is_still_the_same_is_not_sent_again(
    api: APIClient, project: Project
) -> None:
    place = f"/api/v1/projects/{project.pk}"
    tag = api.get(place)["ETag"]
    again = api.get(place, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Project.objects.filter(pk=project.pk).update(name="H2 again")
    changed = api.get(place, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "H2 again")


def test_a_jobs_tag_does_not_move_with_the_clock_and_moves_with_the_job(
    api: APIClient, project: Project
) -> None:
    made = api.post(f"/api/v1/projects/{project.pk}/jobs", BODY, format="json")
    place = made["Location"]
    Job.objects.update(next_run_at="2999-01-01T00:00:00Z")  # so that it counts the days
    tag = api.get(place)["ETag"]
    assert tag.startswith("W/")
    Job.objects.update(next_run_at="2998-01-01T00:00:00Z")
    assert api.get(place, headers={"If-None-Match": tag}).status_code == 304
    api.post(f"{place}:cancel")
    assert api.get(place, headers={"If-None-Match": tag}).status_code == 200


def test_a_part_of_an_object_has_another_tag_than_the_whole(
    api: APIClient, project: Project
) -> None:
    place = f"/api/v1/projects/{project.pk}"
    tags: list[Any] = [api.get(place + query)["ETag"] for query in ("", "?fields=id")]
    assert tags[0] != tags[1]
    assert tags[1].startswith("W/")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_that_is_not_there_is_refused_as_such(api: APIClient, method: str) -> None:
    for path in ("/api/v1/jobs", "/api/v1/jobs?state=failed"):
        refused = getattr(api, method)(path, headers={"If-Match": '"x"'})
        assert (refused.status_code, refused.json()["title"]) == (405, "Method not allowed")


def test_head_and_options_are_answered_like_the_get(api: APIClient, project: Project) -> None:
    place = f"/api/v1/projects/{project.pk}?fields=id"
    head, got = api.head(place), api.get(place)
    assert (head.status_code, head["ETag"]) == (200, got["ETag"])
    assert api.head(place, headers={"If-None-Match": got["ETag"]}).status_code == 304
    assert api.options("/api/v1/jobs").status_code == 200
