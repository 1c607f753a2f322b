"""``python -m qtwin.serve.score``: exact numbers to judge a twin by; none of them is fitted.

Reads a JSON document on standard input and writes one: the exact curve on a dense grid, and the
project's own points by a second computation, without a line of our adapters.
"""

from __future__ import annotations

import json
import sys

from qtwin.serve.score import h2, ising, rydberg

JUDGES = {"h2": h2, "ising": ising, "rydberg": rydberg}


def main() -> None:
    asked = json.load(sys.stdin)
    judge, system = JUDGES[asked["demo"]], asked["system"]
    answer = {
        "curve": judge.exact_curve(system, asked["grid"]),
        "direct": {
            source: [judge.direct(system, source, point) for point in points]
            for source, points in asked["direct"].items()
        },
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
