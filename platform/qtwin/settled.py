"""What a process keeps for as long as it lives."""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave all that there is to itself from now on: modules are no garbage.

    Python looks through everything whenever a quarter of it is new: with what a worker or a web
    process has loaded that takes a tenth of a second, in the middle of a step or a page. In a
    process that is forked it would copy every page of memory too.
    """
    gc.collect()
    gc.freeze()
