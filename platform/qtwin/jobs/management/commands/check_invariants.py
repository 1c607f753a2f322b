"""``manage.py check_invariants``: audit a live database; exit 1 with what is wrong."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qtwin.jobs.audit import audit

SETTLE_S = 1.0
"""Jobs that moved while they were read have moved on by then."""


class Command(BaseCommand):
    help = "Audit jobs, events, budgets and measurements; --bytes reads all stored files too."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--bytes", action="store_true", dest="read_bytes")

    def handle(self, *args: Any, read_bytes: bool, **options: Any) -> None:
        """Report what is found twice."""
        findings = audit(read_bytes=read_bytes)
        if findings:
            time.sleep(SETTLE_S)
            again = set(audit(read_bytes=read_bytes))
            findings = [finding for finding in findings if finding in again]
        if findings:
            raise CommandError("\n".join(findings), returncode=1)
        self.stdout.write("no invariant is broken")
