"""Reads of accounts, already filtered by who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from qtwin.accounts.acting import is_agent, is_bound, token_by
from qtwin.accounts.models import (
    ApiToken,
    AuditEvent,
    BrowserSession,
    Credential,
    CredentialTest,
    Identity,
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
    Role,
    Team,
    Totp,
    User,
)
from qtwin.accounts.models.team import MANAGERS, WRITERS


def teams_visible_to(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams that the user is in."""
    return _teams(user)


def _teams(user: User | AnonymousUser, **role: Any) -> QuerySet[Team]:
    """In one filter, so that it is the same membership that has the role."""
    rows = Team.objects.filter(memberships__user=user.pk, **role)
    return rows.none() if is_bound(user) else rows


def members_of(team: Team) -> QuerySet[Membership]:
    """Who is in the team, in the order in which they came."""
    return Membership.objects.filter(team=team).select_related("user").order_by("pk")


def teams_writable_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams in which the user may change things."""
    return _teams(user, memberships__role__in=WRITERS)


def teams_managed_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams whose budgets, kill switches and members' roles the user may set."""
    return _teams(user, memberships__role__in=MANAGERS)


def teams_owned_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams that the user may hand over."""
    return _teams(user, memberships__role=Role.OWNER)


def approvers_of(team: Team) -> QuerySet[User]:
    """Who may approve what the team's jobs cost, by name."""
    return User.objects.filter(
        is_active=True, memberships__team=team, memberships__may_approve=True
    ).order_by("name", "pk")


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The user's own memberships by name of the team, with their ``members`` counted."""
    rows = Membership.objects.filter(user=user.pk).select_related("team")
    rows = rows.none() if is_bound(user) else rows
    return rows.annotate(members=Count("team__memberships")).order_by("team__name", "team")


def invitations_open(team: Team) -> QuerySet[Invitation]:
    """Invitations to the team that were neither accepted nor revoked, newest first."""
    rows = Invitation.objects.filter(team=team, accepted_at=None, revoked_at=None)
    return rows.select_related("created_by").order_by("-created_at", "-id")


def invitation_of(digest: str) -> Invitation | None:
    """The invitation whose secret has the digest, if it may still be accepted."""
    rows = Invitation.objects.filter(digest=digest, accepted_at=None, revoked_at=None)
    return rows.filter(expires_at__gt=Now()).select_related("team", "created_by").first()


def audit_of(team: Team) -> QuerySet[AuditEvent]:
    """The team's trail, newest first."""
    rows = AuditEvent.objects.filter(team=team).select_related("user", "token")
    return rows.order_by("-created_at", "-id")


def audit_actions(team: Team) -> list[str]:
    """Of what there are rows, as a filter takes it: each kind, and each action."""
    rows = AuditEvent.objects.filter(team=team).order_by("action")
    actions = list(rows.values_list("action", flat=True).distinct())
    kinds = {f"{action.partition('.')[0]}." for action in actions}
    return sorted({*actions, *kinds})


def about_action(word: str) -> Q:
    """An action, or with a dot at its end all that begin so."""
    return Q(action__startswith=word) if word.endswith(".") else Q(action=word)


def tokens_of(user: User | AnonymousUser) -> QuerySet[ApiToken]:
    """The user's tokens that were not revoked; one that is narrower than they sees itself only."""
    rows = ApiToken.objects.filter(user=user.pk, revoked_at=None)
    token = token_by(user)
    return rows.filter(pk=token.pk) if token and (is_agent(user) or is_bound(user)) else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSteps:
    """What a person may be asked for besides the first proof.

    Attributes:
        app: Whether an authenticator app is set up.
        codes_left: Recovery codes that were not used yet.
    """

    app: bool
    passkeys: int
    codes_left: int

    @property
    def needed(self) -> bool:
        """Whether a password alone lets nobody in."""
        return self.app or self.passkeys > 0


def second_steps_of(user: User) -> SecondSteps:
    """The person's."""
    return SecondSteps(
        app=Totp.objects.filter(user=user).exists(),
        passkeys=Passkey.objects.filter(user=user).count(),
        codes_left=RecoveryCode.objects.filter(user=user, used_at=None).count(),
    )


def identities_of(user: User) -> QuerySet[Identity]:
    """Who the person is elsewhere."""
    return Identity.objects.filter(user=user).order_by("created_at")


def passkeys_of(user: User) -> QuerySet[Passkey]:
    """The person's, the oldest first."""
    return Passkey.objects.filter(user=user).order_by("created_at")


def sessions_of(user: User) -> QuerySet[BrowserSession]:
    """Browsers in which the person is signed in, the last seen first."""
    rows = BrowserSession.objects.filter(user=user, expire_date__gt=Now())
    return rows.order_by("-last_seen_at", "-created_at")


def credentials_of(team: Team) -> QuerySet[Credential]:
    """The team's credentials with the newest test first, the newest first; secrets stay shut."""
    tests = CredentialTest.objects.order_by("-created_at")
    rows = Credential.objects.filter(team=team).defer("ciphertext", "wrapped_key")
    rows = rows.select_related("team").prefetch_related(Prefetch("tests", queryset=tests))
    return rows.order_by("-created_at", "-id")


def credentials_in_use(team: Team) -> list[Credential]:
    """Of each vendor the credential that jobs use: its newest."""
    newest: dict[str, Credential] = {}
    for credential in credentials_of(team).filter(revoked_at=None):
        newest.setdefault(credential.vendor, credential)
    return [newest[vendor] for vendor in sorted(newest)]


def credential_tests_due(limit: int) -> list[UUID]:
    """Ids of tests that a worker should make now, the oldest first."""
    due = CredentialTest.objects.filter(outcome=CredentialTest.Outcome.OPEN, lease_until__lt=Now())
    return list(due.order_by("created_at").values_list("pk", flat=True)[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorDevices:
    """What a team sees of one vendor.

    Attributes:
        as_of: End of the last test that the vendor answered; None if there is none yet.
        test: The newest test, which may be another one, or under way.
        devices: As of then.
    """

    vendor: str
    as_of: datetime | None
    test: CredentialTest | None
    devices: list[dict[str, Any]]


def devices_of(team: Team) -> list[VendorDevices]:
    """The devices that the last test of each credential in use saw."""
    seen = []
    for credential in credentials_in_use(team):
        tests = list(credential.tests.all())
        good = [test for test in tests if test.outcome == CredentialTest.Outcome.ACCEPTED]
        seen.append(
            VendorDevices(
                vendor=credential.vendor,
                as_of=good[0].finished_at if good else None,
                test=tests[0] if tests else None,
                devices=good[0].devices if good else [],
            )
        )
    return seen
