"""The two demo projects as a campaign begins: a few real runs of each source, and what more costs.

Prices are those of the closed loop's study: 100 for a reference, 20 for 4000 shots of a noisy
device, 5 for MP2, 1 for a mean field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.star.posterior import StarFit
from qtwin.projects.demo.h2 import SYSTEM as H2_SYSTEM
from qtwin.projects.demo.ising import SYSTEM as ISING_SYSTEM
from qtwin.worlds.search import SearchWorld

SHOTS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source with the points that it has run, and its price."""

    role: Role
    backend: str
    method: str
    at: tuple[float, ...]
    price: Mapping[str, float]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A search in one project."""

    short: str
    title: str
    system: Mapping[str, Any]
    observable: str
    goal: Mapping[str, Any]
    sources: Mapping[str, Source]

    def world(self) -> SearchWorld:
        """Run what the project has, fit it, and make a world of it."""
        return SearchWorld.of(self._fit(), self._document())

    def _document(self) -> dict[str, Any]:
        offers = [
            {"name": name, "role": str(source.role), **source.price}
            | ({"measured_shots": SHOTS} if source.role is Role.DEVICE else {})
            for name, source in self.sources.items()
        ]
        return {
            "kind": "search",
            "schema_version": 1,
            "goal": dict(self.goal),
            "budget": 600,
            "steps": 60,
            "sources": offers,
            "shots": [SHOTS // 4, SHOTS, 4 * SHOTS],
        }

    def _fit(self) -> StarFit:
        control = self.system["controls"][0]
        run = {name: self._run(s) for name, s in self.sources.items() if s.at}
        device = [self.sources[name].role is Role.DEVICE for name in run]
        count = [len(self.sources[name].at) for name in run]
        noisy = np.repeat(device, count)
        std = np.concatenate([result.std_errors[:, 0] for result in run.values()])
        mixed = [_mixed(result, n) for result, n in zip(run.values(), count, strict=True)]
        data = Observations(
            x=np.concatenate([self.sources[name].at for name in run])[:, None],
            bounds=np.array([[control["lower"], control["upper"]]]),
            y=np.concatenate([result.values[:, 0] for result in run.values()]),
            std=np.where(noisy, std, 0.0),
            source=np.repeat(np.arange(len(run)), count),
            sources=tuple(SourceSpec(name=name, role=self.sources[name].role) for name in run),
            gain=np.where(noisy, 1.0, np.nan),
            mixed_value=np.where(noisy, np.concatenate(mixed), np.nan),
        )
        return fit_star(data, seed=0, steps=480, keep=12)

    def _run(self, source: Source) -> Result:
        experiment = Experiment(
            system=self.system,
            method=source.method,
            settings=source.settings,
            controls=(self.system["controls"][0]["name"],),
            points=np.array(source.at)[:, None],
            observables=(self.observable,),
        )
        shots = source.role is Role.DEVICE
        options = RunOptions(shots=SHOTS, seed=11) if shots else RunOptions()
        result = registry.get(source.backend).submit(experiment, options, token="search")
        assert isinstance(result, Result)
        assert not result.failures
        return result


def _mixed(result: Result, points: int) -> FloatArray:
    return np.full(points, np.nan) if result.mixed_values is None else result.mixed_values[:, 0]


def _source(
    role: Role,
    run: tuple[str, str],
    at: tuple[float, ...],
    settings: dict[str, Any],
    **price: float,
) -> Source:
    backend, method = run
    return Source(role=role, backend=backend, method=method, at=at, settings=settings, price=price)


H2 = Project(
    short="H2 minimum",
    title="H2, bond of least energy, to 1.6 mHa",
    system=H2_SYSTEM,
    observable="energy",
    goal={"kind": "minimum", "tolerance": 0.0016},
    sources={
        "fci": _source(Role.REFERENCE, ("pyscf", "fci"), (2.5,), {}, cost=100),
        "vqe-noisy": _source(
            Role.DEVICE,
            ("fake-ibm", "vqe"),
            (0.4, 1.3, 2.2),
            {"device": "FakeManilaV2"},
            cost=4,
            cost_per_shot=0.004,
        ),
        "mp2": _source(Role.APPROXIMATION, ("pyscf", "mp2"), (), {}, cost=5),
        "hf": _source(Role.APPROXIMATION, ("pyscf", "hf"), (0.3, 1.0, 1.8, 2.5), {}, cost=1),
    },
)
ISING = Project(
    short="Ising transition",
    title="Ising ring of 6, steepest rise of the magnetisation, to 0.05",
    system=ISING_SYSTEM,
    observable="magnetisation_x",
    goal={"kind": "transition", "tolerance": 0.05},
    sources={
        "ed": _source(Role.REFERENCE, ("exact", "ed"), (0.0, 2.0), {}, cost=100),
        "ramp-noisy": _source(
            Role.DEVICE,
            ("fake-ibm", "adiabatic"),
            (0.2, 1.0, 1.8),
            {"device": "FakeNairobiV2", "duration": 0.75},
            cost=4,
            cost_per_shot=0.004,
        ),
        "mean-field": _source(
            Role.APPROXIMATION, ("exact", "mean_field"), (0.0, 0.5, 1.0, 1.5, 2.0), {}, cost=1
        ),
    },
)
