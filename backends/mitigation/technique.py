"""What a mitigation technique is: an estimator around another, and what it declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from backends.errors import ProgramRejected
from backends.mitigation.measurement import Measurement
from backends.mitigation.task import Estimates, Estimator, Task
from backends.setting import Settings


class Technique(ABC):
    """One way to reduce the error of estimates.

    Attributes:
        name: In the name of a backend.
        title: For people.
        rank: Place in a stack, the lowest outermost; techniques of equal rank do not go together.
        exact: Whether it works on exact expectation values, without shots.
        mirrors: Whether it works on a circuit that is followed by its inverse.
        uses_gain: Whether it sets the noise gain itself.
        needs_idle_noise: Whether it works on noise of waiting qubits.
        own: Settings with their allowed values, or None for free ones.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    rank: ClassVar[int]
    exact: ClassVar[bool] = False
    mirrors: ClassVar[bool] = True
    uses_gain: ClassVar[bool] = False
    needs_idle_noise: ClassVar[bool] = False
    own: ClassVar[Settings] = ()

    @abstractmethod
    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        """Ask what is inside, and make better values of the answers."""

    def check(self, settings: Mapping[str, Any]) -> None:  # noqa: B027 - most take all
        """Refuse settings that this technique can do nothing with.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """

    def check_tasks(  # noqa: B027 - most take all
        self, tasks: Sequence[Task], measurement: Measurement
    ) -> None:
        """Refuse circuits that this technique can do nothing with.

        Raises:
            ProgramRejected: Names the field and what is allowed.
        """

    def least_shots(self, settings: Mapping[str, Any], inner: int) -> int:
        """With how few shots it can be asked, when what is inside needs ``inner``."""
        return inner

    def circuits(self, settings: Mapping[str, Any]) -> float:
        """How many circuits it runs for one, to estimate the cost."""
        return 1.0

    def shots(self, settings: Mapping[str, Any]) -> float:
        """How many times the shots it takes in all, to estimate the cost."""
        return 1.0


class Wrapped:
    """A technique with what is inside it, as an estimator."""

    def __init__(self, technique: Technique, inner: Estimator) -> None:
        self._technique, self._inner = technique, inner

    def answers(self, tasks: Sequence[Task]) -> list[Estimates]:
        return self._technique.answers(tasks, self._inner)

    def least_shots(self, settings: Mapping[str, Any]) -> int:
        return self._technique.least_shots(settings, self._inner.least_shots(settings))


def whole_number(settings: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    """A setting that is a whole number.

    Raises:
        ProgramRejected: It is not, or is out of bounds.
    """
    value = settings.get(name, default)
    try:
        number = int(str(value))
    except ValueError:
        number = low - 1
    if isinstance(value, bool) or not low <= number <= high:
        raise ProgramRejected(
            f"{name} = {value!r}; allowed: {low} to {high}", field=f"/settings/{name}"
        )
    return number
