"""Sign-in by an organisation's OpenID Connect provider: code flow with PKCE, state and nonce.

Imported when such a sign-in begins, since it is heavy.
"""

from qtwin.accounts.oidc.failed import OidcFailed
from qtwin.accounts.oidc.flow import Claims, begin, end

__all__ = ["Claims", "OidcFailed", "begin", "end"]
