"""A world on a server: train in it, see its policies, take it along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from qtwin.client.remote.loop import AsyncLoop, Loop, LoopCore
from qtwin.client.remote.points import given
from qtwin.client.remote.policy import AsyncPolicy, Policy, PolicyCore
from qtwin.client.remote.run import AsyncTrainingRun, TrainingRun, TrainingRunCore
from qtwin.client.remote.work import WorkCore
from qtwin.client.rows.training import LoopRow, PolicyRow, TrainingRunRow, WorldRow
from qtwin.client.wire.ask import ask, fetch
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at

RunT = TypeVar("RunT", bound=TrainingRunCore[Any])
PolicyT = TypeVar("PolicyT", bound=PolicyCore[Any])
LoopT = TypeVar("LoopT", bound=LoopCore)
BYTES = "application/octet-stream"


class WorldCore(WorkCore[WorldRow], Generic[RunT, PolicyT, LoopT]):
    """A world; all it keeps is the row that was seen last."""

    _place, _row = "worlds", WorldRow
    _run: type[RunT]
    _policy: type[PolicyT]
    _loop: type[LoopT]

    @operation
    def train(
        self,
        learner: str | Mapping[str, Any] = "cma_es",
        *,
        evaluations: int | None = None,
        seconds: float | None = None,
        seed: int | None = None,
        name: str = "",
        key: str | None = None,
    ) -> Flow[RunT]:
        """Start a training run and go on; see `TrainingRun.wait` and `TrainingRun.policy`.

        Args:
            learner: Its kind, or its kind with hyperparameters: docs/training.md.
            evaluations: Episodes at most; this or ``seconds`` is needed.
            key: Of this run: asked again with the same key and body, there is still one.
        """
        document = {"kind": learner} if isinstance(learner, str) else dict(learner)
        body = {"learner": document, "name": name}
        body |= given(evaluations=evaluations, seconds=seconds, seed=seed)
        path = at("worlds", self.id, "training-runs")
        made_of = yield from ask(made(path, body, key=key))
        return self._run(self._driver, TrainingRunRow.read(made_of))

    @operation
    def loop(
        self,
        learner: str | Mapping[str, Any] = "cma_es",
        *,
        campaign: Mapping[str, Any],
        stages: Sequence[str] = ("nominal", "randomised"),
        report: Mapping[str, Any] | None = None,
        rounds: int | None = None,
        improvement: float | None = None,
        evaluations: int | None = None,
        seconds: float | None = None,
        seed: int | None = None,
        key: str | None = None,
    ) -> Flow[LoopT]:
        """Train, transfer, measure, refit, and train again; see `Loop.wait`.

        Args:
            learner: As of `train`, with the budget of each round.
            campaign: What is measured between two rounds: docs/campaigns.md.
            stages: Of each round's transfer report; ``report`` has its other fields.
            rounds: At most.
            improvement: It ends once the gap falls by no more than this.
        """
        document = {"kind": learner} if isinstance(learner, str) else dict(learner)
        body = {
            "learner": document,
            "report": {"stages": list(stages)} | dict(report or {}),
            "campaign": dict(campaign),
        }
        body |= given(evaluations=evaluations, seconds=seconds, seed=seed)
        body |= given(rounds=rounds, improvement=improvement)
        made_of = yield from ask(made(at("worlds", self.id, "loops"), body, key=key))
        return self._loop(self._driver, LoopRow.read(made_of))

    @listing
    def loops(self, *, state: str | None = None) -> Listing[LoopRow]:
        """Loops that began in it, newest first."""
        path = at("worlds", self.id, "loops")
        return Listing(path=path, query={"state": state}, read=LoopRow.read)

    @listing
    def runs(self, *, state: str | None = None) -> Listing[TrainingRunRow]:
        """Training runs in it, newest first."""
        path = at("worlds", self.id, "training-runs")
        return Listing(path=path, query={"state": state}, read=TrainingRunRow.read)

    @listing
    def policies(self) -> Listing[PolicyRow]:
        """Its policies, newest first."""
        return Listing(path=at("worlds", self.id, "policies"), read=PolicyRow.read)

    @operation
    def send_policy(self, name: str, content: bytes | str | Path) -> Flow[PolicyT]:
        """Send a policy: a file, or the bytes that `qtwin.worlds.policies.dump_policy` gives."""
        data = content if isinstance(content, bytes) else Path(content).read_bytes()
        path = at("worlds", self.id, "policies")
        request = Request(method="POST", path=path, body=data, repeatable=False)
        request = replace(request, query={"name": name}, headers={"Content-Type": BYTES})
        return self._policy(self._driver, PolicyRow.read((yield from ask(request))))

    @operation
    def posterior(self) -> Flow[Any]:
        """Draws of its parameters, as `qtwin.worlds.posterior.Posterior`."""
        from qtwin.worlds.posterior import read_posterior

        headers = {"Accept": f"{BYTES}, application/json"}
        request = Request(path=at("worlds", self.id, "posterior"), headers=headers)
        return read_posterior((yield from fetch(request)).content)

    @operation
    def delete(self) -> Flow[None]:
        """Hide it with all that was trained in it; what is open is cancelled."""
        yield from ask(Request(method="DELETE", path=at("worlds", self.id)))


class World(WorldCore[TrainingRun, Policy, Loop], Waits):
    """A world of the synchronous client."""

    _run, _policy, _loop = TrainingRun, Policy, Loop


class AsyncWorld(WorldCore[AsyncTrainingRun, AsyncPolicy, AsyncLoop], Awaits):
    """A world of the asynchronous client."""

    _run, _policy, _loop = AsyncTrainingRun, AsyncPolicy, AsyncLoop
