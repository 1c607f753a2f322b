"""Reads of accounts, already filtered by who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now

from qtwin.accounts.models import ApiToken, Credential, CredentialTest, Membership, Team, User
from qtwin.accounts.models.team import MANAGERS, WRITERS


def teams_visible_to(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams that the user is in."""
    return Team.objects.filter(memberships__user=user.pk)


def members_of(team: Team) -> QuerySet[Membership]:
    """Who is in the team, in the order in which they came."""
    return Membership.objects.filter(team=team).select_related("user").order_by("pk")


def teams_writable_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams in which the user may change things."""
    return Team.objects.filter(memberships__user=user.pk, memberships__role__in=WRITERS)


def teams_managed_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams whose budgets, kill switches and members' roles the user may set."""
    return Team.objects.filter(memberships__user=user.pk, memberships__role__in=MANAGERS)


def approvers_of(team: Team) -> QuerySet[User]:
    """Who may approve what the team's jobs cost, by name."""
    return User.objects.filter(
        is_active=True, memberships__team=team, memberships__may_approve=True
    ).order_by("name", "pk")


def tokens_of(user: User | AnonymousUser) -> QuerySet[ApiToken]:
    """The user's tokens that were not revoked."""
    return ApiToken.objects.filter(user=user.pk, revoked_at=None)


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
