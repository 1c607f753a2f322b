"""The port of a system that waveforms drive: its model, and its terms from controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backends.dynamics.model import Model
from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import shown

Values = Mapping[str, Any]
"""By name: one number, or one for each trajectory, shape ``(B,)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A control or a parameter.

    Attributes:
        nominal: Its value where nothing else is said.
    """

    name: str
    unit: str
    nominal: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What `evolve` needs beside the model and the states.

    Attributes:
        weights: Shape ``(B or 1, S, 2, M)``.
        drives: Shape ``(B or 1, S, 2, G)``, real or complex.
    """

    weights: FloatArray
    drives: Any


class Driven(Protocol):
    """A system whose Hamiltonian waveforms change; qubit 0 is the rightmost."""

    @property
    def model(self) -> Model:
        """Of all trajectories."""
        ...

    @property
    def controls(self) -> tuple[Quantity, ...]:
        """What may change with time."""
        ...

    @property
    def parameters(self) -> tuple[Quantity, ...]:
        """What differs between trajectories, and is the same throughout each."""
        ...

    def terms(self, controls: Values, parameters: Values) -> Terms:
        """Weights and drives.

        Args:
            controls: Values at the edges of ``S`` slices, each ``(S + 1,)`` or ``(B, S + 1)``; or
                ``(B, S, 2)``, the start and the end of each slice, where they jump. A control left
                out is nominal throughout.
            parameters: Each a number or of shape ``(B,)``; one left out is nominal. Dephasing and
                the errors of the readout are `evolve`'s and `sampling`'s, and not looked at here.

        Raises:
            ProgramRejected: A name or shape is unknown; tells the allowed ones.
        """
        ...

    def pullback(self, gradient: Terms, controls: Values, parameters: Values) -> dict[str, Any]:
        """Gradient with respect to each control given, from that with respect to the terms.

        Returns:
            By name, shape ``(B, S + 1)``, or ``(B, S, 2)`` where the controls jump.
        """
        ...


def ramps(controls: Values, known: Sequence[Quantity]) -> dict[str, FloatArray]:
    """Start and end of each slice of every known control, each ``(B or 1, S, 2)``.

    Raises:
        ProgramRejected: A name or shape is unknown; tells the allowed ones.
    """
    names = [quantity.name for quantity in known]
    made = {name: _ramp(name, values, names) for name, values in controls.items()}
    slices = {ramp.shape[1] for ramp in made.values()}
    if len(slices) != 1:
        raise ProgramRejected(
            f"controls have {sorted(slices)} slices of time; allowed: one number of them",
            field="/controls",
        )
    count = slices.pop()
    for quantity in known:
        made.setdefault(quantity.name, np.full((1, count, 2), quantity.nominal))
    return made


def columns(parameters: Values, known: Sequence[Quantity]) -> dict[str, FloatArray]:
    """Every known parameter, each ``(B or 1, 1, 1)``.

    Raises:
        ProgramRejected: A name or value is unknown; tells the allowed ones.
    """
    names = [quantity.name for quantity in known]
    for name, value in parameters.items():
        if name not in names:
            raise ProgramRejected(
                f"unknown parameter {name!r}; allowed: {', '.join(names)}",
                field=f"/parameters/{name}",
            )
        if np.ndim(value) > 1 or not np.isfinite(value).all():
            raise ProgramRejected(
                f"{name} = {shown(value)}; allowed: a finite number for each trajectory",
                field=f"/parameters/{name}",
            )
    return {
        quantity.name: np.asarray(
            parameters.get(quantity.name, quantity.nominal), dtype=np.float64
        ).reshape(-1, 1, 1)
        for quantity in known
    }


def stacked(parts: Sequence[Any]) -> Any:
    """Parts of shape ``(B or 1, S, 2)`` as one array of shape ``(B, S, 2, len(parts))``."""
    if not parts:
        raise ValueError("there is nothing to stack")
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def gathered(gradient: FloatArray, given: Any) -> FloatArray:
    """Gradient of the edges ``(B, S + 1)`` from that of both sides ``(B, S, 2)``, as given."""
    if np.ndim(given) == 3:
        return gradient
    rows, slices = gradient.shape[:2]
    edges = np.zeros((rows, slices + 1))
    edges[:, :-1] += gradient[:, :, 0]
    edges[:, 1:] += gradient[:, :, 1]
    return edges


def product_state(letters: str) -> Any:
    """State of ``0 1 + -`` for each qubit, qubit 0 rightmost, shape ``(2**n,)``."""
    half = np.sqrt(0.5)
    amplitudes = {"0": (1, 0), "1": (0, 1), "+": (half, half), "-": (half, -half)}
    state = np.ones(1, dtype=np.complex128)
    for letter in letters:
        state = np.kron(state, amplitudes[letter])
    return state


def _ramp(name: str, values: Any, names: Sequence[str]) -> FloatArray:
    if name not in names:
        raise ProgramRejected(
            f"unknown control {name!r}; allowed: {', '.join(names)}", field=f"/controls/{name}"
        )
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ProgramRejected(
            f"{name} is not finite everywhere; allowed: finite numbers", field=f"/controls/{name}"
        )
    if array.ndim == 3 and array.shape[2] == 2:
        return array
    if array.ndim in (1, 2) and array.shape[-1] >= 2:
        rows = np.atleast_2d(array)
        return np.stack([rows[:, :-1], rows[:, 1:]], axis=2)
    raise ProgramRejected(
        f"{name} has shape {array.shape}; allowed: (S + 1,), (B, S + 1) or (B, S, 2)",
        field=f"/controls/{name}",
    )
