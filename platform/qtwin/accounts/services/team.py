"""Teams and who is in them."""

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
def membership_set(*, team: Team, user: User, role: Role, by: User | None) -> Membership:
    """Give a person a role in a team, or change it."""
    membership, _ = Membership.objects.update_or_create(
        team=team, user=user, defaults={"role": role}
    )
    audit_record(
        action="membership.set", user=by, team=team, target=f"user:{user.pk}", role=str(role)
    )
    return membership
