"""What people are assumed to do, and what the machines cost."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar

HERE = Path(__file__).parent
HOURS_A_YEAR = 8766.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    users: float
    users_per_team: float
    active_share: float
    pages_per_hour: float
    open_streams: float
    largest_team_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    per_year: float
    points: float
    per_post: float
    busiest_hour: float
    work_s: float
    work_spread: float
    remote_share: float
    remote_hours: float
    fits: float
    raw_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Cores of each kind of machine."""

    web_cores: float
    database_cores: float
    worker_cores: float
    fit_cores: float
    largest_database_cores: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """US dollars."""

    core_hour: float
    database_core_hour: float
    disk_gb_month: float
    object_gb_month: float

    @classmethod
    def read(cls, path: Path = HERE / "prices.toml") -> Self:
        return _table(cls, _parse(path), path.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The busiest hour of a year, in which ``load`` is 1."""

    people: People
    jobs: Jobs
    deployment: Deployment

    @classmethod
    def read(cls, path: Path = HERE / "workload.toml") -> Self:
        """From a file with one table for each part.

        Raises:
            ValueError: If a table or a number is missing, unknown, or no positive number.
        """
        document = _parse(path)
        parts: dict[str, Any] = {
            field.name: _table(kind, document.pop(field.name, {}), f"[{field.name}]")
            for field, kind in zip(fields(cls), (People, Jobs, Deployment), strict=True)
        }
        if document:
            raise ValueError(f"{path.name}: unknown {', '.join(document)}; {_names(cls)} are known")
        return cls(**parts)

    @property
    def jobs_per_s(self) -> float:
        return self.jobs.per_year * self.jobs.busiest_hour / HOURS_A_YEAR / 3600

    @property
    def active(self) -> float:
        """Users who are there."""
        return self.people.users * self.people.active_share

    @property
    def pages_per_s(self) -> float:
        return self.active * self.people.pages_per_hour / 3600

    @property
    def streams(self) -> float:
        return self.active * self.people.open_streams


def _parse(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _table(kind: type[T], given: dict[str, Any], where: str) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # all are dataclasses
    if given.keys() != known:
        wrong = ", ".join(sorted(given.keys() ^ known))
        raise ValueError(
            f"{where}: missing or unknown {wrong}; allowed: {', '.join(sorted(known))}"
        )
    for name, value in given.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value > 0):
            raise ValueError(f"{where} {name} = {value!r}; allowed: a positive number")
    return kind(**given)


def _names(kind: type) -> str:
    return ", ".join(field.name for field in fields(kind))
