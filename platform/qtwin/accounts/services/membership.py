"""Who is in a team, and what they may do there.

A team always keeps an owner who can sign in: every change of its members waits for the team's row,
so that no two of them each count on the other's owner.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from qtwin.accounts.models import Membership, Role, Team, User
from qtwin.accounts.services.audit import audit_record


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
def membership_set(*, team: Team, user: User, role: Role, by: User | None) -> Membership:
    """Give a person a role in a team, or change it, whoever asks."""
    membership, _ = Membership.objects.update_or_create(
        team=team, user=user, defaults={"role": role}
    )
    _audit("membership.set", membership, by)
    return membership


@transaction.atomic
def membership_change(
    *,
    membership: Membership,
    by: User,
    role: Role | None = None,
    may_approve: bool | None = None,
) -> Membership:
    """Change what a member may do: their role, or whether they may approve spending.

    Owners and admins may, but only an owner makes or changes an owner or an approver.

    Args:
        by: An owner or admin of the team.

    Raises:
        MembershipRefused: If an admin would make or change an owner or an approver.
        LastOwner: If no owner would be left.
    """
    rows = _alone(membership)
    wanted = {"role": role, "may_approve": may_approve}
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and value != getattr(membership, name)
    }
    if not rows.filter(user=by, role=Role.OWNER).exists():
        _within_an_admins_right(membership, changed)
    if membership.role == Role.OWNER and "role" in changed:
        _another_owner(membership, field="role")
    if changed:
        rows.filter(pk=membership.pk).update(**changed)
        membership.refresh_from_db()
        _audit("membership.set", membership, by)
    return membership


@transaction.atomic
def membership_end(*, membership: Membership, by: User) -> None:
    """Take a member out of the team; anyone may leave.

    Args:
        by: The member, or an owner or admin of the team.

    Raises:
        MembershipRefused: If an admin would take an owner out.
        LastOwner: If no owner would be left.
    """
    rows = _alone(membership)
    if by.pk != membership.user_id and not rows.filter(user=by, role=Role.OWNER).exists():
        _within_an_admins_right(membership, {})
    if membership.role == Role.OWNER:
        _another_owner(membership)
    _audit("membership.end", membership, by)
    membership.delete()


@transaction.atomic
def team_hand_over(*, to: Membership, by: User) -> Membership:
    """Make a member the owner in one's own place; who hands over stays as an admin.

    Raises:
        MembershipRefused: If whoever asks is no owner, or would hand over to themselves.
    """
    rows = _alone(to)
    own = rows.filter(user=by, role=Role.OWNER).first()
    if own is None:
        raise MembershipRefused("only an owner hands the team over")
    if own.pk == to.pk or not to.user.is_active:
        raise MembershipRefused("allowed: another member who can sign in", field="to")
    for membership, role in ((to, Role.OWNER), (own, Role.ADMIN)):
        rows.filter(pk=membership.pk).update(role=role)
        membership.refresh_from_db()
        _audit("membership.set", membership, by)
    return to


def _alone(membership: Membership) -> QuerySet[Membership]:
    """The team's memberships, of which nobody else changes one meanwhile."""
    Team.objects.select_for_update().get(pk=membership.team_id)
    try:
        membership.refresh_from_db()
    except Membership.DoesNotExist:
        raise MembershipRefused(f"{membership.user} has left the team") from None
    return Membership.objects.filter(team=membership.team_id)


def _within_an_admins_right(membership: Membership, changed: dict[str, Any]) -> None:
    if membership.role == Role.OWNER:
        raise MembershipRefused("only an owner changes what an owner may do")
    if changed.get("role") == Role.OWNER:
        raise MembershipRefused("only an owner makes somebody an owner", field="role")
    if "may_approve" in changed:
        raise MembershipRefused("only an owner makes approvers", field="may_approve")


def _another_owner(membership: Membership, *, field: str = "") -> None:
    owners = Membership.objects.filter(
        team=membership.team_id, role=Role.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(f"{membership.user} is the team's only owner", field=field)


def _audit(action: str, membership: Membership, by: User | None) -> None:
    audit_record(
        action=action,
        user=by,
        team=membership.team,
        target=f"user:{membership.user_id}",
        role=str(membership.role),
        may_approve=membership.may_approve,
    )
