"""Tables of people and what they may do."""

from qtwin.accounts.models.audit import AuditEvent
from qtwin.accounts.models.browser_session import BrowserSession
from qtwin.accounts.models.credential import Credential
from qtwin.accounts.models.credential_test import CredentialTest
from qtwin.accounts.models.guess import GuessCount
from qtwin.accounts.models.identity import Identity
from qtwin.accounts.models.invitation import Invitation
from qtwin.accounts.models.link import SignInLink
from qtwin.accounts.models.passkey import Passkey
from qtwin.accounts.models.recovery_code import RecoveryCode
from qtwin.accounts.models.team import Membership, Role, Team
from qtwin.accounts.models.token import ApiToken, Scope
from qtwin.accounts.models.totp import Totp
from qtwin.accounts.models.user import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "BrowserSession",
    "Credential",
    "CredentialTest",
    "GuessCount",
    "Identity",
    "Invitation",
    "Membership",
    "Passkey",
    "RecoveryCode",
    "Role",
    "Scope",
    "SignInLink",
    "Team",
    "Totp",
    "User",
]
