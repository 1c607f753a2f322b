"""The owners of a team who all leave it at once, again and again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Membership, Role, Team, User
from qtwin.accounts.services import membership_end, membership_set, team_create
from qtwin.accounts.services.membership import LastOwner

OWNERS, ROUNDS = 4, 5


def race() -> dict[str, Any]:
    rounds = [_one() for _ in range(ROUNDS)]
    return {"left": [left for left, _ in rounds], "owners": [owners for _, owners in rounds]}


def _one() -> tuple[int, int]:
    """How many could leave, and how many owners there are then."""
    people = [
        User.objects.create_user(f"{new_id()}@example.org", str(number)) for number in range(OWNERS)
    ]
    team = team_create(name="t", owner=people[0])
    for person in people[1:]:
        membership_set(team=team, user=person, role=Role.OWNER, by=None)
    rows, start = list(Membership.objects.filter(team=team)), Barrier(OWNERS)

    def leave(row: Membership) -> bool:
        try:
            start.wait()
            membership_end(membership=row, by=row.user)
        except LastOwner:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(OWNERS) as pool:
        left = sum(pool.map(leave, rows))
    return left, Team.objects.get(pk=team.pk).memberships.filter(role=Role.OWNER).count()
