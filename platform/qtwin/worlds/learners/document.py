"""The document of a learner: which kind, which policy, on which truths.

``{"kind": "cma_es", "policy": {"kind": "open_loop"}, "truths": 16, "held_out": 64, ...}`` with the
hyperparameters of its kind beside these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.worlds.policies.architecture import KINDS as POLICIES
from qtwin.worlds.policies.architecture import MOST_LAYERS, SQUASHES

READERS = {
    "cma_es": "qtwin.worlds.learners.cma_es:read",
    "bayesian": "qtwin.worlds.learners.bayesian:read",
    "grape": "qtwin.worlds.learners.grape:read",
    "ppo": "qtwin.worlds.learners.deep:read_ppo",
    "random": "qtwin.worlds.learners.random_search:read",
    "sac": "qtwin.worlds.learners.deep:read_sac",
}
"""By kind, the module and the function that reads the hyperparameters."""
KINDS = tuple(READERS)
DEEP = {"ppo": "clip", "sac": "tanh"}
"""Learners of networks, and how their actions are brought into [-1, 1]."""
NOMINAL = "nominal"
MOST_TRUTHS = 4096
SHARED = ("kind", "policy", "truths", "episodes", "resample", "held_out", "start")
PLAIN, SWEEP = STARTS = ("plain", "sweep")
"""Where a policy starts: as its shape does, or as the linear sweep of a control world."""


class Settings(Protocol):
    """Hyperparameters of one kind, with what makes the learner of them."""

    def to_dict(self) -> dict[str, Any]:
        """All of them, those that were left out too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What shall be learnt and how.

    Attributes:
        policy: Document of the policy's shape.
        nominal: Whether the truths are the nominal one alone.
        episodes: Of each candidate in a generation, each with another truth unless nominal.
        resample: Whether each generation has other truths and seeds than the one before.
        held_out: Episodes that the policy is chosen on, none of which it was trained on.
        start: One of `STARTS`.
        settings: Hyperparameters of the kind.
    """

    kind: str
    policy: Mapping[str, Any]
    nominal: bool
    episodes: int
    resample: bool
    held_out: int
    start: str
    settings: Settings

    def to_dict(self) -> dict[str, Any]:
        """The document, with what was left to default."""
        shared = {"truths": NOMINAL, "episodes": self.episodes} if self.nominal else {}
        return {
            "kind": self.kind,
            "policy": dict(self.policy),
            "truths": self.episodes,
            **shared,
            "resample": self.resample,
            "held_out": self.held_out,
            "start": self.start,
            **self.settings.to_dict(),
        }


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Read the document of a learner.

    Raises:
        ProgramRejected: Names the field by its JSON pointer, its value and the allowed values.
    """
    read = Document(document)
    kind = read.choice("kind", KINDS)
    module, function = READERS[kind].split(":")
    settings: Settings = getattr(import_module(module), function)(read, SHARED)
    nominal = read.entry("truths", None) == NOMINAL
    if "episodes" in document and not nominal:
        raise ProgramRejected("allowed only where truths is nominal", field=read.at("episodes"))
    episodes = (
        read.integer("episodes", 2, MOST_TRUTHS, 2)
        if nominal
        else read.integer("truths", 2, MOST_TRUTHS, 16)
    )
    policy = _policy(read.document("policy"), kind)
    start = read.choice("start", STARTS, SWEEP if kind == "grape" else PLAIN)
    if start == SWEEP and policy["kind"] != "open_loop":
        raise ProgramRejected("sweep; allowed: plain, or an open_loop", field=read.at("start"))
    return Plan(
        kind=kind,
        policy=policy,
        start=start,
        nominal=nominal,
        episodes=episodes,
        resample=read.boolean("resample", default=True),
        held_out=read.integer("held_out", 2, MOST_TRUTHS, 64),
        settings=settings,
    )


def _policy(read: Document, learner: str) -> dict[str, Any]:
    allowed = ("mlp",) if learner in DEEP else POLICIES
    squashes = (DEEP[learner],) if learner in DEEP else SQUASHES
    kind = read.choice("kind", allowed, allowed[0])
    if kind != "mlp":
        read.only("kind")
        return {"kind": kind}
    read.only("kind", "hidden", "squash")
    hidden = read.items("hidden", 0, MOST_LAYERS, [16])
    for width in hidden:
        if type(width) is not int or not 1 <= width <= 1024:
            raise ProgramRejected(
                f"{shown(width)}; allowed: widths from 1 to 1024", field=read.at("hidden")
            )
    return {"kind": kind, "hidden": hidden, "squash": read.choice("squash", squashes, squashes[0])}


def number(read: Document, name: str, low: float, high: float, default: float) -> float:
    """A hyperparameter between two bounds.

    Raises:
        ProgramRejected: It is not.
    """
    value = read.entry(name, default)
    if not is_number(value) or not low <= value <= high:
        raise ProgramRejected(
            f"{name} = {shown(value)}; allowed: {low:g} to {high:g}", field=read.at(name)
        )
    return float(cast("float", value))
