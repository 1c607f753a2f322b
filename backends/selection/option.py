"""A source that could answer a question, with what it costs or why it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as filled
from typing import Any

from backends import registry
from backends.base import Backend
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, RunOptions
from backends.selection.accuracy import SIMULATION, TRUNCATED, Accuracy, accuracy
from backends.setting import Between


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One source.

    Attributes:
        settings: Where they differ from the defaults.
        cost: None when it refuses.
        refusal: Why it cannot answer; empty when it can.
        field: JSON pointer of what it refuses.
    """

    backend: str
    method: str
    accuracy: Accuracy
    settings: Mapping[str, Any] = filled(default_factory=dict)
    cost: Cost | None = None
    refusal: str = ""
    field: str = ""

    @property
    def name(self) -> str:
        """Method, backend and settings on one line."""
        own = "".join(f", {key} = {value}" for key, value in self.settings.items())
        return f"{self.method} on {self.backend}{own}"


def options(experiment: Experiment, run: RunOptions) -> list[Option]:
    """Every source that a local, free backend has, best first; ``experiment.method`` is ignored.

    Loads no engine. Sources that refuse come last.
    """
    found = [
        _option(backend, replace(experiment, method=method, settings=settings), run)
        for backend in _local()
        for method in backend.capabilities.methods
        for settings in _variants(backend, experiment.settings)
    ]
    return sorted(found, key=_rank)


def _local() -> Iterator[Backend]:
    for name in registry.names():
        backend = registry.get(name)
        if not backend.capabilities.paid and "+" not in name:
            yield backend


def _variants(backend: Backend, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The settings that were given, and a truncated simulation beside them where there is one."""
    yield dict(given)
    allowed = dict(backend.capabilities.settings).get(SIMULATION) or ()
    if SIMULATION not in given and not isinstance(allowed, Between) and TRUNCATED in allowed:
        yield {**given, SIMULATION: TRUNCATED}


def _option(backend: Backend, experiment: Experiment, run: RunOptions) -> Option:
    option = Option(
        backend=backend.name,
        method=experiment.method,
        settings=dict(experiment.settings),
        accuracy=accuracy(backend.name, experiment.method, experiment.settings),
    )
    try:
        backend.check_certain(experiment, run)
        return replace(option, cost=backend.estimate(experiment, run).here())
    except ProgramRejected as refused:
        return replace(option, refusal=str(refused), field=refused.field)


def _rank(option: Option) -> tuple[Any, ...]:
    seconds = option.cost.seconds if option.cost else 0.0
    return option.cost is None, option.accuracy, seconds, option.backend, option.method
