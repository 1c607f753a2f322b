"""The port that every solver, simulator and QPU adapter implements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from backends import declared
from backends.device_status import DeviceStatus
from backends.errors import ProgramRejected
from backends.remote import Charge, Queue, Report
from backends.schema import CalibrationSnapshot, Cost, Experiment, KnobLimit, Result, RunOptions
from backends.setting import Settings


class Kind(StrEnum):
    """How a backend obtains its numbers."""

    CLASSICAL = "classical"
    SIMULATOR = "simulator"
    QPU = "qpu"


class Idempotency(StrEnum):
    """How a vendor recognises a submission that it has seen before."""

    TOKEN = "token"  # noqa: S105 - a kind of protocol, not a password
    TAG = "tag"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend can run, known without network and without importing an SDK.

    Attributes:
        methods: Methods that it implements, e.g. ``("hf", "fci")``.
        max_shots: None when it takes no shots at all (only the exact limit).
        exact: Whether ``shots=None`` is allowed.
        knobs: Knobs that its methods understand, with allowed bounds.
        settings: Names of allowed settings, each with its allowed values, or a range of numbers, or
            None for free text.
        paid: Whether running it costs money.
        recorded: Whether it looks numbers up, with their errors, in what its source names.
        queue: The vendor's queue behind it; None when `Backend.submit` answers with a `Result`.
    """

    kind: Kind
    methods: tuple[str, ...]
    max_qubits: int | None = None
    max_shots: int | None = None
    exact: bool = False
    analog: bool = False
    paid: bool = False
    recorded: bool = False
    idempotency: Idempotency = Idempotency.NONE
    queue: Queue | None = None
    knobs: tuple[tuple[str, float, float], ...] = ()
    settings: Settings = ()


