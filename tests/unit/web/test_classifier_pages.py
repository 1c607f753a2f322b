"""Pages of comparisons of classifiers: what was found, what asks for one, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.training.models import Classifier
from tests import phased
from tests.unit.web.read import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(project: Project, user: User) -> Classifier:
    return phased.classifier_of(project, user)


def test_every_classifier_stands_beside_the_baseline_with_its_interval(
    signed_in: Client, made: Classifier
) -> None:
    found = phased.found()
    body = text(signed_in, f"/classifiers/{made.pk}")
    assert "Phases at field = 1" in body
    sentence = "No quantum classifier does better than “Logistic regression: bits and pairs”"
    assert f"{sentence}, as far as 8 points can tell." in body
    assert body.count('class="rung series-0 first"') == 3
    assert body.count('class="rung series-7 first"') == 2
    for score in found["scores"]:
        row = re.search(
            rf"<td>{score['title']}</td><td[^>]*>([\d.]+)</td><td[^>]*>([\d.]+) to ([\d.]+)</td>",
            body,
        )
        assert row is not None, score["title"]
        ends = [score[name] for name in ("value", "lower", "upper")]
        assert [float(one) for one in row.groups()] == pytest.approx(ends, abs=0.06)
        assert f"<td>{score['verdict']}</td>" in body


def test_the_map_has_a_strip_for_each_classifier_and_the_loss_a_band_for_each_fold(
    signed_in: Client, made: Classifier
) -> None:
    found = phased.found()
    body = text(signed_in, f"/classifiers/{made.pk}")
    dark = sum(share >= 0.005 for score in found["scores"] for share in score["above"])
    known = sum(label == 1 for label in found["labels"])
    assert body.count('class="cell"') == dark + known
    assert body.count('class="band series-') == 2
    stops = next(score["folds"] for score in found["scores"] if score["method"] == "variational")
    for fold in stops:
        assert f'at its noise floor</td><td class="num">{fold["steps"]}</td>' in body
        assert f"{fold['shots']:,}</td>" in body
    kernel = next(score["folds"] for score in found["scores"] if score["method"] == "zz_kernel")
    for number, fold in enumerate(kernel, 1):
        row = f'{number}</th><td class="num">{fold["negative_eigenvalues"]}</td>'
        change = f'<td class="num">{100 * fold["relative_change"]:.1f} %</td>'
        assert row + change in body


def test_what_was_kept_before_looks_at_the_loss_were_is_shown_without_its_curve(
    signed_in: Client, made: Classifier
) -> None:
    for score in made.document["scores"]:
        for fold in score["folds"]:
            fold.pop("looks", None)
    made.save()
    body = text(signed_in, f"/classifiers/{made.pk}")
    assert "at its noise floor" in body
    assert "Loss in training" not in body


def test_a_comparison_without_anything_found_has_a_page(
    signed_in: Client, project: Project
) -> None:
    row = Classifier.objects.create(project=project, asked={})
    assert "Nothing found yet" in text(signed_in, f"/classifiers/{row.pk}")


def test_comparisons_are_listed_asked_for_and_stopped(
    signed_in: Client, project: Project, user: User
) -> None:
    here = f"/classifiers?project={project.pk}"
    assert here in text(signed_in, f"/worlds?project={project.pk}")
    assert "No comparisons yet" in text(signed_in, here)
    assert "No comparisons yet" in text(signed_in, "/classifiers")
    typed: dict[str, Any] = {"transition": "1.1", "method": ["overlap_kernel"], "shots": "4"}
    answer = signed_in.post(f"/projects/{project.pk}/classifiers", typed)
    row = Classifier.objects.get()
    assert answer.headers["Location"] == f"/classifiers/{row.pk}"
    assert (row.asked["control"], row.asked["shots"], row.asked["transition"]) == (
        "bond_length", 4, 1.1,
    )  # fmt: skip
    assert row.asked["methods"] == ["overlap_kernel", "logistic_correlations"]
    for address in (here, "/classifiers"):
        assert f'href="/classifiers/{row.pk}"' in text(signed_in, address)
    body = text(signed_in, f"/classifiers/{row.pk}")
    assert "It waits for a worker." in body
    signed_in.post(f"/classifiers/{row.pk}:cancel")
    body = text(signed_in, f"/classifiers/{row.pk}")
    assert "It was cancelled" in body or "Cancelled" in body
    assert "Stop it" not in body


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"transition": "9"}, "/transition"),
        ({"transition": "half"}, "/transition"),
        ({"source": ["aquila"]}, "/sources/0"),
        ({"method": ["forest"]}, "/methods/0"),
        ({"folds": "1"}, "/folds"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_told_at_its_field(
    signed_in: Client, project: Project, more: dict[str, Any], pointer: str
) -> None:
    refused = signed_in.post(f"/projects/{project.pk}/classifiers", {"transition": "1"} | more)
    body = refused.content.decode()
    assert refused.status_code == 400, body
    assert f"<code>{pointer}</code>" in body
    assert 'id="new-classifier" open' in body
    assert not Classifier.objects.exists()


def test_a_viewer_reads_and_asks_for_none(
    client: Client, project: Project, made: Classifier, viewer: User
) -> None:
    client.force_login(viewer)
    body = text(client, f"/classifiers?project={project.pk}")
    assert "Compare classifiers" not in body
    assert f"/classifiers/{made.pk}" in body
    for address in (f"/projects/{project.pk}/classifiers", f"/classifiers/{made.pk}:cancel"):
        assert client.post(address).status_code == 404, address
