"""An account's end: what it did stays as evidence, and who it was does not."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from qtwin.accounts.models import (
    ApiToken,
    BrowserSession,
    Identity,
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
    Role,
    SignInLink,
    Team,
    Totp,
    User,
)
from qtwin.accounts.services.audit import audit_record

NOBODY = "Former member"
OWN = (BrowserSession, Identity, Membership, Passkey, RecoveryCode, SignInLink, Totp)
"""What is about the person alone, and goes with them."""


class SoleOwner(Exception):
    """Teams with other members would be left without an owner.

    Attributes:
        teams: Those.
    """

    def __init__(self, teams: list[Team]) -> None:
        names = ", ".join(f"“{team.name}” ({team.pk})" for team in teams)
        super().__init__(
            f"you are the only owner, and others are members, of {names}; hand over to one of them"
        )
        self.teams = teams


@transaction.atomic
def account_erase(*, user: User) -> None:
    """Remove a person: name, address, ways of signing in, tokens, sessions and memberships.

    Jobs, measurements, bookings and the audit trail keep pointing at the row, which says nothing
    of whose it was. Keys to vendors belong to their team, and stay.

    Raises:
        SoleOwner: Nothing was changed.
    """
    teams = Team.objects.select_for_update().filter(memberships__user=user).order_by("pk")
    left = [team for team in teams if _orphaned(team, user)]
    if left:
        raise SoleOwner(left)
    now, nowhere = timezone.now(), f"{user.pk}@erased.invalid"
    email = User.objects.values_list("email", flat=True).get(pk=user.pk)
    rows = User.objects.filter(pk=user.pk, erased_at=None)
    gone = {"name": NOBODY, "email": nowhere, "password": make_password(None)}
    if not rows.update(**gone, is_active=False, last_login=None, erased_at=now):
        return
    audit_record(action="account.erase", user=user, team=None, target=f"user:{user.pk}")
    for model in OWN:
        model.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    ApiToken.objects.filter(user=user).update(name="erased")
    letters = Invitation.objects.filter(Q(email=email) | Q(accepted_by=user))
    letters.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
    letters.update(email=nowhere)


def _orphaned(team: Team, user: User) -> bool:
    """Whether others are in the team, and none of them owns it."""
    others = Membership.objects.filter(team=team, user__is_active=True).exclude(user=user)
    return others.exists() and not others.filter(role=Role.OWNER).exists()
