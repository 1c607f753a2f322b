"""Circuits on Google's quantum processors, through the client of its Quantum Engine.

One submission is one job: a circuit for each structure and measurement group, with the angles of
all points as sweeps. Program and job have our token as their id, and ids are unique at the vendor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from backends.base import Backend, Capabilities, Handle, Idempotency, Kind, shown_end
from backends.classical.pyscf import PyscfBackend
from backends.device_status import DeviceStatus
from backends.errors import BackendUnavailable, CredentialRefused, NotCreated, ProgramRejected
from backends.methods import programs
from backends.prices import price_table
from backends.qpu import circuit_count, google_engine, google_job, google_results
from backends.qpu.braket_entries import entries, size
from backends.qpu.google_circuits import compiled
from backends.qpu.google_credential import Credential
from backends.qpu.google_errors import AlreadyThereError, MissingError, asking, reading, submitting
from backends.qpu.google_offer import HEALTHY, VENDOR, offer, price_of
from backends.qpu.google_payload import Payload
from backends.remote import Queue, Report
from backends.schema import (
    CalibrationSnapshot,
    Cost,
    Experiment,
    KnobLimit,
    Result,
    RunOptions,
)

METHODS = tuple(programs.METHODS)
DEVICE, LABEL = "device", "qtwin"
PROCESSOR = re.compile(r"[a-z][a-z0-9_-]{0,62}")
MOST_SHOTS = 5_000_000
"""Of all circuits of a job, as the client's own validator has it."""
OFFLINE_S = 600.0


