"""Top-level names that another distribution might also have taken."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OURS = {"backends": "registry.py", "workers": "step.py"}
"""Package name to a file that only ours has."""


def refuse_clash() -> None:
    """Make sure that ``backends`` and ``workers`` are QTwin's own.

    Raises:
        ImproperlyConfigured: Names the package and where the other one lies.
    """
    for name, file in OURS.items():
        spec = find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not any((Path(place) / file).is_file() for place in places):
            found = ", ".join(places) or "nowhere"
            raise ImproperlyConfigured(
                f"the package {name!r} is not QTwin's (found: {found}); "
                "uninstall the distribution that also has that name"
            )
