"""What a session remembers of the browser that opened it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from qtwin.accounts.ids import new_id

NAMES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def about(request: HttpRequest, how: str) -> dict[str, str]:
    """Columns of `BrowserSession`, as text."""
    return {
        "id": str(new_id()),
        "agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        "address": network_address(request)[:45],
        "how": how,
        "created_at": timezone.now().isoformat(),
    }


def network_address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def spoken(agent: str) -> str:
    """An agent's text in words: "Firefox on Linux". The order matters: Edge says Chrome too."""
    name = next((word for mark, word in NAMES if mark in agent), "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return " on ".join(filter(None, (name, system))) or "Unknown browser"
