"""A policy on a server: save it, act by it here, play it there, see how it transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from qtwin.client.remote.points import given
from qtwin.client.remote.report import AsyncTransferReport, TransferReport, TransferReportCore
from qtwin.client.rows.training import EvaluationRow, PolicyRow, ReportRow
from qtwin.client.wire.ask import ask, fetch
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.errors import JobFailed
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait

ReportT = TypeVar("ReportT", bound=TransferReportCore)


class PolicyCore(Generic[ReportT]):
    """A policy on a server; all it keeps is its row, which never changes."""

    _driver: Any
    _report: type[ReportT]

    def __init__(self, driver: Any, row: PolicyRow) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @operation
    def save(self, path: str | Path) -> Flow[Path]:
        """Write its file: arrays and JSON, which `qtwin.worlds.policies.read_policy` reads."""
        content = yield from self._content()
        target = Path(path)
        target.write_bytes(content)
        return target

    @operation
    def load(self) -> Flow[Any]:
        """The policy itself, whose ``act`` answers observations ``(B, O)`` at a step here."""
        from qtwin.worlds.policies import read_policy

        return read_policy((yield from self._content()))

    @operation
    def evaluate(
        self,
        *,
        truth: str = "posterior",
        draw: int | None = None,
        seed: int = 0,
        episodes: int = 1,
        timeout: float | None = None,
    ) -> Flow[Mapping[str, Any]]:
        """Play an episode on the server, and give its rollout; waits for it.

        Args:
            truth: ``posterior`` or ``nominal``.
            draw: Number of the truth; by the seed where none is given.
            episodes: Whose values are summed up, too.

        Raises:
            JobFailed: It cannot be played.
        """
        body = {"truth": truth, "seed": seed, "episodes": episodes} | given(draw=draw)
        path = at("policies", self.id, verb="evaluate")
        request = Request(method="POST", path=path, body=body, repeatable=True)
        sent = EvaluationRow.read((yield from ask(request)))
        row = yield from wait(
            at("evaluations", sent.id),
            EvaluationRow.read,
            lambda row: row.ended,
            what=f"evaluation {sent.id}",
            timeout=timeout,
        )
        if row.state != "done":
            raise JobFailed(f"the evaluation {row.state}: {row.reason}", row)
        return row.answer

    @operation
    def transfer(
        self,
        stages: Sequence[str] = ("nominal", "randomised"),
        *,
        episodes: int | None = None,
        seed: int | None = None,
        noise: Mapping[str, float] | None = None,
        source: str | None = None,
        shots: int | None = None,
        key: str | None = None,
    ) -> Flow[ReportT]:
        """Ask for a transfer report; see `TransferReport.wait`.

        Args:
            stages: Of nominal, randomised, held_out, noisy, qpu.
            noise: Values of the world's parameters at the stage ``noisy``.
            source: Of the project, which runs the stage ``qpu`` with ``shots``.
        """
        qpu = None if source is None else {"source": source, "shots": shots}
        body = {"stages": list(stages)} | given(episodes=episodes, seed=seed, noise=noise, qpu=qpu)
        path = at("policies", self.id, "transfer-reports")
        document = yield from ask(made(path, body, key=key))
        return self._report(self._driver, ReportRow.read(document))

    @listing
    def reports(self) -> Listing[ReportRow]:
        """Its transfer reports, newest first."""
        return Listing(path=at("policies", self.id, "transfer-reports"), read=ReportRow.read)

    @operation
    def delete(self) -> Flow[None]:
        """Hide it; its file and its reports are kept."""
        yield from ask(Request(method="DELETE", path=at("policies", self.id)))

    def _content(self) -> Flow[bytes]:
        request = Request(
            path=at("policies", self.id, "artifact"),
            headers={"Accept": "application/octet-stream, application/json"},
        )
        return (yield from fetch(request)).content

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row.name}: {self.row.kind}>"


class Policy(PolicyCore[TransferReport], Waits):
    """A policy of the synchronous client."""

    _report = TransferReport


class AsyncPolicy(PolicyCore[AsyncTransferReport], Awaits):
    """A policy of the asynchronous client."""

    _report = AsyncTransferReport
