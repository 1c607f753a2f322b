"""How a job that is not submitted is answered."""

from __future__ import annotations

from qtwin.projects.refusal import SpendingRefused
from qtwin.rest.problem import PointedError, Refused


def refusal(error: Exception, *, field: str = "") -> PointedError:
    """The problem that says why, with the budget's figures where one refused it."""
    if isinstance(error, SpendingRefused):
        return Refused(error.field, str(error), error.code, error.facts)
    return PointedError(getattr(error, "field", field), str(error))