class GoogleBackend(Backend):
    """One job of a processor, in the queue of a project."""

    name = "google"
    title = "Google Quantum Engine"
    capabilities = Capabilities(
        kind=Kind.QPU,
        methods=METHODS,
        max_qubits=105,
        max_shots=100_000,
        paid=True,
        idempotency=Idempotency.TOKEN,
        queue=Queue(
            vendor=VENDOR,
            credential=VENDOR,
            request_timeout_s=google_engine.REQUEST_S,
            max_points=100,  # ours: nothing is published but the shots of a job
        ),
        knobs=programs.knobs(*METHODS),
        settings=((DEVICE, None), circuit_count.SETTING, *programs.settings(*METHODS)),
    )
    _credential: Credential | None = None
    _refusal = "no credential was given"

    def authorise(self, secret: str) -> None:
        try:
            self._credential = Credential.parse(secret)
        except CredentialRefused as error:  # where it is needed it is refused
            self._credential, self._refusal = None, str(error)

    def recognise(self, secret: str) -> str:
        return shown_end(Credential.parse(secret).service_account["private_key_id"])

    def devices(self) -> tuple[DeviceStatus, ...]:
        made = self._engine()
        with reading("the project"):
            return offer(list(made.list_processors()))

    def calibration(self, device: str, at: datetime | None = None) -> CalibrationSnapshot | None:
        if not PROCESSOR.fullmatch(device):
            return None
        return google_job.calibration(self._engine(), device, at)

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        return programs.limits(method, settings)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        super().check(experiment, options)
        system = programs.validate(experiment, options)
        qubits, most = getattr(system, "qubits", 0), self.capabilities.max_qubits or 0
        if qubits > most:
            raise ProgramRejected(f"{qubits} qubits; allowed: at most {most}", field="/system")
        shots = self._shots(experiment, options, system)
        if shots > MOST_SHOTS:
            raise ProgramRejected(
                f"{shots} shots of all circuits of a job; allowed: at most {MOST_SHOTS}",
                field="/shots",
            )

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        if not PROCESSOR.fullmatch(str(settings.get(DEVICE, ""))):
            raise ProgramRejected(
                f"{DEVICE} = {str(settings.get(DEVICE))[:80]!r}; allowed: the id of a processor, "
                "small letters, digits, _ and -",
                field=f"/settings/{DEVICE}",
            )

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """An upper bound; no money, so that nothing is bought, where our tables have no price."""
        system = programs.validate(experiment, options)
        shots = self._shots(experiment, options, system)
        price = price_of(str(experiment.settings.get(DEVICE)))
        return Cost(
            money_micro_usd=price.most(tasks=1, shots=shots) if price else 0,
            seconds=1.0 + 2 * programs.seconds(experiment, system),
            memory_bytes=500_000_000,
            shots=shots,
            prices=price_table(VENDOR).version if price else "",
        )

    def warm(self) -> None:
        """Import what the methods and the reading of results use; only a connection has threads."""
        import_module("cirq_google")
        PyscfBackend().warm()

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Handle:
        self.check(experiment, options)
        handle = Handle(backend=self.name, remote_id=google_engine.name_of(self._project, token))
        try:
            made = self._engine()
            if self._word(made, handle):  # the client in memory would take an id twice
                return handle
            processor, device = self._processor(made, str(experiment.settings[DEVICE]))
            circuits, sweeps = self._job(experiment, options, device)
            with reading("the processor"):
                sampler = processor.get_sampler()
        except (ProgramRejected, CredentialRefused, NotCreated):
            raise
        except BackendUnavailable as error:  # nothing was sent that could have made a job
            raise NotCreated(str(error)) from error
        try:
            with submitting():
                alone = len(circuits) == 1
                processor.run_sweep(
                    circuits[0] if alone else circuits,
                    program_id=token,
                    job_id=token,
                    params=sweeps[0] if alone else sweeps,
                    repetitions=options.shots,
                    program_labels={LABEL: token},
                    job_labels={LABEL: token},
                    run_name=sampler.run_name,
                    snapshot_id=sampler.snapshot_id,
                    device_config_name=sampler.device_config_name,
                )
        except AlreadyThereError:
            return handle
        return handle

    def fetch(self, handle: Handle) -> Report:
        return google_job.report(self._engine(), handle, self._project)

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        return google_results.read(Payload.from_bytes(payload), experiment, options, self.name)

    def cancel(self, handle: Handle) -> None:
        made = self._engine()
        with reading(handle.remote_id):
            job = google_engine.job_of(made, handle, self._project)
            if not google_job.ended(job):
                job.cancel()

    def find(self, tag: str, since: datetime) -> list[Handle]:
        """The job whose id is the token, whenever it was created."""
        handle = Handle(backend=self.name, remote_id=google_engine.name_of(self._project, tag))
        word = self._word(self._engine(), handle)
        return [handle] if word and word not in {"CANCELLED", "CANCELLING"} else []

    @property
    def _keys(self) -> Credential:
        if self._credential is None:
            raise CredentialRefused(self._refusal)
        return self._credential

    @property
    def _project(self) -> str:
        return self._keys.project_id

    def _engine(self) -> Any:
        return google_engine.engine(self._keys)

    def _word(self, made: Any, handle: Handle) -> str:
        """The vendor's word for a run; empty where it has none of that name."""
        try:
            with asking():
                return google_job.word_of(google_engine.job_of(made, handle, self._project))
        except MissingError:
            return ""

    def _processor(self, made: Any, name: str) -> tuple[Any, Any]:
        """A processor that takes jobs now, and its qubits and gates."""
        try:
            with asking():
                processor = made.get_processor(name)
                word = str(processor.health())
                device = processor.get_device()
        except MissingError:
            raise ProgramRejected(
                f"Google has no processor {name!r} for this project; allowed: those that the "
                "credential's test lists",
                field=f"/settings/{DEVICE}",
            ) from None
        if word != HEALTHY:
            raise NotCreated(f"Google says that {name} is {word}", retry_after_s=OFFLINE_S)
        return processor, device

    def _job(
        self, experiment: Experiment, options: RunOptions, device: Any
    ) -> tuple[list[Any], list[Any]]:
        try:
            return _job(experiment, options, device)
        except (ProgramRejected, NotCreated):
            raise
        except Exception as error:
            raise ProgramRejected(
                f"the program cannot be written for the processor: {type(error).__name__}"
            ) from error

    def _shots(self, experiment: Experiment, options: RunOptions, system: Any) -> int:
        """Most shots of all circuits together."""
        per_point = circuit_count.circuits(experiment, system)
        return per_point * len(experiment.points) * (options.shots or 0)


def _job(experiment: Experiment, options: RunOptions, device: Any) -> tuple[list[Any], list[Any]]:
    wanted = entries(programs.prepare(experiment, options))
    most = circuit_count.circuits(experiment, programs.validate(experiment, options))
    most *= len(experiment.points)
    if not wanted:
        raise ProgramRejected("there is nothing to measure at any point", field="/observables")
    if size(wanted) > most:
        raise ProgramRejected(
            f"the points take {size(wanted)} circuits, and {most} are reckoned with; allowed: a "
            f"setting {circuit_count.CIRCUITS} of {-(-size(wanted) // len(experiment.points))} "
            "or more",
            field=f"/settings/{circuit_count.CIRCUITS}",
        )
    return compiled(wanted, device, options.shots or 0)
