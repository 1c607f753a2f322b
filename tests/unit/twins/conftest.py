"""Measurements without a solver, and fits without a worker."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Dataset, Project
from qtwin.projects.services import evidence_advance
from qtwin.twins.models import Twin, TwinFit
from qtwin.twins.services import twin_assimilate, twin_claim

Measure = Callable[..., Measurement]


@pytest.fixture
def measure(project: Project) -> Measure:
    """Record one measurement of the energy by a source of the project."""
    data = Dataset.objects.create(project=project, name="d", citation="none", sha256="0" * 64)
    energy, row = project.observables.get(name="energy"), count()

    def make(source: str, x: float, value: float, std: float = 0.0, **more: Any) -> Measurement:
        made = Measurement.objects.create(
            project=project,
            dataset=data,
            row=next(row),
            source_revision=project.sources.get(name=source).latest,
            observable=energy,
            point=[x],
            value=value,
            std=std,
            unit="hartree",
            measured_at=timezone.now(),
            **more,
        )
        evidence_advance(project_id=project.pk)
        return made

    return make


@pytest.fixture
def assimilated(project: Project) -> Callable[[], TwinFit]:
    """Fit what there is now; the fit of the version that is latest then."""

    def run() -> TwinFit:
        Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
        twin = twin_claim(project.pk, owner="test", lease_s=60)
        if twin is not None:
            twin_assimilate(twin)
        return TwinFit.objects.filter(version__twin__project=project).latest("version__number")

    return run
