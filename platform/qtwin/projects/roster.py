"""Who may do what in a project: its team, as the project raises or lowers them, and its guests."""

from __future__ import annotations

from dataclasses import dataclass

from qtwin.accounts.models import Role, User
from qtwin.accounts.selectors import members_of
from qtwin.projects.models import Project, ProjectMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What one person may do in a project.

    Attributes:
        role: What they are here.
        team_role: What they are in the team; empty for a guest.
        given: The row that says otherwise than the team, or lets in a guest.
    """

    user: User
    role: str
    team_role: str
    may_approve: bool
    given: ProjectMember | None

    @property
    def guest(self) -> bool:
        return not self.team_role


def roster_of(project: Project) -> list[Place]:
    """The team in the order in which they came, then guests."""
    rows = ProjectMember.objects.filter(project=project, user__is_active=True)
    given = {row.user_id: row for row in rows.select_related("user", "project")}
    places = []
    for member in members_of(project.team):
        row = given.pop(member.user_id, None)
        places.append(
            Place(
                user=member.user,
                role=_role(member.role, row),
                team_role=member.role,
                may_approve=member.may_approve,
                given=row,
            )
        )
    guests = sorted(given.values(), key=lambda row: row.pk)
    return places + [
        Place(user=row.user, role=row.role, team_role="", may_approve=False, given=row)
        for row in guests
    ]


def roster_shown(project: Project, user: User) -> list[Place]:
    """The roster; for guests those to whom the project gave a role, and nobody else of the team."""
    places = roster_of(project)
    if any(place.user == user and not place.guest for place in places):
        return places
    return [place for place in places if place.given is not None]


def _role(of_team: str, given: ProjectMember | None) -> str:
    """As `qtwin.projects.reach` has it."""
    if given is None or of_team == Role.OWNER:
        return of_team
    if given.membership_id is None and of_team != Role.VIEWER:
        return of_team
    return given.role
