"""One invitation that eight browsers accept at once for a new account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import IntegrityError, connections

from qtwin.accounts.models import Membership, Role, User
from qtwin.accounts.services import invitation_create, invitation_register, team_create
from qtwin.accounts.services.invitation import InvitationRefused

THREADS = 8


def race() -> dict[str, Any]:
    owner = User.objects.create_user("owner@example.org", "Owner")
    team = team_create(name="t", owner=owner)
    _, secret = invitation_create(team=team, email="new@example.org", role=Role.VIEWER, by=owner)
    start = Barrier(THREADS)

    def accept(number: int) -> bool:
        try:
            start.wait()
            invitation_register(secret=secret, name=str(number), password="a long enough one")
        except (InvitationRefused, IntegrityError):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        accepted = sum(pool.map(accept, range(THREADS)))
    members = Membership.objects.filter(team=team, user__email="new@example.org")
    return {"accepted": accepted, "members": members.count()}
