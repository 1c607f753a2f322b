"""Inviting people into a team by a link that works once."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from qtwin.accounts.models import Invitation, Membership, Role, Team, User
from qtwin.accounts.models.team import MANAGERS, RISING
from qtwin.accounts.selectors import invitation_of
from qtwin.accounts.services.audit import audit_record

LIFETIME = timedelta(days=7)

log = logging.getLogger(__name__)


class InvitationRefused(Exception):
    """It cannot be made or accepted; the message says why.

    Attributes:
        field: Of the request that is to blame; empty for all.
        code: A word for programs.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What became of an invitation.

    Attributes:
        link: For the inviter to hand on; empty if it was mailed. It is never shown again.
    """

    invitation: Invitation
    link: str
    mailed: bool


def invitation_send(
    *, team: Team, email: str, role: Role, by: User, address: Callable[[str], str]
) -> Invited:
    """Invite a person, and mail them the link where mail is configured.

    Args:
        address: The link that carries a secret.

    Raises:
        InvitationRefused: As `invitation_create`.
    """
    invitation, secret = invitation_create(team=team, email=email, role=role, by=by)
    link = address(secret)
    mailed = bool(settings.EMAIL_HOST) and _mailed(invitation, link)
    return Invited(invitation=invitation, link="" if mailed else link, mailed=mailed)


@transaction.atomic
def invitation_create(*, team: Team, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """Make an invitation in place of an open one to the same address; the text is its secret.

    Raises:
        InvitationRefused: The role is above the inviter's, or the person is a member already.
    """
    email = email.strip().lower()
    Team.objects.select_for_update().get(pk=team.pk)
    if not _may_give(team, by, role):
        raise InvitationRefused(
            f"{role.value!r} is above your own role", code="above_own_role", field="role"
        )
    if Membership.objects.filter(team=team, user__email=email).exists():
        raise InvitationRefused(f"{email} is in the team", code="member", field="email")
    now = timezone.now()
    open_ones = Invitation.objects.filter(team=team, email=email, accepted_at=None, revoked_at=None)
    open_ones.update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        team=team,
        email=email,
        role=role,
        digest=digest_of(secret),
        created_by=by,
        expires_at=now + LIFETIME,
    )
    _audit("invitation.create", invitation, by)
    return invitation, secret


@transaction.atomic
def invitation_revoke(*, invitation: Invitation, by: User) -> None:
    """Let its link open nothing any more; once is enough."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        _audit("invitation.revoke", invitation, by)


@transaction.atomic
def invitation_accept(*, secret: str, user: User) -> Membership:
    """Let the signed-in person whose address it is into the team.

    Raises:
        InvitationRefused: It is not valid, or for another address.
    """
    invitation = _valid(secret)
    if invitation.email != user.email.lower():
        raise InvitationRefused(
            "the invitation is for another e-mail address; sign in with that one",
            code="other_address",
        )
    return _join(invitation, user)


@transaction.atomic
def invitation_register(*, secret: str, name: str, password: str) -> Membership:
    """Make the account of a new person, and let them into the team.

    Raises:
        InvitationRefused: It is not valid, or its address has an account.
        ValidationError: Of Django: the password is too weak.
    """
    invitation = _valid(secret)
    taken = InvitationRefused(
        "this e-mail address has an account; sign in, then accept", code="sign_in_first"
    )
    if User.objects.filter(email=invitation.email).exists():
        raise taken
    validate_password(password, User(email=invitation.email, name=name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, name, password)
    except IntegrityError:  # made by another invitation meanwhile
        raise taken from None
    return _join(invitation, user)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _valid(secret: str) -> Invitation:
    invitation = invitation_of(digest_of(secret))
    if invitation is None or not (
        invitation.created_by
        and _may_give(invitation.team, invitation.created_by, Role(invitation.role))
    ):
        raise InvitationRefused(
            "this invitation was used or revoked, or has expired; ask for a new one", code="invalid"
        )
    return invitation


def _join(invitation: Invitation, user: User) -> Membership:
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not rows.update(accepted_at=timezone.now(), accepted_by=user):
        raise InvitationRefused("this invitation was used or revoked meanwhile", code="invalid")
    membership, new = Membership.objects.get_or_create(
        team=invitation.team, user=user, defaults={"role": invitation.role}
    )
    if not new:
        raise InvitationRefused("you are in the team already", code="member")
    _audit("invitation.accept", invitation, user)
    return membership


def _may_give(team: Team, inviter: User, role: Role) -> bool:
    """Whether they manage the team, and the role is not above their own."""
    own = Membership.objects.filter(
        team=team, user=inviter, user__is_active=True, role__in=MANAGERS
    ).first()
    return own is not None and RISING.index(Role(own.role)) >= RISING.index(role)


def _mailed(invitation: Invitation, link: str) -> bool:
    text = render_to_string(
        "mail/invitation.txt", {"invitation": invitation, "link": link, "days": LIFETIME.days}
    )
    subject = f"Join {invitation.team} on QTwin".replace("\n", " ").replace("\r", " ")
    try:
        send_mail(subject, text, None, [invitation.email])
    except (OSError, SMTPException):
        log.exception("the invitation %s could not be mailed", invitation.pk)
        return False
    return True


def _audit(action: str, invitation: Invitation, by: User) -> None:
    audit_record(
        action=action,
        user=by,
        team=invitation.team,
        target=f"invitation:{invitation.pk}",
        role=str(invitation.role),
    )
