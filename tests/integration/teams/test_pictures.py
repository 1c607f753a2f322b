"""The picture of a twin: who gets it, what it says, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import (
    project_link_create,
    project_link_revoke,
    project_publish,
)
from qtwin.twins.models import TwinFit
from tests.morse import truth

SVG = "{http://www.w3.org/2000/svg}"
POINTS = (0.4, 0.7, 1.0, 1.4, 1.9, 2.4)

Measure = Callable[..., Measurement]


@pytest.fixture
def drawn(
    project: Project, user: User, measure: Measure, assimilated: Callable[[], TwinFit]
) -> str:
    """The address of a public project's picture, with a twin of six exact points."""
    for x in POINTS:
        measure("fci", x, truth(x))
    assimilated()
    project_publish(project=project, public=True, by=user)
    return f"/projects/{project.pk}/twin.svg"


def test_the_picture_stands_alone_and_has_every_point(drawn: str) -> None:
    answer = Client().get(drawn)
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    text = answer.content.decode()
    assert not re.search(r"<script|href|url\((?!#)|https?://(?!www\.w3\.org)", text)
    root = ET.fromstring(text)
    marks = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "").startswith("mark")]
    assert len(marks) == len(POINTS) + 1  # and one in the legend
    assert "from 1 source. Calibrated on 6 reference points." in text
    kinds = {element.get("class") for element in root.iter()}
    assert {"mean", "band", "sigma"} <= kinds


def test_the_theme_may_be_fixed_and_a_picture_is_not_sent_twice(drawn: str) -> None:
    client = Client()
    first = client.get(drawn)
    assert b"prefers-color-scheme" in first.content
    assert b"prefers-color-scheme" not in client.get(f"{drawn}?theme=light").content
    again = client.get(drawn, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "public" in first["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("theme=blue", "theme: 'blue'; allowed: auto, light, dark"),
        ("observable=mass", "observable: 'mass' is not measured; allowed: energy"),
        ("version=0x1", "version: '0x1' is no whole number"),
        ("version=7", "7"),
        ("size=3", "size: no such parameter; allowed: observable, version, theme"),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(drawn: str, query: str, complaint: str) -> None:
    answer = Client().get(f"{drawn}?{query}")
    assert answer.status_code == 400
    assert complaint in answer.content.decode()


def test_a_link_embeds_until_it_is_revoked(drawn: str, project: Project, user: User) -> None:
    project_publish(project=project, public=False, by=user)
    assert Client().get(drawn)["Location"].startswith("/sign-in")
    link, secret = project_link_create(project=project, label="page", by=user)
    address = f"/shared/{secret}/twin.svg"
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    project_link_revoke(link=link, by=user)
    assert Client().get(address).status_code == 404


def test_names_stay_text(drawn: str, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(name='<script>alert("1")</script>')
    text = Client().get(drawn).content.decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_long_name_and_sentence_take_more_lines(drawn: str, project: Project) -> None:
    short = ET.fromstring(Client().get(drawn).content)
    name = "A project whose name says everything about it, in many words and at length, to the end "
    name += "of the room it has got, and on"
    Project.objects.filter(pk=project.pk).update(name=name)
    root = ET.fromstring(Client().get(drawn).content)
    heads = [text for text in root if text.tag == f"{SVG}text" and float(text.get("x", 0)) == 20]
    said = [text.text or "" for text in heads]
    assert max(map(len, said)) <= 100
    assert " ".join(said).startswith(name.strip())
    assert float(root.get("height", 0)) > float(short.get("height", 0))


def test_the_public_page_says_how_to_cite_and_embed(drawn: str, project: Project) -> None:
    page = Client().get(f"/projects/{project.pk}").content.decode()
    assert f"{drawn}&quot; alt=&quot;H2&quot;" in page
    digest = TwinFit.objects.get().digest[:16]
    assert "version 1 of " in page
    assert f"evidence digest {digest}" in page
    assert f'<img src="{drawn}?observable=energy"' in page, "for who runs no script"
