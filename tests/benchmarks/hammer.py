"""One caller who asks far too often; its arguments are HOST PORT PATH COUNT SECONDS.

Reads its token from standard input and prints how many answers had which status. A process of its
own, so that it takes nothing from whoever measures.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

LINES = 8


def main() -> None:
    host, port, path, count, seconds = sys.argv[1:]
    head, each = {"Authorization": f"Bearer {sys.stdin.readline().strip()}"}, int(count) // LINES

    def line() -> Counter[int]:
        """Ask at a steady pace; who falls behind catches up."""
        wire, seen, start = HTTPConnection(host, int(port), timeout=60), Counter[int](), _now()
        for number in range(each):
            time.sleep(max(0.0, start + number * float(seconds) / each - _now()))
            wire.request("GET", path, headers=head)
            answer = wire.getresponse()
            answer.read()
            seen[answer.status] += 1
        return seen

    with ThreadPoolExecutor(LINES) as pool:
        lines = [pool.submit(line) for _ in range(LINES)]
    sys.stdout.write(json.dumps(sum((line.result() for line in lines), Counter[int]())))


def _now() -> float:
    return time.monotonic()


if __name__ == "__main__":
    main()
