"""Threads that do the same at once, in a process and a database of their own.

Run as ``python -m tests.unit.races``; prints what came of each race as JSON.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")


def main() -> None:
    django.setup()
    from backends import registry
    from tests import schema
    from tests.unit.races import budgets, invitations, owners

    registry.BUILTIN["paid"] = "tests.paid_vendor:PaidBackend"
    schema.make()
    races = {
        "service": budgets.race(budgets.service),
        "mutant": budgets.race(budgets.mutant),
        "owners": owners.race(),
        "invitations": invitations.race(),
    }
    sys.stdout.write(json.dumps(races))


if __name__ == "__main__":
    main()
