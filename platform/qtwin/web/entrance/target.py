"""Where to go afterwards."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def target_of(request: HttpRequest, default: str = "/") -> str:
    """What the form or the address says after ``next``: a path of this site, never another one."""
    return safe(request, request.POST.get("next") or request.GET.get("next") or "", default)


def safe(request: HttpRequest, target: str, default: str = "/") -> str:
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours and target.startswith("/") else default  # else `redirect` wants a name
