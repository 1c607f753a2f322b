"""A noisy device: schedules played on Amazon Braket's own simulator of Rydberg atoms.

It is not the program that the twin's worlds are simulated by, it misreads bits, and its controls
are not where they say, by errors that the twin was not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from backends.analog.ahs import BraketAhsBackend
from backends.analog.readout import SETTING
from backends.analog.settings import LIMITS, STEPS
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from backends.systems.document import Document, is_number, shown
from backends.systems.rydberg_array import C6
from qtwin.worlds.control.play import schedule_of
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.transfer.stage import Rung, Sample

BOUNDS = {
    "rabi_scale": (0.5, 1.5),
    "detuning_scale": (0.5, 1.5),
    "detuning_offset": (-20.0, 20.0),
    "c6_scale": (0.5, 1.5),
    "false_excited": (0.0, 0.49),
    "false_ground": (0.0, 0.49),
    "rabi_jitter": (0.0, 0.2),
    "detuning_jitter": (0.0, 20.0),
}
DRIVES = ("rabi", "detuning")
MOST_PREPARATIONS = 1000
NAME = "device"
"""Its token, which a simulator keeps nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is wrong with it.

    Attributes:
        rabi_scale: Of every Rabi frequency.
        detuning_scale: Of every detuning.
        detuning_offset: Added to it then, rad/us.
        c6_scale: Of the interaction.
        false_excited: Probability to read a ground-state atom as excited.
        false_ground: The reverse.
        rabi_jitter: Standard deviation of the Rabi frequency's scale between preparations.
        detuning_jitter: Of the detuning's offset between preparations, rad/us.
        preparations: Among which the shots are divided; each has its own jitter.
        steps: Points in time of the integrator.
    """

    rabi_scale: float = 1.0
    detuning_scale: float = 1.0
    detuning_offset: float = 0.0
    c6_scale: float = 1.0
    false_excited: float = 0.01
    false_ground: float = 0.08
    rabi_jitter: float = 0.0
    detuning_jitter: float = 0.0
    preparations: int = 1
    steps: int = 200

    @classmethod
    def parse(cls, document: Mapping[str, Any], pointer: str = "") -> Device:
        """Read the attributes by their names, all of which may be missing.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        read = Document(document, pointer)
        read.only(*BOUNDS, "preparations", "steps")
        plain = cls()
        values: dict[str, Any] = {}
        for name, (low, high) in BOUNDS.items():
            value = read.entry(name, getattr(plain, name))
            if not is_number(value) or not low <= value <= high:
                raise ProgramRejected(
                    f"{name} = {shown(value)}; allowed: {low:g} to {high:g}", field=read.at(name)
                )
            values[name] = float(value)
        return cls(
            **values,
            preparations=read.integer("preparations", 1, MOST_PREPARATIONS, plain.preparations),
            steps=read.integer("steps", 20, 10_000, plain.steps),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def jittered(self, rng: np.random.Generator) -> Device:
        """As it is in one preparation."""
        return replace(
            self,
            rabi_scale=self.rabi_scale * (1 + self.rabi_jitter * rng.normal()),
            detuning_offset=self.detuning_offset + self.detuning_jitter * rng.normal(),
        )

    def distorted(self, system: Mapping[str, Any]) -> dict[str, Any]:
        """What happens where the document of a ``rydberg_array`` is asked for."""
        found = dict(system)
        for name in DRIVES:
            found[name] = self._drive(name, found.get(name, 0.0))
        return {**found, "c6": float(found.get("c6", C6)) * self.c6_scale}

    def _drive(self, name: str, asked: Any) -> Any:
        scale = self.rabi_scale if name == DRIVES[0] else self.detuning_scale
        offset = 0.0 if name == DRIVES[0] else self.detuning_offset
        if isinstance(asked, Mapping):
            return {**asked, "values": [scale * value + offset for value in asked["values"]]}
        return scale * float(asked) + offset

    def counts(self, system: Mapping[str, Any], *, shots: int, seed: int) -> dict[str, int]:
        """Bit strings of all atoms, atom 0 rightmost, of one preparation.

        Args:
            system: Document of a ``rydberg_array`` without controls.

        Raises:
            ProgramRejected: The simulator does not run it.
            RuntimeError: The integrator gave up.
        """
        experiment = Experiment(
            system=self.distorted(system),
            method="ahs",
            controls=(),
            points=np.zeros((1, 0)),
            observables=("density",),
            settings={
                STEPS: self.steps,
                LIMITS: "none",
                SETTING: [self.false_excited, self.false_ground],
            },
        )
        options = RunOptions(shots=shots, seed=seed)
        result = BraketAhsBackend().submit(experiment, options, token=NAME)
        assert isinstance(result, Result)
        if result.failures:
            raise RuntimeError(next(iter(result.failures.values())))
        counts: dict[str, int] = result.raw[0]["counts"]
        return counts


def noisy(world: ControlWorld, device: Device, *, shots: int = 1000, seed: int = 0) -> Rung:
    """The goal as the device's shots show it, misread bits and all.

    Raises:
        ValueError: Shots do not tell the goal, or there are fewer than two for a preparation, or
            the world has no Rydberg array, or several rounds.
    """
    if world.goal.diagonal is None:
        raise ValueError(f"goal {world.goal.measure}; allowed: one that shots tell")
    if world.driven.kind != "rydberg_array":
        raise ValueError(f"a {world.driven.kind}; allowed: a rydberg_array")
    if world.rounds > 1:
        raise ValueError(
            f"a world of {world.rounds} rounds, in which an agent measures in between; allowed: one"
        )
    if shots < 2 * device.preparations:
        raise ValueError(f"{shots} shots; allowed: {2 * device.preparations} or more")

    def play(policy: Policy) -> Sample:
        system = schedule_of(world, policy).system(world)
        return _measured(world, device, system, shots=shots, seed=seed)

    return Rung(name="noisy", title="Noisy device model (Braket AHS)", play=play)


def _measured(
    world: ControlWorld, device: Device, system: Mapping[str, Any], *, shots: int, seed: int
) -> Sample:
    each, rest = divmod(shots, device.preparations)
    values, truths = [], []
    for number in range(device.preparations):
        rng = np.random.default_rng([seed, number])
        found = device.jittered(rng).counts(
            system, shots=each + (number < rest), seed=int(rng.integers(2**31))
        )
        shown_values = shot_values(world, found)
        values.append(shown_values)
        truths.append(np.full(len(shown_values), number))
    return Sample(
        values=np.concatenate(values),
        truths=np.concatenate(truths) if device.preparations > 1 else None,
        shots=shots,
    )


def shot_values(world: ControlWorld, counts: Mapping[str, int]) -> np.ndarray[Any, Any]:
    """The goal in each shot, shape ``(shots,)``, from counts of bit strings, qubit 0 rightmost.

    Raises:
        ValueError: Shots do not tell the goal.
    """
    diagonal = world.goal.diagonal
    if diagonal is None:
        raise ValueError(f"goal {world.goal.measure}; allowed: one that shots tell")
    index = [int(bits, 2) for bits in counts]
    return np.repeat(diagonal[index], list(counts.values()))
