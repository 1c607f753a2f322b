"""What people may do in one project, apart from its team."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import Membership, Role, User
from qtwin.accounts.selectors import teams_managed_by
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project, ProjectMember
from qtwin.projects.models.member import GIVEN, GUESTS


class MemberRefused(Exception):
    """The role cannot be given or taken; the message says why.

    Attributes:
        field: Which part of the wish is refused; empty for all.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def project_member_set(*, project: Project, user: User, role: Role, by: User) -> ProjectMember:
    """Give a person another role in the project than in the team, or let in a guest.

    Args:
        by: Who manages the project.

    Raises:
        MemberRefused: The role is not for them, or not to be changed by ``by``.
    """
    membership = _changeable(project, user, by)
    allowed = GUESTS if membership is None else GIVEN
    if role not in allowed:
        words = ", ".join(role.value for role in allowed)
        whom = "a guest" if membership is None else "a member of the team"
        raise MemberRefused(f"{role.value!r} for {whom}; allowed: {words}", field="role")
    member, new = ProjectMember.objects.get_or_create(
        project=project,
        user=user,
        defaults={"role": role, "membership": membership, "created_by": by},
    )
    changed = ProjectMember.objects.filter(pk=member.pk).exclude(role=role, membership=membership)
    if changed.update(role=role, membership=membership) or new:
        member.refresh_from_db()
        _audit("project.member.set", member, by)
    return member


@transaction.atomic
def project_member_end(*, member: ProjectMember, by: User) -> None:
    """Let a member have the team's role again, and let a guest go; anyone may go themselves.

    Raises:
        MemberRefused: Not to be changed by ``by``.
    """
    if member.membership is not None or member.user_id != by.pk:
        _changeable(member.project, member.user, by)
    _audit("project.member.end", member, by)
    member.delete()


def _changeable(project: Project, user: User, by: User) -> Membership | None:
    """Their place in the team, if it leaves room for another one in the project."""
    membership = Membership.objects.filter(team=project.team_id, user=user).first()
    role = None if membership is None else membership.role
    if role == Role.OWNER:
        raise MemberRefused(f"{user} owns the team, and so all of its projects", field="role")
    managers = teams_managed_by(by).filter(pk=project.team_id)
    if role == Role.ADMIN and not managers.exists():
        raise MemberRefused(
            f"{user} is an admin of the team; only its owners and admins change that", field="role"
        )
    if user.pk == by.pk:
        raise MemberRefused("nobody gives themselves a role", field="role")
    return membership


def _audit(action: str, member: ProjectMember, by: User) -> None:
    audit_record(
        action=action,
        user=by,
        team=member.project.team,
        target=f"user:{member.user_id}",
        project=str(member.project_id),
        role=str(member.role),
        guest=member.membership_id is None,
    )
