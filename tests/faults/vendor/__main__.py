"""``python -m tests.faults.vendor BILL``: prints its address, then serves until it is killed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.faults.vendor.bill import Bill
from tests.faults.vendor.faults import Dice, Rates
from tests.faults.vendor.server import Vendor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bill", type=Path, help="SQLite file of tasks and posts")
    parser.add_argument("--tags-only", action="store_true", help="know no tokens")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rates", type=json.loads, default={})
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    bill = Bill(given.bill, tokens=not given.tags_only)
    with Vendor(bill, Dice(Rates(**given.rates), given.seed), host=given.host) as vendor:
        print(vendor.address, flush=True)  # noqa: T201 - whoever starts it reads the address
        vendor.serve_forever()


if __name__ == "__main__":
    main()
