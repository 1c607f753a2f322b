"""What vendors charge, by the public price lists, with the day on which each list was true.

A list is never changed: new prices are a new table with a later day, so that an estimate can be
traced to the table that it used. Amounts are micro-USD. A vendor without a file has no price.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from backends.errors import ProgramRejected

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Micro-USD of one task, of each of its shots, and of each minute that it takes."""

    task: int = 0
    shot: int = 0
    minute: int = 0

    def most(self, *, tasks: int, shots: int, seconds: float = 0.0) -> int:
        """Micro-USD of that many tasks with that many shots, and that long, in all; rounded up."""
        return self.task * tasks + self.shot * shots + math.ceil(self.minute * seconds / 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """The prices of one vendor's devices on one day.

    Attributes:
        source: Where they were published.
    """

    vendor: str
    true_on: date
    source: str
    devices: dict[str, Price]

    @property
    def version(self) -> str:
        """As a `backends.schema.Cost` names it, e.g. ``braket 2026-09-04``."""
        return f"{self.vendor} {self.true_on.isoformat()}"

    def price(self, device: str) -> Price:
        """The price of a device.

        Raises:
            ProgramRejected: If the table does not know it; nothing may be bought then.
        """
        try:
            return self.devices[device]
        except KeyError:
            raise ProgramRejected(
                f"no price of {device!r} in {self.version}; allowed: {', '.join(self.devices)}",
                field="/settings/device",
            ) from None


@cache
def price_tables(vendor: str) -> tuple[PriceTable, ...]:
    """A vendor's tables, the oldest first; none where nothing was published."""
    file = files(__name__) / f"{vendor}.json"
    if not file.is_file():
        return ()
    document = json.loads(file.read_text(encoding="utf-8"))
    if document["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"{vendor}.json has schema_version {document['schema_version']}")
    tables = [
        PriceTable(
            vendor=vendor,
            true_on=date.fromisoformat(table["true_on"]),
            source=table["source"],
            devices={name: Price(**price) for name, price in table["devices"].items()},
        )
        for table in document["tables"]
    ]
    return tuple(sorted(tables, key=lambda table: table.true_on))


def price_table(vendor: str, *, on: date | None = None) -> PriceTable:
    """A vendor's latest table, or the one that was the latest on a day.

    Raises:
        ProgramRejected: If no table is that old.
    """
    known = [table for table in price_tables(vendor) if on is None or table.true_on <= on]
    if not known:
        raise ProgramRejected(f"no price of {vendor} is known{f' on {on}' if on else ''}")
    return known[-1]
