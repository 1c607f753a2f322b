"""Errors of the detection of atoms: each bit is misread on its own.

``epsilon`` is the probability to read a ground-state atom as a Rydberg atom, ``epsilon'`` the
reverse (Wurtz et al., arXiv:2306.11727, give 0.01 and 0.08 for Aquila). On each bit they mix the
truth with one distribution, ``p(1) -> (1 - d) p(1) + d m`` with ``d = epsilon + epsilon'`` and
``m = epsilon / d``: what is read when nothing of the truth is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import is_number

SETTING = "readout_error"


@dataclass(frozen=True, slots=True)
class ReadoutError:
    """Probabilities of misreading one bit.

    Attributes:
        ground: That 0 is read as 1.
        rydberg: That 1 is read as 0.
    """

    ground: float = 0.0
    rydberg: float = 0.0

    @classmethod
    def parse(cls, settings: Mapping[str, Any]) -> Self:
        """Read the setting ``readout_error``.

        Raises:
            ProgramRejected: Names the value and the allowed values.
        """
        value = settings.get(SETTING, "none")
        if value == "none":
            return cls()
        if value == "aquila":
            return cls(0.01, 0.08)
        pair = value if isinstance(value, list | tuple) else ()
        if len(pair) != 2 or not all(is_number(p) and 0 <= p < 0.5 for p in pair):
            raise ProgramRejected(
                f"{SETTING} = {value!r}; allowed: none, aquila, or [probability to read ground as "
                "Rydberg, Rydberg as ground], each from 0 to below 0.5",
                field=f"/settings/{SETTING}",
            )
        return cls(float(pair[0]), float(pair[1]))

    def __bool__(self) -> bool:
        return self.ground > 0 or self.rydberg > 0

    def applied(self, chances: FloatArray) -> FloatArray:
        """Probabilities of what is read from those of what is there, both ``(2**n,)``."""
        matrix = np.array([[1 - self.ground, self.rydberg], [self.ground, 1 - self.rydberg]])
        size = len(chances)
        for _ in range(size.bit_length() - 1):  # the first bit in turn becomes the last
            chances = np.tensordot(chances.reshape(2, -1), matrix, axes=(0, 1)).reshape(size)
        return chances

    def mixed(self, qubits: int) -> FloatArray:
        """Probabilities of what is read when nothing of the truth is left, shape ``(2**n,)``."""
        excited = self.ground / (self.ground + self.rydberg)
        ones = np.bitwise_count(np.arange(2**qubits))
        chances: FloatArray = excited**ones * (1 - excited) ** (qubits - ones)
        return chances
