"""What anchors said of a device goes with its runs, and the twin is the same bit for bit."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from qtwin.accounts.models import User
from qtwin.archives.services import project_export
from qtwin.fusion.star.posterior import load_fit
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.twins.models import TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict
from tests.integration.archives.conftest import brought
from tests.morse import truth
from tests.unit.twins.anchoring import run_with, said

DEVICE = "vqe-noisy"


def test_a_copy_has_the_damping_of_the_original(
    project: Project,
    user: User,
    client_of: Callable[..., Any],
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    for x in (0.6, 1.4):
        measure("fci", x, truth(x))
    for index, x in enumerate((0.5, 0.9, 1.6, 2.2)):
        run = run_with(project, DEVICE, user, said(0.6 + 0.013 * index, 0.02, "worse"))
        measure(DEVICE, x, 0.6 * truth(x), 0.004, mixed_value=0.0, run=run)
    original = assimilated()
    file = io.BytesIO()
    project_export(project, file, by=user, licence="CC0-1.0")
    copy = brought(client_of(user), file.getvalue())["id"]
    assert copy != str(project.pk)
    fit = TwinFit.objects.get(version__twin__project=copy)
    assert fit.sources == original.sources
    assert "note" in fit.sources[1]
    assert load_fit(artifact_read(fit.artifact)).sites.specs[1].damping is not None
    assert twin_rebuild(fit).verdict is Verdict.IDENTICAL
