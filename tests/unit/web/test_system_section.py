"""The system on a project's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from qtwin.accounts.models import Team, User
from qtwin.projects.models import Preview, Project
from qtwin.projects.services import preview_ask, project_create
from qtwin.web.circuits import names_of
from tests.unit.web.test_shots import BELL
from workers import preview

pytestmark = pytest.mark.django_db


def test_the_molecule_is_drawn_with_what_is_known_of_its_size(
    signed_in: Client, project: Project
) -> None:
    page = signed_in.get(f"/projects/{project.pk}").content.decode()
    assert "Molecule H₂" in page
    assert "4, Jordan-Wigner" in page
    assert "Pauli words" not in page
    Preview.objects.filter(pk=preview_ask(project.system).pk).update(
        outcome=Preview.Outcome.DONE, answer={"count": 1234}
    )
    assert "1,234 Pauli words" in signed_in.get(f"/projects/{project.pk}").content.decode()


def test_visitors_see_the_system_of_a_public_project(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(public=True)
    page = Client().get(f"/projects/{project.pk}").content.decode()
    assert "Public project" in page
    assert "Molecule H₂" in page


def test_a_circuit_is_drawn_once_a_worker_has_read_it(
    signed_in: Client, team: Team, user: User
) -> None:
    project = project_create(team=team, name="Bell", system=BELL, by=user)
    address = f"/projects/{project.pk}?observable=xx&moment=1"
    assert "A worker is reading the circuit" in signed_in.get(address).content.decode()
    preview.make(str(Preview.objects.get().pk))
    preview.sandbox().close()
    page = signed_in.get(address).content.decode()
    assert "Circuit of 2 qubits" in page
    assert "RZ" in page
    assert "rz(a) on 0" in page
    assert "Moments 2 to 3 of 3." in page
    assert "?observable=xx&amp;moment=0#system" in page
    assert "rz(a) q[0];" in page


def test_what_cannot_be_drawn_says_why() -> None:
    text = render_to_string("parts/drawing/system.html", {"system": {"kind": "<script>"}})
    assert "No drawing:" in text
    assert "<script>" not in text


def test_wires_have_the_names_of_the_program() -> None:
    told: dict[str, Any] = {"qubits": 3, "registers": [["q", 0, 2], ["anc", 2, 1]]}
    assert names_of(told) == ["q[0]", "q[1]", "anc[0]"]
