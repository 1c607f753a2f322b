"""Tables of people and what they may do."""

from qtwin.accounts.models.audit import AuditEvent
from qtwin.accounts.models.credential import Credential
from qtwin.accounts.models.credential_test import CredentialTest
from qtwin.accounts.models.link import SignInLink
from qtwin.accounts.models.team import Membership, Role, Team
from qtwin.accounts.models.token import ApiToken, Scope
from qtwin.accounts.models.user import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Credential",
    "CredentialTest",
    "Membership",
    "Role",
    "Scope",
    "SignInLink",
    "Team",
    "User",
]
