"""Hands the work of worlds to whatever does it."""

from __future__ import annotations

from django.conf import settings

from qtwin.hints import send
from qtwin.training.models import Work


def hint(work: Work) -> None:
    """Say that a world, a run, an evaluation or a report is due."""
    send(settings.TRAINING_DISPATCHERS[work.kind_of_work], str(work.pk))
