"""Making a demo project."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import Team, User
from qtwin.accounts.services import team_create
from qtwin.projects.demo.demo import Demo
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create

TEAM = "Demo team"
EMAIL = "demo@qtwin.localhost"


@transaction.atomic
def demo_seed(demo: Demo) -> tuple[User, Project]:
    """The demo user and a demo's project, made if they are not there yet."""
    user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, "Demo")
    team = Team.objects.filter(name=TEAM, memberships__user=user).first()
    team = team or team_create(name=TEAM, owner=user)
    project = Project.objects.filter(team=team, name=demo.name, deleted_at=None).first()
    if project is None:
        project = project_create(
            team=team, name=demo.name, description=demo.description, system=demo.system, by=user
        )
        for source in demo.sources:
            source_create(project=project, by=user, **source)
    return user, project
