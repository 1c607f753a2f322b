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
    _audit(membership, by)
    return membership


class MembershipRefused(Exception):
    """Whoever asks may not change that of this member; the message says who may.

    Attributes:
        field: Which of the wishes is refused; empty for all.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LastOwner(MembershipRefused):
    """The team would have no owner left."""


@transaction.atomic
def membership_change(
    *,
    membership: Membership,
    by: User,
    role: Role | None = None,
    may_approve: bool | None = None,
) -> Membership:
    """Change what a member may do: their role, or whether they may approve spending.

    Owners and admins may, but only an owner makes or changes an owner.

    Args:
        by: An owner or admin of the team.

    Raises:
        MembershipRefused: If an admin would make or change an owner.
        LastOwner: If no owner would be left.
    """
    Team.objects.select_for_update().get(pk=membership.team_id)  # one change at a time
    membership.refresh_from_db()
    rows = Membership.objects.filter(team=membership.team_id)
    if not rows.filter(user=by, role=Role.OWNER).exists():
        if membership.role == Role.OWNER:
            raise MembershipRefused("only an owner changes what an owner may do")
        if role == Role.OWNER:
            raise MembershipRefused("only an owner makes somebody an owner", field="role")
    owners = rows.filter(role=Role.OWNER, user__is_active=True).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and role not in {None, Role.OWNER} and not owners.exists():
        raise LastOwner(f"{membership.user} is the team's only owner", field="role")
    wanted = {"role": role, "may_approve": may_approve}
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and value != getattr(membership, name)
    }
    if changed:
        rows.filter(pk=membership.pk).update(**changed)
        membership.refresh_from_db()
        _audit(membership, by)
    return membership


def _audit(membership: Membership, by: User | None) -> None:
    audit_record(
        action="membership.set",
        user=by,
        team=membership.team,
        target=f"user:{membership.user_id}",
        role=str(membership.role),
        may_approve=membership.may_approve,
    )
