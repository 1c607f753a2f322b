"""The choice among the sources that can answer, and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backends.schema import Experiment, RunOptions
from backends.selection.accuracy import Accuracy
from backends.selection.option import Option, options

MOST_BYTES = 4 << 30
MOST_SECONDS = 3600.0
OF_ANOTHER_KIND = ("/system/kind", "/system/state", "/method", "/shots")
MOST_REASONS = 4
MUCH_CHEAPER = 0.5
"""A truncated method is taken before an exact one when it costs less than this share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen, or why nothing was.

    Attributes:
        chosen: None when no source answers exactly or with an error of its own within the limits.
        why: A sentence with the numbers.
        options: Every source, best first.
    """

    chosen: Option | None
    why: str
    options: tuple[Option, ...]


def choose(
    experiment: Experiment,
    run: RunOptions,
    *,
    most_bytes: int = MOST_BYTES,
    most_seconds: float = MOST_SECONDS,
) -> Choice:
    """Choose a source for an experiment whose method is open. Loads no engine.

    Args:
        most_bytes: Memory that it may take.
        most_seconds: CPU seconds that it may take.
    """
    every = tuple(options(experiment, run))
    fit = [option for option in every if _fits(option, most_bytes, most_seconds)]
    exact, controlled = (
        [option for option in fit if option.accuracy == kind]
        for kind in (Accuracy.EXACT, Accuracy.CONTROLLED)
    )
    chosen, why = _pick(exact, controlled)
    if chosen is None:
        why = _refusal(every, most_bytes, most_seconds)
    return Choice(chosen=chosen, why=why, options=every)


def _pick(exact: Sequence[Option], controlled: Sequence[Option]) -> tuple[Option | None, str]:
    if not exact and not controlled:
        return None, ""
    if not exact:
        return controlled[0], "nothing exact fits; this states its own truncation error"
    if controlled and _seconds(controlled[0]) < MUCH_CHEAPER * _seconds(exact[0]):
        return controlled[0], (
            f"{_seconds(controlled[0]):.2g} s against {_seconds(exact[0]):.2g} s of the cheapest "
            f"exact source, {exact[0].name}; it states its own truncation error"
        )
    return exact[0], "the cheapest of the exact sources" if exact[1:] else "the only exact source"


def _fits(option: Option, most_bytes: int, most_seconds: float) -> bool:
    cost = option.cost
    return cost is not None and cost.memory_bytes <= most_bytes and cost.seconds <= most_seconds


def _seconds(option: Option) -> float:
    return option.cost.seconds if option.cost else float("inf")


def _refusal(every: Sequence[Option], most_bytes: int, most_seconds: float) -> str:
    able = [
        f"{option.name} needs {option.cost.seconds:.2g} s and {option.cost.memory_bytes:.2g} bytes"
        for option in every
        if option.cost is not None and option.accuracy <= Accuracy.CONTROLLED
    ]
    allowed = f"allowed: {most_seconds:g} s and {most_bytes:.2g} bytes"
    if able:
        return f"{'; '.join(able)}; {allowed}"
    return _none_applies([option for option in every if option.refusal])


def _none_applies(refused: Sequence[Option]) -> str:
    """Refusals of what the question is about, such as its size, before those of another kind."""
    near = [option for option in refused if option.field not in OF_ANOTHER_KIND] or refused
    return "no source answers this exactly or states its own error; " + reasons(near)


def reasons(refused: Sequence[Option], most: int = MOST_REASONS) -> str:
    """Why sources refuse: one sentence for those that say the same, and so many in all."""
    sources: dict[str, list[str]] = {}
    for option in refused:
        sources.setdefault(option.refusal, []).append(option.name)
    said = [f"{', '.join(names)}: {why}" for why, names in list(sources.items())[:most]]
    left = len(sources) - len(said)
    return "; ".join(
        [*said, *([f"and {left} other reasons (qtwin explain --all)"] if left else [])]
    )
