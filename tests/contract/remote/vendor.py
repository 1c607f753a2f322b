"""What a vendor's loopback server must offer to be put through the suite."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from backends.base import Backend
from backends.schema import Experiment, RunOptions
from tests.contract.remote.fault import Fault

SetEnv = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A request for a run that reached the server's socket.

    Attributes:
        token: As the server found it in the request.
        run: Id of the run that it made or found; None if there is none.
    """

    token: str
    run: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that must change the numbers of a vendor with noise.

    Attributes:
        given: Settings that it needs besides.
    """

    name: str
    off: Any
    on: Any
    given: Mapping[str, Any] = field(default_factory=dict)


class Vendor(ABC):
    """A server on this machine that speaks a vendor's protocol, and the backend that talks to it.

    Attributes:
        title: Of the test.
        lacks: Faults that cannot be switched on, because they have no meaning there, and why.
        untold: What its devices do not say of themselves, `queue` or `price`, and why.
        canary: A part of the secret that must never be shown.
        circuits: Whether the method ``circuit`` runs there, on three qubits or more, nearly without
            noise.
        anchors: Whether anchors ride along with such circuits.
        option: A setting that must not be without effect, if there is one.
    """

    title: ClassVar[str]
    lacks: ClassVar[Mapping[Fault, str]] = {}
    untold: ClassVar[Mapping[str, str]] = {}
    canary: ClassVar[str] = ""
    circuits: ClassVar[bool] = False
    anchors: ClassVar[bool] = False
    option: ClassVar[Option | None] = None

    @classmethod
    def faults(cls) -> frozenset[Fault]:
        """What can be switched on."""
        return frozenset(Fault) - cls.lacks.keys()

    @classmethod
    @abstractmethod
    def started(cls, folder: Path, setenv: SetEnv) -> AbstractContextManager[Self]:
        """Start the server and point the backend to it through the environment; stop it after."""

    @abstractmethod
    def backend(self) -> Backend:
        """The backend as a worker has it at a step: new, with its credential if need be."""

    @property
    @abstractmethod
    def experiment(self) -> Experiment:
        """Something small that runs there, at two points or more."""

    @property
    def options(self) -> RunOptions:
        return RunOptions(shots=200, seed=7)

    @property
    def settings(self) -> dict[str, Any]:
        """Of a source on its device, for circuits."""
        return {}

    @abstractmethod
    def switch(self, *faults: Fault) -> None:
        """These faults from now on, and no others."""

    @property
    @abstractmethod
    def posts(self) -> list[Post]:
        """Every request for a run, in order of arrival."""

    @property
    @abstractmethod
    def requests(self) -> int:
        """How many requests of any kind reached the socket."""

    @property
    def runs(self) -> list[str]:
        """Ids of what was bought."""
        return sorted({post.run for post in self.posts if post.run is not None})

    def noise(self) -> None:
        """Noise of a device from now on; for a vendor with an `Option`."""
        raise NotImplementedError

    @abstractmethod
    def stop(self) -> None:
        """Listen no more: every connection is refused from now on."""
