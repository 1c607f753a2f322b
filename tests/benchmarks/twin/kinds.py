"""Which module makes the data of which kind of case."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.twin.case import Case
from tests.benchmarks.twin.curves import eagle_case, lih_case
from tests.benchmarks.twin.design import Design
from tests.benchmarks.twin.synthetic import function_case, scale_case
from tests.benchmarks.twin.tables import table_case

KINDS: dict[str, Callable[[Design, int], Case]] = {
    "eagle": eagle_case,
    "function": function_case,
    "lih": lih_case,
    "scale": scale_case,
    "table": table_case,
}


def make_case(design: Design, seed: int) -> Case:
    """The data of one case and seed.

    Raises:
        Absent: Its tables or an engine are not here.
    """
    return KINDS[design.kind](design, seed)
