"""Which projects somebody reaches, and as what: by their teams, by the project, by their token.

The role in a project is the one that the project gives, else the one in its team; a team's owners
own all of its projects, and a guest's role takes nothing away from somebody who joined the team.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from qtwin.accounts.acting import is_agent, is_bound, token_by
from qtwin.accounts.models import Membership, Role, User
from qtwin.projects.models import Project, ProjectMember, TokenProject
from qtwin.projects.visiting import shown

Caller = User | AnonymousUser


def member_of(user: Caller) -> Q:
    """Projects of the user's teams, and those that let them in."""
    own = ProjectMember.objects.filter(user=user.pk)
    return (Q(team__in=_teams(user)) | Q(pk__in=own.values("project"))) & _by_token(user)


def readable_by(user: Caller) -> Q:
    """Those of `member_of`, those that a link shows the user, and those shown to everybody."""
    return member_of(user) | Q(pk__in=shown(user)) | Q(public=True)


def may(user: Caller, roles: Collection[Role]) -> Q:
    """Projects in which the user has one of the roles."""
    own = ProjectMember.objects.filter(user=user.pk)
    lowered = own.filter(membership__isnull=False).exclude(role__in=roles).values("project")
    return (
        Q(team__in=_teams(user).filter(role=Role.OWNER))
        | Q(pk__in=own.filter(role__in=roles).values("project"))
        | Q(team__in=_teams(user).filter(role__in=roles)) & ~Q(pk__in=lowered)
    ) & _by_token(user)


def owned_by(user: Caller) -> Q:
    """Projects of the teams that the user owns."""
    return Q(team__in=_teams(user).filter(role=Role.OWNER)) & _by_token(user)


def approved_by(user: Caller) -> Q:
    """Projects of the teams in which the user approves spending; an agent approves nothing."""
    if is_agent(user):
        return Q(pk__in=[])
    return Q(team__in=_teams(user).filter(may_approve=True)) & _by_token(user)


def standing(where: Q) -> QuerySet[Project]:
    """Projects that were not deleted, newest first."""
    return Project.objects.filter(where, deleted_at=None).order_by("-created_at", "-id")


def _by_token(user: Caller) -> Q:
    """Those that the token is bound to by which they act, if it is."""
    if not is_bound(user):
        return Q()
    return Q(pk__in=TokenProject.objects.filter(token=token_by(user)).values("project"))


def _teams(user: Caller) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(user=user.pk).values("team")
