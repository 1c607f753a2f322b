"""What a page shows of somebody's rights is what the services grant them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from qtwin.accounts.acting import acting
from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.services import membership_set
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_managed_by, projects_writable_by
from qtwin.projects.services import project_member_set, token_issue
from qtwin.projects.standing import Standing, standing_in

NOTHING = Standing(write=False, manage=False)


def granted(user: User | AnonymousUser, project: Project) -> Standing:
    """By the queries that guard what is done."""
    return Standing(
        write=projects_writable_by(user).filter(pk=project.pk).exists(),
        manage=projects_managed_by(user).filter(pk=project.pk).exists(),
    )


@pytest.mark.django_db
def test_of_every_role(project: Project, team: Team, user: User) -> None:
    seen = {Role.OWNER: standing_in(user, project.pk)}
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        other = User.objects.create_user(f"{role}@example.org", role.title())
        membership_set(team=team, user=other, role=role, by=user)
        seen[role] = standing_in(other, project.pk)
        assert seen[role] == granted(other, project)
        for lent in (Role.VIEWER, Role.OPERATOR):
            project_member_set(project=project, user=other, role=lent, by=user)
            assert standing_in(other, project.pk) == granted(other, project)
    assert seen[Role.OWNER] == Standing(write=True, manage=True)
    assert seen[Role.OPERATOR] == Standing(write=True, manage=False)
    assert seen[Role.VIEWER] == NOTHING


@pytest.mark.django_db
def test_of_nobody_of_others_and_of_a_token(project: Project, team: Team, user: User) -> None:
    assert standing_in(AnonymousUser(), project.pk) == NOTHING
    assert standing_in(User.objects.create_user("eve@example.org", "Eve"), project.pk) == NOTHING
    token, _ = token_issue(user=user, name="elsewhere", scopes=["read"], projects=[project])
    assert standing_in(acting(user, token), project.pk) == Standing(write=True, manage=True)
    token.projects.all().delete()
    assert standing_in(acting(user, token), project.pk) == NOTHING