def shown_end(key: str) -> str:
    """The last four characters of a key that is long enough to stay secret without them."""
    return key[-4:] if len(key) >= 12 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A run accepted by a remote queue, enough to find it again after a restart."""

    backend: str
    remote_id: str


class Backend(ABC):
    """Runs experiments. Instances are cheap, stateless and safe to build per task.

    Only `submit` must be implemented. A backend that queues remotely declares its `Queue`, returns
    a `Handle` from `submit`, and implements `fetch`, `parse`, `cancel` and, if the vendor has tags
    or tokens, `find`. Its client must not repeat a submission by itself. SDKs are imported inside
    methods.
    """

    name: str
    title: str = ""
    capabilities: Capabilities

    @abstractmethod
    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result | Handle:
        """Run an experiment, or queue it remotely under an idempotency token.

        A queue passes the token on as the vendor's idempotency token, and as a tag if it has tags.

        Raises:
            ProgramRejected: The experiment can never run here (a permanent 4xx); nothing is bought.
            NotCreated: Proven that nothing was created.
            OutcomeUnknown: It may have been created.
            CredentialRefused: 401 or 403.
            BackendUnavailable: Try again later; from a queue it counts as `OutcomeUnknown`.
        """

    def authorise(self, secret: str) -> None:  # noqa: B027 - most need no credential
        """Use this credential for the calls that follow; it is read anew for every step."""

    def recognise(self, secret: str) -> str:
        """Check the form of a credential; asks nobody and loads no SDK.

        Returns:
            What a person may be shown to tell it from others: its last four characters, or none.

        Raises:
            CredentialRefused: Names the field and the allowed form, and nothing of the secret.
        """
        return shown_end(secret)

    def devices(self) -> tuple[DeviceStatus, ...]:
        """The vendor's devices, as the credential sees them now.

        It costs nothing and changes nothing, so that it is the test of a credential too.

        Raises:
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        raise NotImplementedError(f"{self.name} does not queue")

    def calibration(self, device: str, at: datetime | None = None) -> CalibrationSnapshot | None:
        """A device's calibration in force at a time, or now, for nothing; None if nobody says.

        That of a *run* comes with its result (`Provenance.calibration`).

        Raises:
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        return None

    def fetch(self, handle: Handle) -> Report:
        """How a queued run stands, with its raw result once there is one.

        Raises:
            UnknownStatus: The vendor's word is not known.
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        raise NotImplementedError(f"{self.name} does not queue")

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        """Turn a raw result into numbers, in a sandbox without network or credential.

        Raises:
            ValueError: The payload is malformed. Whatever else is raised means the same.
        """
        raise NotImplementedError(f"{self.name} does not queue")

    def cancel(self, handle: Handle) -> None:
        """Ask the remote queue to drop a run; harmless when it already ended.

        Raises:
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        raise NotImplementedError(f"{self.name} does not queue")

    def find(self, tag: str, since: datetime) -> list[Handle]:
        """Every run that carries ``tag`` (a token), created since ``since`` and not cancelled.

        Raises:
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        raise NotImplementedError(f"{self.name} does not queue")

    def charged(self, handle: Handle) -> Charge:
        """What the vendor charges for an ended run by now.

        Asked of a queue whose bills come late (`Queue.bill_lag_s`).

        Raises:
            CredentialRefused: 401 or 403.
            BackendUnavailable: Ask again later.
        """
        return self.fetch(handle).charge

    def warm(self) -> None:  # noqa: B027 - a backend without an SDK has nothing to import
        """Import the SDK without starting a thread, so that a later fork is cheap and safe."""

    def prepare(self, settings: Mapping[str, Any]) -> None:  # noqa: B027 - most need nothing
        """Load what these settings need, such as a device's noise model, for all later forks.

        Called after `warm`, in the same process; starts no thread either.
        """

    def wishes(self) -> list[Any]:
        """What this process prepared for a run and a later one could use, as JSON values."""
        return []

    def fulfil(self, wish: Any) -> Any:
        """Prepare one of `wishes` again, as a JSON value, in a process of its own.

        The process that wished is not trusted: whatever it says is checked like input.
        """
        raise NotImplementedError(f"{self.name} has no wishes")

    def learn(self, wish: Any, answer: Any) -> None:
        """Remember the answer of `fulfil` for all later forks; starts no thread."""
        raise NotImplementedError(f"{self.name} has no wishes")

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        """Limits of the knobs that a method with these settings takes. Loads no SDK."""
        return ()

    def most_points(self, experiment: Experiment, options: RunOptions) -> int | None:
        """Most points of one run in a vendor's queue; None for no limit. Loads no SDK."""
        queue = self.capabilities.queue
        return None if queue is None else queue.max_points

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """What the experiment will take; free and instant unless overridden."""
        return Cost()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what the declared capabilities rule out. Loads no SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        able = self.capabilities
        if experiment.method not in able.methods:
            raise ProgramRejected(
                f"{self.name} has no method {experiment.method!r}; allowed: "
                + ", ".join(able.methods),
                field="/method",
            )
        if options.shots is None and not able.exact:
            raise ProgramRejected(
                f"{self.name} needs shots: allowed are 1 to {able.max_shots}", field="/shots"
            )
        if options.seed is not None and options.seed < 0:
            raise ProgramRejected(
                f"seed = {options.seed}; allowed: whole numbers from 0", field="/seed"
            )
        if options.shots is not None and not 1 <= options.shots <= (able.max_shots or 0):
            allowed = f"1 to {able.max_shots}" if able.max_shots else "none (exact backend)"
            raise ProgramRejected(
                f"{self.name} cannot run {options.shots} shots; allowed: {allowed}", field="/shots"
            )
        declared.check_knobs(self.name, self.capabilities, experiment)
        self.check_settings(experiment.settings)

    def answerable(self, experiment: Experiment, options: RunOptions) -> tuple[str, ...]:
        """Those of the experiment's observables that `check` has nothing against.

        Raises:
            ProgramRejected: Something else is wrong, or no observable is left.
        """
        names = list(experiment.observables)
        while True:
            try:
                self.check(replace(experiment, observables=tuple(names)), options)
                return tuple(names)
            except ProgramRejected as refused:
                _, _, row = refused.field.partition("/observables/")
                if not row.isdecimal() or len(names) == 1:
                    raise
                del names[int(row)]

    def check_certain(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject besides what may turn out to be impossible only when it runs; for a free choice.

        Raises:
            ProgramRejected: As `check`.
        """
        self.check(experiment, options)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Reject settings that the declared capabilities do not know. Loads no SDK.

        Raises:
            ProgramRejected: Names the setting, the value and the allowed values.
        """
        declared.check_settings(self.name, self.capabilities, settings)
