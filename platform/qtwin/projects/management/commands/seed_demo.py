"""``manage.py seed_demo``: the demo team and project; prints one JSON line for the runner."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import timezone

from qtwin.accounts.models import Scope
from qtwin.accounts.services import sign_in_link_create, token_create
from qtwin.projects.demo import demo_jobs, demo_seed

TOKEN_LIFETIME = timedelta(days=1)


class Command(BaseCommand):
    help = "Make the demo team and project, and print how to reach them as one JSON line."

    def handle(self, *args: Any, **options: Any) -> None:
        user, project = demo_seed()
        _, token = token_create(
            user=user,
            name="development runner",
            scopes=[Scope.READ, Scope.SUBMIT],
            expires_at=timezone.now() + TOKEN_LIFETIME,
        )
        document = {
            "token": token,
            "sign_in_path": reverse("web:sign-in-link", args=[sign_in_link_create(user=user)]),
            "project": str(project.pk),
            "team": str(project.team_id),
            "jobs": demo_jobs(),
        }
        self.stdout.write(json.dumps(document))
