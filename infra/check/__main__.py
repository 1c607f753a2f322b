"""``python -m infra.check``: every check with its verdict; exit status 1 when one failed."""

from __future__ import annotations

import sys

from infra.check.checks import CHECKS, TOOLS, missing


def main() -> int:
    """Run all; returns the exit status."""
    failed = 0
    for check in CHECKS:
        if reason := missing(check):
            print(f"skipped  {check.name}: {reason}")
            continue
        done = check.run()
        print(f"{'failed ' if done.returncode else 'ok     '}  {check.name}")
        if done.returncode:
            failed += 1
            print((done.stdout + done.stderr).rstrip())
    print(f"{len(CHECKS)} checks, {failed} failed; tools in {TOOLS}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
