"""Teams."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import Membership, Role, Team, User
from qtwin.accounts.services.audit import audit_record


@transaction.atomic
def team_create(*, name: str, owner: User) -> Team:
    """Make a team whose owner may do everything in it."""
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=owner, role=Role.OWNER, may_approve=True)
    audit_record(action="team.create", user=owner, team=team, target=f"team:{team.pk}")
    return team


@transaction.atomic
def team_rename(*, team: Team, name: str, by: User) -> Team:
    """Give a team another name; the same one changes nothing."""
    if Team.objects.filter(pk=team.pk).exclude(name=name).update(name=name):
        audit_record(
            action="team.rename",
            user=by,
            team=team,
            target=f"team:{team.pk}",
            before=team.name,
            after=name,
        )
        team.refresh_from_db()
    return team
