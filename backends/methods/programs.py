"""Methods that run as circuits, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from backends.errors import ProgramRejected
from backends.methods import adiabatic, circuit_method, kicked, trotter
from backends.methods.program import Program
from backends.methods.sqd import method as sqd
from backends.methods.told import with_circuits
from backends.methods.variational import adapt, vqe
from backends.methods.variational import cost as variational_cost
from backends.methods.variational import settings as variational
from backends.schema import Experiment, KnobLimit, RunOptions
from backends.setting import Settings

SOLVED = ("sqd",)
"""Methods whose values are solved for: there is no estimate of a word to mitigate or truncate."""
MIN_SHOTS = 2
TYPICAL_GATES = 100


class Method(NamedTuple):
    """Functions of one method.

    Attributes:
        validate: ``(experiment, options) -> system``; loads no engine.
        prepare: ``(experiment, system) -> Program``.
        knobs: What `Capabilities.knobs` says of it.
        limits: ``settings`` -> the limits of its knobs.
        settings: What `Capabilities.settings` says of it.
        gates: ``(experiment, system)`` -> about how many gates the circuit of a point has.
        seconds: ``(experiment, system)`` -> about how long `prepare` takes, for all points.
    """

    validate: Any
    prepare: Any
    knobs: tuple[tuple[str, float, float], ...] = ()
    settings: Settings = ()
    gates: Callable[..., int] | None = None
    seconds: Callable[..., float] | None = None
    limits: Callable[[Mapping[str, Any]], tuple[KnobLimit, ...]] | None = None


METHODS: dict[str, Method] = {
    "vqe": Method(
        vqe.validate,
        vqe.prepare,
        (),
        variational.VQE,
        gates=variational_cost.vqe_gates,
        seconds=variational_cost.vqe_seconds,
    ),
    "adapt": Method(
        adapt.validate,
        adapt.prepare,
        (),
        variational.ADAPT,
        gates=variational_cost.adapt_gates,
        seconds=variational_cost.adapt_seconds,
    ),
    "trotter": Method(
        trotter.validate,
        trotter.prepare,
        (trotter.KNOB,),
        (("order", trotter.ORDERS),),
        gates=trotter.gates,
        limits=trotter.limits,
    ),
    "adiabatic": Method(
        adiabatic.validate,
        adiabatic.prepare,
        (trotter.KNOB,),
        (("order", trotter.ORDERS), (adiabatic.DURATION, adiabatic.DURATIONS)),
        gates=trotter.gates,
        limits=trotter.limits,
    ),
    "kicked": Method(kicked.validate, kicked.prepare, gates=kicked.gates),
    "sqd": Method(
        sqd.validate,
        sqd.prepare,
        settings=sqd.SETTINGS,
        gates=variational_cost.vqe_gates,
        seconds=sqd.seconds,
    ),
    "circuit": Method(circuit_method.validate, circuit_method.prepare, gates=circuit_method.gates),
}


def validate(experiment: Experiment, options: RunOptions) -> Any:
    """The system of an experiment, once the method has found nothing wrong with either.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    method = METHODS[experiment.method]
    _check_own(experiment, method)
    system = method.validate(experiment, options)
    if options.shots is not None and options.shots < MIN_SHOTS:
        raise ProgramRejected(
            f"shots = {options.shots}; allowed: {MIN_SHOTS} or more, for a statistical error",
            field="/shots",
        )
    return system


def prepare(experiment: Experiment, options: RunOptions) -> Program:
    """Circuits, angles and observables of an experiment.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = validate(experiment, options)
    program: Program = METHODS[experiment.method].prepare(experiment, system)
    return with_circuits(program)


def gates(experiment: Experiment, system: Any) -> int:
    """About how many gates the circuit of a point has; `TYPICAL_GATES` where that is not known."""
    method = METHODS[experiment.method]
    return method.gates(experiment, system) if method.gates else TYPICAL_GATES


def seconds(experiment: Experiment, system: Any) -> float:
    """About how long `prepare` takes; 0 where it takes no time to speak of."""
    method = METHODS[experiment.method]
    return method.seconds(experiment, system) if method.seconds else 0.0


def knobs(*methods: str) -> tuple[tuple[str, float, float], ...]:
    """Knobs of some methods."""
    return tuple(dict.fromkeys(knob for name in methods for knob in METHODS[name].knobs))


def limits(method: str, given: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
    """Limits of a method's own knobs under some settings."""
    found = METHODS[method].limits
    return found(given) if found else ()


def settings(*methods: str) -> Settings:
    """Settings of some methods."""
    return tuple(dict.fromkeys(own for name in methods for own in METHODS[name].settings))


def _check_own(experiment: Experiment, method: Method) -> None:
    """Refuse knobs and settings that belong to another method."""
    for kind, names, own, everyone in (
        ("knobs", experiment.knobs, method.knobs, knobs(*METHODS)),
        ("settings", experiment.settings, method.settings, settings(*METHODS)),
    ):
        mine, theirs = {entry[0] for entry in own}, {entry[0] for entry in everyone}
        for name in names:
            if name in theirs - mine:
                raise ProgramRejected(
                    f"{experiment.method} does not use {name}; allowed: "
                    + (", ".join(sorted(mine)) or "none of its own"),
                    field=f"/{kind}/{name}",
                )
