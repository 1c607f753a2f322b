"""What whoever asks may do in a project, and why not more."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_writable_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Rights in one project.

    Attributes:
        submit: To submit jobs, cancel them, import data.
        spend: To submit jobs that cost money, as far as budgets go.
        why_not: What is missing for the first of the two that is refused; empty: nothing.
    """

    submit: bool
    spend: bool
    why_not: str


def rights_of(
    user: User | AnonymousUser, project: Project, *, may_submit: bool, may_spend: bool
) -> Rights:
    """Rights of a user who looks at a project.

    Args:
        may_submit: Whether the request's token has the right.
        may_spend: The same.
    """
    refusals = (
        (not projects_writable_by(user).filter(pk=project.pk).exists(), "role", True),
        (not may_submit, "submit", True),
        (not may_spend, "spend", False),
        (not project.paid_sources, "paid", False),
    )
    missing = [(word, submits) for refused, word, submits in refusals if refused]
    return Rights(
        submit=not any(submits for _, submits in missing),
        spend=not missing,
        why_not=_SENTENCES[missing[0][0]] if missing else "",
    )


_SENTENCES = {
    "role": "you may look at this project, not change it; a manager of it can give you a role",
    "submit": "the token has not the scope submit",
    "spend": "the token has not the scope spend, which sources that cost money need",
    "paid": "paid sources are off in this project; an owner turns them on",
}
