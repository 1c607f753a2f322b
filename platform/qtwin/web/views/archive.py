"""Archives that become projects: send one, and see how far the last ones are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from qtwin.accounts.models import Team
from qtwin.accounts.selectors import teams_writable_by
from qtwin.archives.errors import ArchiveError
from qtwin.archives.selectors import imports_visible_to
from qtwin.archives.services import ImportRefused, import_begin

SHOWN = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports_page(request: HttpRequest) -> HttpResponse:
    """A form for an archive, and the latest imports; it comes back while one is under way."""
    user: Any = request.user
    teams = list(teams_writable_by(user).order_by("name"))
    error, status = _sent(request, teams) if request.method == "POST" else ("", 200)
    if request.method == "POST" and not error:
        return redirect("web:imports")
    rows = list(imports_visible_to(user)[:SHOWN])
    context = {
        "teams": teams,
        "imports": rows,
        "error": error,
        "largest_mib": int(settings.ARCHIVE_MAX_BYTES) // 2**20,
        "under_way": any(not row.has_ended for row in rows),
    }
    return render(request, "projects/import.html", context, status=status)


def _sent(request: HttpRequest, teams: list[Team]) -> tuple[str, int]:
    """Take the archive of a form; what is wrong with it, and the status that says so."""
    user: Any = request.user
    team = next((team for team in teams if str(team.pk) == request.POST.get("team", "")), None)
    if team is None:
        return "Choose a team of yours.", 400
    file = request.FILES.get("archive")
    if file is None or file.size is None:
        return "Choose an archive.", 400
    limit = int(settings.ARCHIVE_MAX_BYTES)
    if file.size > limit:
        return f"The archive has {file.size} bytes; allowed: at most {limit}.", 413
    content: Any = file.file
    try:
        import_begin(content, team=team, by=user)
    except ArchiveError as wrong:
        return f"{file.name}: {wrong.detail}", 400
    except ImportRefused as refused:
        return f"{refused}", 409
    return "", 200
