"""By whose right a campaign spends: of who began it, or asked for it again, as long as they may."""

from __future__ import annotations

from collections.abc import Callable

from qtwin.accounts.acting import is_agent, token_by
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.projects.models import Project
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.selectors import projects_writable_by


def spender_check(begun: Campaign | Schedule, *, by: User | None, may_spend: bool) -> None:
    """Let nobody set going by another's right what costs money and their own token may not spend.

    Raises:
        SpendingRefused: Their token has not the right to spend, or is an agent's and not the one
            by which it was begun.
    """
    if by is None or not (begun.may_spend and begun.project.paid_sources):
        return
    token = token_by(by)
    if not may_spend:
        _refuse("it may cost money; the token needs the scope spend", code="scope")
    if token is not None and is_agent(by) and begun.token_id != token.pk:
        _refuse("it may cost money by another right than this agent's token", code="other_token")


def submitters(project: Project) -> Callable[[User], None]:
    """A check that whoever asked for a job may still submit here; it asks once for each of them."""
    known: dict[object, bool] = {}

    def check(by: User) -> None:
        token = token_by(by)
        key = by.pk, token and token.pk
        if key not in known:
            known[key] = projects_writable_by(by).filter(pk=project.pk).exists()
        if not known[key]:
            _refuse("Who asked for it may no longer submit jobs here", code="role")

    return check


def _refuse(message: str, *, code: str) -> None:
    error = SpendingRefused(message, code=code)
    error.field = ""
    raise error
