"""Imported data on a project's page, and the form that imports them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Dataset, Project

pytestmark = pytest.mark.django_db

DATA = "\ufeffsource,bond_length,noise_gain,value,std\nlab,0.9,1,-1.0,0.01\nlab,0.9,2,-0.9,0.01\n"
FORM = {
    "name": "Table <1>",
    "citation": "A. Nonymous (2025)",
    "licence": "CC-BY-4.0",
    "observable": "energy",
    "role": "device",
    "sources": "",
}

Send = Callable[..., str]


@pytest.fixture
def send(signed_in: Client, project: Project) -> Send:
    """The page as it is after the form was sent."""

    def run(status: int = 200, data: str | None = DATA, **changes: str) -> str:
        form: dict[str, Any] = {**FORM, **changes}
        if data is not None:
            form["file"] = SimpleUploadedFile("table.csv", data.encode(), "text/csv")
        response = signed_in.post(f"/projects/{project.pk}/data", form, follow=True)
        assert response.status_code == status
        return response.content.decode()

    return run


def test_a_sent_file_is_imported_and_shown(send: Send, project: Project) -> None:
    page = send()
    assert "Table &lt;1&gt;" in page
    assert "A. Nonymous (2025)" in page
    assert "recorded</span>" in page
    rows = Measurement.objects.filter(project=project).order_by("row")
    assert [(row.value, row.knobs) for row in rows] == [
        (-1.0, {"noise_gain": 1.0}),
        (-0.9, {"noise_gain": 2.0}),
    ]
    assert project.sources.get(name="lab").role == "device"


def test_sources_may_be_described_one_by_one(send: Send, project: Project) -> None:
    send(sources='{"lab": {"role": "approximation", "knobs": {"noise_gain": {"limit": 0}}}}')
    assert project.sources.get(name="lab").role == "approximation"


@pytest.mark.parametrize(
    ("status", "changes", "said"),
    [
        (400, {"data": None}, "no file; allowed: a CSV file"),
        (400, {"data": "source\n"}, "no rows below the header"),
        (400, {"data": DATA.replace("-0.9", "x")}, "line 3, column 4 (value): &#x27;x&#x27;"),
        (400, {"citation": " "}, "<code>/citation</code> This field may not be blank"),
        (400, {"sources": "{"}, "<code>/sources</code> not JSON"),
        (400, {"sources": '{"lab": 1, "lab": 2}'}, "<code>/sources/lab</code>"),
        (400, {"sources": '{"lab": {"knobs": Infinity}}'}, "<code>/sources/lab/knobs</code>"),
        (400, {"sources": "[" * 9999 + "]" * 9999}, "<code>/sources</code> nested deeper than 32"),
        (400, {"sources": '{"lab": 1}'}, "<code>/sources/lab</code>"),
        (400, {"observable": "dipole"}, "<code>/observable</code>"),
        (400, {"role": "truth"}, "<code>/sources/lab/role</code>"),
        (400, {"data": DATA + " " * 2**20}, "allowed: at most 1048576"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    send: Send, status: int, changes: dict[str, Any], said: str
) -> None:
    page = send(status, **changes)
    assert said in page
    assert 'value="Table &lt;1&gt;"' in page
    assert not Dataset.objects.exists()


def test_the_same_file_again_is_refused(send: Send) -> None:
    send()
    assert "the file was imported before" in send(409)
    assert Dataset.objects.count() == 1


def test_a_viewer_sees_the_data_and_no_form(
    send: Send, project: Project, viewer: User, client: Client
) -> None:
    send()
    client.force_login(viewer)
    page = client.get(f"/projects/{project.pk}").content.decode()
    assert "A. Nonymous (2025)" in page
    assert "import-data" not in page
    assert client.post(f"/projects/{project.pk}/data", FORM).status_code == 404
