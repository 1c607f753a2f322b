"""What anchors said of a device is evidence of the twin: in its prior, its digest and its notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.fusion.star.posterior import load_fit
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.twins.evidence import Evidence, evidence_of
from qtwin.twins.models import TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict
from tests.morse import truth
from tests.unit.twins.anchoring import run_with, said

DEVICE = "vqe-noisy"
Measure = Callable[..., Measurement]


def evidence(project: Project) -> Evidence:
    found = evidence_of(project, project.observables.get(name="energy"))
    assert found is not None
    return found


@pytest.fixture
def device(project: Project, user: User, measure: Measure) -> Callable[..., None]:
    """Measures one point of the device in a run of its own."""

    def one(x: float, details: dict[str, Any]) -> None:
        run = run_with(project, DEVICE, user, details)
        measure(DEVICE, x, 0.6 * truth(x), 0.004, mixed_value=0.0, run=run)

    return one


def test_runs_of_a_device_are_pooled(project: Project, device: Callable[..., None]) -> None:
    device(0.7, said(0.6, 0.02))
    device(0.8, said(0.62, 0.02))
    (spec,) = evidence(project).observations().sources
    assert spec.damping == pytest.approx((0.61, 0.02 / 2**0.5))


@pytest.mark.parametrize(
    "details",
    [
        {},
        said("much", 0.02),
        said(0.6, 0.0),
        said(0.6, None),
        said(1e9, 0.1),
        {"damping": [1]},
        {"damping": {"energy": 3}},
        {"damping": {"dipole": said(0.6, 0.02)["damping"]["energy"]}},
    ],
)
def test_details_without_an_estimate_change_nothing(
    project: Project, device: Callable[..., None], details: dict[str, Any]
) -> None:
    device(0.7, details)
    found = evidence(project)
    assert found.observations().sources[0].damping is None
    assert "note" not in found.sources()[0]


def test_the_digest_covers_them_and_is_as_it_was_without(
    project: Project, device: Callable[..., None]
) -> None:
    device(0.7, {"mitigation": ["zne"], "anchors": []})
    plain = evidence(project).digest(0)
    run = evidence(project).measurements[0].run
    assert run is not None
    seen = {plain}
    for details in (said(0.6, 0.02), said(0.61, 0.02), said(0.6, 0.03)):
        type(run).objects.filter(pk=run.pk).update(details=details)
        seen.add(evidence(project).digest(0))
    assert len(seen) == 4
    type(run).objects.filter(pk=run.pk).update(details={})
    assert evidence(project).digest(0) == plain


@pytest.mark.slow
def test_a_version_with_anchors_is_made_again_bit_for_bit(
    project: Project,
    measure: Measure,
    device: Callable[..., None],
    assimilated: Callable[[], TwinFit],
) -> None:
    for x in (0.6, 1.4):
        measure("fci", x, truth(x))
    for x in (0.5, 0.9, 1.6, 2.2):
        device(x, said(0.6, 0.02))
    fit = assimilated()
    kept = {spec.name: spec.damping for spec in load_fit(artifact_read(fit.artifact)).sites.specs}
    assert kept == {"fci": None, DEVICE: pytest.approx((0.6, 0.01))}
    assert twin_rebuild(fit).verdict is Verdict.IDENTICAL


@pytest.mark.parametrize(
    ("verdicts", "note"),
    [
        (["worse"], "Mitigation made it worse: by its anchors in 1 of 1 run."),
        (["worse", "open", "worse"], "Mitigation made it worse: by its anchors in 2 of 3 runs."),
        (["worse", "better"], ""),
        (["better"], ""),
        (["open"], ""),
        (["dreadful"], ""),
    ],
)
def test_mitigation_that_made_it_worse_is_noted(
    project: Project, device: Callable[..., None], verdicts: list[str], note: str
) -> None:
    for index, verdict in enumerate(verdicts):
        device(0.7 + 0.1 * index, said(0.6, 0.02, verdict))
    (source,) = evidence(project).sources()
    assert source.get("note", "") == note


def test_the_project_says_so_beside_the_source(
    project: Project,
    user: User,
    client: Client,
    device: Callable[..., None],
    assimilated: Callable[[], TwinFit],
) -> None:
    device(0.7, said(0.6, 0.02, "worse"))
    device(1.4, said(0.6, 0.02))
    assert assimilated().sources[0]["note"].startswith("Mitigation made it worse")
    client.force_login(user)
    page = client.get(f"/projects/{project.pk}").content.decode()
    assert "Mitigation made it worse: by its anchors in 1 of 1 run." in page
