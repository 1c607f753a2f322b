"""``make faults``: every check, three at a time; exit 1 when one fails."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.faults.proof import CHECKS, Check

AT_A_TIME = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[check.scenario for check in CHECKS])
    given = parser.parse_args()
    chosen: list[Check] = [c for c in CHECKS if not given.only or c.scenario in given.only]
    began, failed = time.monotonic(), 0
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for outcome in pool.map(Check.run, chosen):
            failed += bool(outcome.wrong)
            print("\n".join(outcome.lines()), flush=True)  # noqa: T201 - the program's output
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    wall_s = time.monotonic() - began
    print(  # noqa: T201 - the program's output
        f"{len(chosen) - failed} of {len(chosen)} checks hold; {wall_s:.0f} s, {cpu_s:.0f} s of CPU"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
