"""What ``reset`` may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from qtwin.worlds.base import TRUTHS


class Options(NamedTuple):
    """Which truths episodes have.

    Attributes:
        truth: ``posterior`` or ``nominal``.
        draws: Numbers of truths of the posterior, one for each environment; None draws them.
    """

    truth: str
    draws: Sequence[int] | None

    @classmethod
    def read(
        cls, options: Mapping[str, Any] | None, *, default: str, rows: int, count: int
    ) -> Options:
        """Read ``truth`` and ``draws``.

        Args:
            default: Of the truth.
            rows: How many environments there are.
            count: How many draws the posterior has.

        Raises:
            ValueError: Names the option, its value and what is allowed.
        """
        given = options or {}
        for name in given:
            if name not in cls._fields:
                raise ValueError(f"option {name!r}; allowed: {', '.join(cls._fields)}")
        truth = given.get("truth", default)
        if truth not in TRUTHS:
            raise ValueError(f"truth is {truth!r}; allowed: {', '.join(TRUTHS)}")
        draws = given.get("draws")
        if draws is None:
            return cls(truth, None)
        numbers = [int(draw) for draw in draws]
        if len(numbers) != rows or not all(0 <= draw < count for draw in numbers):
            raise ValueError(
                f"draws are {numbers}; allowed: {rows} numbers from 0 to {count - 1}, one for each "
                "environment"
            )
        if truth != TRUTHS[0]:
            raise ValueError(f"draws with truth {truth!r}; allowed: {TRUTHS[0]}")
        return cls(truth, numbers)
