"""The kill switch of a backend, for one team or for everybody."""

from __future__ import annotations

from django.db import transaction

from backends import registry
from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import BackendStop


@transaction.atomic
def backend_stop(*, backend: str, team: Team | None, why: str, by: User | None) -> BackendStop:
    """Let no new job of a backend start. What runs or was submitted goes on.

    Raises:
        UnknownBackend: If nothing is registered under that name.
    """
    registry.get(backend)
    stop, _ = BackendStop.objects.update_or_create(
        team=team, backend=backend, defaults={"why": why, "stopped_by": by}
    )
    audit_record(
        action="backend.stop", user=by, team=team, target=f"backend:{backend}"[:80], why=why
    )
    return stop


@transaction.atomic
def backend_start(*, backend: str, team: Team | None, by: User | None) -> None:
    """Let jobs of a backend start again; those that waited are due at once."""
    BackendStop.objects.filter(team=team, backend=backend).delete()
    audit_record(action="backend.start", user=by, team=team, target=f"backend:{backend}"[:80])
