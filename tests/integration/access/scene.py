"""One team with something of every kind, and one address for each route."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from qtwin.accounts.models import BrowserSession, Identity, Passkey, Role, Team, User
from qtwin.accounts.services import (
    credential_add,
    invitation_create,
    membership_set,
    token_create,
)
from qtwin.archives.models import Import
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.comments.about import About
from qtwin.comments.services import comment_create
from qtwin.jobs.models import Calibration, Job, Measurement
from qtwin.projects.models import Dataset, Project, ProjectDraft
from qtwin.projects.services import (
    project_link_create,
    project_member_set,
)
from qtwin.projects.templates import TEMPLATES
from qtwin.saved.services import filter_save
from qtwin.training.models import Classifier, Loop
from qtwin.web.wizard.system import typed_of
from qtwin.webhooks.services import delivery_test, webhook_create
from tests import trained
from tests.vendors.braket.keys import SECRET

FIXED = {"step": "system", "name": "hf", "number": "1", "verb": "revoke", "sha256": "0" * 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A team's members by role, and the ids of what it owns.

    Attributes:
        ids: Text of each name in a route, such as ``job_id``.
        bodies: What is sent to a route that finds its team in the body.
    """

    team: Team
    members: dict[Role, User]
    ids: dict[str, str]
    bodies: dict[str, dict[str, Any]]

    def address(self, pattern: str) -> str:
        """The pattern with its names replaced by ids of this team."""
        return "/" + re.sub(r"<\w+:(\w+)>", lambda name: self.ids[name[1]], pattern)


def build(project: Project, owner: User) -> Scene:
    """Give the team a member of every role, and one of each thing that a route names.

    The project has a job, a number from elsewhere and a fitted twin already.
    """
    team = project.team
    members = {Role.OWNER: owner}
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        members[role] = User.objects.create_user(f"{role}@example.org", role.title())
        membership_set(team=team, user=members[role], role=role, by=owner)
    project_member_set(
        project=project, user=members[Role.VIEWER], role=Role.VIEWER, by=owner
    )  # of no effect: an address to end it has to be there
    token, _ = token_create(user=owner, name="of the owner", scopes=["read"])
    credential = credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=owner)
    sent = Import.objects.create(team=team, created_by=owner, size=1, sha256="0" * 64)
    seen = Calibration.objects.create(team=team, backend=FIXED["name"], identifier="c-1")
    invitation, _ = invitation_create(
        team=team, email="new@example.org", role=Role.VIEWER, by=owner
    )
    browser = BrowserSession.objects.create(
        session_key="0" * 64, user=owner, expire_date=timezone.now() + timedelta(days=1)
    )
    webhook, _ = webhook_create(
        team=team, url="https://example.org/hook", events=["job.failed"], by=owner
    )
    link, _ = project_link_create(project=project, label="x", by=owner)
    passkey = Passkey.objects.create(user=owner, name="laptop", handle="A", credential=b"A")
    identity = Identity.objects.create(user=owner, issuer="https://id.example.org", subject="1")
    made = {
        **_trained(project, owner),
        "draft_id": ProjectDraft.objects.create(
            template="h2",
            typed={"system": typed_of(TEMPLATES["h2"]) | {"team": [str(team.pk)]}},
            created_by=owner,
        ),
        "identity_id": identity,
        "passkey_id": passkey,
        "webhook_id": webhook,
        "delivery_id": delivery_test(webhook=webhook, by=owner),
        "invitation_id": invitation,
        "link_id": link,
        "filter_id": filter_save(
            user=owner, path="/jobs", query="state=failed", name="x", team=team
        ),
        "comment_id": comment_create(about=About(project=project), text="x", by=owner, origin="/"),
        "project_id": project,
        "team_id": team,
        "user_id": members[Role.VIEWER],
        "token_id": token,
        "credential_id": credential,
        "import_id": sent,
        "calibration_id": seen,
        "dataset_id": Dataset.objects.filter(project=project).earliest("pk"),
        "job_id": Job.objects.filter(project=project, campaign_runs=None).earliest("pk"),
        "measurement_id": Measurement.objects.filter(project=project).earliest("pk"),
        "campaign_id": Campaign.objects.get(project=project),
        "schedule_id": Schedule.objects.get(project=project),
    }
    of_team = {"team": str(team.pk)}
    return Scene(
        team=team,
        members=members,
        ids={name: str(row.pk) for name, row in made.items()}
        | {"session_id": str(browser.id)}
        | FIXED,
        bodies={
            "POST api/v1/backends/<str:name>:stop": of_team,
            "POST api/v1/backends/<str:name>:start": of_team,
        },
    )


def _trained(project: Project, owner: User) -> dict[str, Any]:
    """A world that was made, with a run, its policy, and what was asked of that."""
    world = trained.world_of(project, owner)
    run = trained.run_of(world, owner)
    policy = trained.policy_of(world, run)
    return {
        "world_id": world,
        "run_id": run,
        "policy_id": policy,
        "evaluation_id": trained.evaluation_of(policy),
        "report_id": trained.report_of(policy),
        "loop_id": Loop.objects.create(world=world, asked={}, most_rounds=1),
        "classifier_id": Classifier.objects.create(project=project, asked={}),
    }
