"""Wrong designs that the chaos must catch: if one survives, the chaos proves nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.faults.vendor.backend import MockVendor


def fresh_token() -> None:
    """Every post carries a token of its own, as a client that makes its own would."""
    submit = MockVendor.submit

    def mutant(self: MockVendor, experiment: Any, options: Any, *, token: str) -> Any:
        return submit(self, experiment, options, token=f"{token}-{uuid4().hex}")

    MockVendor.submit = mutant  # type: ignore[method-assign]  # that is the mutant


def no_fence() -> None:
    """A worker that was overtaken goes on, as long as the state is the one that it saw.

    It was told "not created" and stood still; meanwhile another one repeated the post, which made
    the task and lost the answer. Only the fence keeps the first from posting a fresh token now.
    """
    from django.db.models import QuerySet

    guarded = QuerySet.filter

    def mutant(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.model.__name__ == "Job":
            kwargs.pop("fence", None)
        return guarded(self, *args, **kwargs)

    QuerySet.filter = mutant  # type: ignore[method-assign]  # that is the mutant


def automatic_resubmission() -> None:
    """What a vendor without tokens may have is bought again instead of being held."""
    from qtwin.jobs.services import submission_void
    from workers import submit

    def mutant(job: Any, submission: Any, *, code: str, reason: str, **_: Any) -> None:
        submission_void(job, submission, code=code, reason=reason, wait_s=0.0)

    vars(submit)["submission_hold"] = mutant


MUTANTS = {
    "fresh_token": fresh_token,
    "no_fence": no_fence,
    "automatic_resubmission": automatic_resubmission,
}


def become(name: str) -> None:
    """Turn this process into a mutant; no name, no mutant."""
    if name:
        MUTANTS[name]()
