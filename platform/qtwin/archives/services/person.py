"""The end of an account in every app."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import User
from qtwin.accounts.services import account_erase
from qtwin.projects.models import ProjectDraft, ProjectMember
from qtwin.rest.models import Posted
from qtwin.saved.models import SavedFilter


@transaction.atomic
def person_erase(*, user: User) -> None:
    """Remove a person, and keep what they did.

    Raises:
        SoleOwner: Nothing was changed.
    """
    account_erase(user=user)
    ProjectMember.objects.filter(user=user).delete()
    ProjectDraft.objects.filter(created_by=user).delete()
    SavedFilter.objects.filter(user=user, team=None).delete()
    Posted.objects.filter(user=user).delete()
