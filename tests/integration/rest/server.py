"""A server of its own process and database, with a project, and tokens to ask by.

Run as ``python -m tests.integration.rest.server PORT TOKENS``; prints what there is as JSON before
it serves, and ends with its standard input.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
django.setup()

from qtwin.accounts.models import Scope, User  # noqa: E402 - needs the settings
from qtwin.accounts.services import team_create, token_create  # noqa: E402
from qtwin.projects.demo.h2 import SOURCES, SYSTEM  # noqa: E402
from qtwin.projects.services import project_create, source_create  # noqa: E402
from tests import schema  # noqa: E402


def seed(tokens: int) -> dict[str, object]:
    """A project of one person, who has tokens."""
    user = User.objects.create_user("ada@example.org", "Ada")
    project = project_create(
        team=team_create(name="t", owner=user), name="H2", system=SYSTEM, by=user
    )
    for source in SOURCES[:4]:
        source_create(project=project, by=user, **source)
    scopes = [Scope.READ, Scope.SUBMIT]
    texts = [token_create(user=user, name=str(n), scopes=scopes)[1] for n in range(tokens)]
    return {"project": str(project.pk), "tokens": texts}


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    port, tokens = (int(word) for word in sys.argv[1:])
    if not Path(os.environ["QTWIN_DATABASE"]).exists():
        schema.make()
    sys.stdout.write(json.dumps(seed(tokens)) + "\n")
    sys.stdout.flush()
    threading.Thread(target=end_with_input, daemon=True).start()
    uvicorn.run("qtwin.config.asgi:application", host="127.0.0.1", port=port, log_level="warning")
