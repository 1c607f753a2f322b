"""A probe for workers and the sweeper: ``python -m qtwin.health.ready``.

Exits 0 when the latest beat is fresh, 1 when it is old or there is none, and says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from qtwin.health.beat import STALE_S, beat_file, beat_read


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qtwin.health.ready", description=__doc__)
    parser.add_argument(
        "--within", type=float, default=STALE_S, metavar="SECONDS", help="how old it may be"
    )
    within_s = parser.parse_args(arguments).within
    beat = beat_read()
    if beat is None:
        sys.stdout.write(f"not ready: no beat in {beat_file()}\n")
        return 1
    fresh = beat.age_s <= within_s
    words = "ready" if fresh else "not ready"
    sys.stdout.write(f"{words}: {beat.role} {beat.pid}, last beat {beat.age_s:.0f} s ago\n")
    return 0 if fresh else 1


if __name__ == "__main__":
    raise SystemExit(main())
