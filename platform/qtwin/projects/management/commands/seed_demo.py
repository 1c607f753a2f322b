"""``manage.py seed_demo``: the demo team and projects; prints one JSON line for the runner."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import timezone

from qtwin.accounts.models import Scope
from qtwin.accounts.services import sign_in_link_create, token_create
from qtwin.projects.demo import DEMOS, demo_seed

TOKEN_LIFETIME = timedelta(days=1)


class Command(BaseCommand):
    help = "Make the demo team and projects, and print how to reach them as one JSON line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("demos", nargs="+", choices=tuple(DEMOS))

    def handle(self, *args: Any, demos: list[str], **options: Any) -> None:
        made = {key: demo_seed(DEMOS[key]) for key in demos}
        user = made[demos[0]][0]
        _, token = token_create(
            user=user,
            name="development runner",
            scopes=[Scope.READ, Scope.SUBMIT],
            expires_at=timezone.now() + TOKEN_LIFETIME,
        )
        document = {
            "token": token,
            "sign_in_path": reverse("web:sign-in-link", args=[sign_in_link_create(user=user)]),
            "demos": [
                {
                    **DEMOS[key].report(),
                    "project": str(project.pk),
                    "jobs": DEMOS[key].jobs(),
                }
                for key, (_, project) in made.items()
            ],
        }
        self.stdout.write(json.dumps(document))
