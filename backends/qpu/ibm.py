"""IBM's quantum computers, through IBM's own client (qiskit-ibm-runtime)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from typing import Any

from backends.base import Backend, Capabilities, Handle, Idempotency, Kind, shown_end
from backends.classical.pyscf import PyscfBackend
from backends.device_status import DeviceStatus
from backends.errors import CredentialRefused, ProgramRejected
from backends.methods import programs
from backends.methods.program import Program
from backends.qpu import ibm_bound, ibm_calibration, ibm_estimate, ibm_settings
from backends.qpu.ibm_credential import IbmCredential
from backends.qpu.ibm_payload import IbmPayload
from backends.qpu.ibm_settings import ESTIMATOR, IbmSettings
from backends.qpu.ibm_share import NOISE_GAIN, shares, states
from backends.remote import Charge, Queue, Report
from backends.schema import (
    CalibrationSnapshot,
    Cost,
    Experiment,
    KnobKind,
    KnobLimit,
    Provenance,
    Result,
    RunOptions,
)
from backends.simulators.answer import Answer, combined, counted, kept
from backends.simulators.solving import solved
from backends.systems.projector import Projector

METHODS = tuple(programs.METHODS)
PACKAGES = ("qiskit", "qiskit-ibm-runtime", "samplomatic", "numpy")
REQUEST_S, LAG_S, BILL_S = 310.0, 120.0, 3600.0
"""The first is that of `backends.qpu.ibm_wire`, which imports the client."""
MOST_SHOTS, MOST_QUBITS = 100_000, 156


class IbmBackend(Backend):
    """All points of a submission are PUBs of one job, made by one POST with the token as its tag.

    The primitive ``sampler`` gives counts, from which we estimate as everywhere; ``estimator``
    gives values that IBM's client has mitigated. The knob ``noise_gain`` repeats compiled gates, or
    asks the estimator for its values at noise factors.
    """

    name = "ibm"
    title = "IBM Quantum"
    capabilities = Capabilities(
        kind=Kind.QPU,
        methods=METHODS,
        max_qubits=MOST_QUBITS,
        max_shots=MOST_SHOTS,
        paid=True,
        idempotency=Idempotency.TAG,
        queue=Queue(
            vendor="ibm",
            credential="ibm",
            request_timeout_s=REQUEST_S,
            list_lag_s=LAG_S,
            bill_lag_s=BILL_S,
            max_points=ibm_bound.MOST_POINTS,
        ),
        knobs=((NOISE_GAIN, 1.0, 9.0), *programs.knobs(*METHODS)),
        settings=(*ibm_settings.SETTINGS, *programs.settings(*METHODS)),
    )

    def __init__(self) -> None:
        self._secret = ""

    def authorise(self, secret: str) -> None:
        self._secret = secret

    def recognise(self, secret: str) -> str:
        return shown_end(IbmCredential.read(secret).token)

    def devices(self) -> tuple[DeviceStatus, ...]:
        from backends.qpu import ibm_devices
        from backends.qpu.ibm_queue import IbmQueue

        return ibm_devices.devices(IbmQueue.of(self._credential()))

    def calibration(self, device: str, at: datetime | None = None) -> CalibrationSnapshot | None:
        """IBM keeps old ones."""
        from backends.qpu.ibm_queue import IbmQueue

        properties = IbmQueue.of(self._credential()).properties(device, at)
        return ibm_calibration.snapshot(device, properties)

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        """Noise is gone at gain 0; energies that are solved for follow no law along it."""
        own = programs.limits(method, settings)
        if method in programs.SOLVED:
            return own
        return (KnobLimit(name=NOISE_GAIN, kind=KnobKind.DAMPING, limit=0.0, default=1.0), *own)

    def warm(self) -> None:
        """Import Qiskit, and what of IBM's client reads results."""
        import_module("qiskit_ibm_runtime.decoders.defaults")
        PyscfBackend().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        super().check(experiment, options)
        system = programs.validate(experiment, options)
        qubits = getattr(system, "qubits", 0)
        if qubits > MOST_QUBITS:
            raise ProgramRejected(
                f"{qubits} qubits on {self.name}; allowed: at most {MOST_QUBITS}", field="/system"
            )
        if IbmSettings.of(experiment.settings).primitive == ESTIMATOR:
            _check_estimator(experiment)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        ibm_settings.check(settings)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        """The longest that IBM is let run it, at the price of the pay-as-you-go plan."""
        return ibm_bound.cost(experiment, options)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Handle:
        began = time.monotonic()
        self.check(experiment, options)
        credential = self._credential()
        program = programs.prepare(experiment, options)
        if not program.parts:
            raise ProgramRejected(f"no point can be run: {next(iter(program.failures.values()))}")
        from backends.qpu import ibm_job

        name = ibm_job.send(
            program,
            experiment,
            options,
            token=token,
            credential=credential,
            bound=ibm_bound.bound(experiment, options),
            began=began,
        )
        return Handle(backend=self.name, remote_id=name)

    def fetch(self, handle: Handle) -> Report:
        from backends.qpu.ibm_queue import IbmQueue

        return IbmQueue.of(self._credential()).report(handle.remote_id)

    def charged(self, handle: Handle) -> Charge:
        from backends.qpu.ibm_queue import IbmQueue

        return IbmQueue.of(self._credential()).charged(handle.remote_id)

    def cancel(self, handle: Handle) -> None:
        from backends.qpu.ibm_queue import IbmQueue

        IbmQueue.of(self._credential()).cancel(handle.remote_id)

    def find(self, tag: str, since: datetime) -> list[Handle]:
        from backends.qpu.ibm_queue import IbmQueue

        names = IbmQueue.of(self._credential()).tagged(tag, since)
        return [Handle(backend=self.name, remote_id=name) for name in names]

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        from backends.qpu import ibm_anchors, ibm_result

        kept_job = IbmPayload.read(payload)
        own = IbmSettings.of(experiment.settings)
        program = programs.prepare(experiment, options)
        cut = tuple(shares(program, experiment))
        paid = ibm_bound.bound(experiment, options).circuits
        sent = ibm_anchors.riding(program, experiment, paid=paid)
        every = ibm_result.pubs(kept_job.result, own.primitive)
        size = ibm_anchors.results_of(cut, own)
        results, behind = (every[:size], every[size:]) if sent.anchors else (every, [])
        if own.primitive == ESTIMATOR:
            gains = ibm_estimate.factors((*cut, *sent.cut) if behind else cut)
            tables = ibm_result.values(results, program, cut, experiment.shape, gains=gains)
            answers = [
                Answer(*tables[state], _raw(one, experiment), None)
                for state, one in enumerate(states(program))
            ]
        else:
            seen = ibm_result.counts(results, cut, len(experiment.points), options.shots or 0, own)
            empty: Any = [[] for _ in experiment.points]
            answers = [
                _answer(one, seen.get(state, empty), experiment, options)
                for state, one in enumerate(states(program))
            ]
        answer = combined(program, answers)
        if own.primitive == ESTIMATOR:
            answer = ibm_result.answered(answer, program.failures)
        return Result(
            values=answer.values,
            std_errors=answer.std_errors,
            mixed_values=program.mixed_values,
            options=options,
            provenance=_provenance(
                program,
                kept_job,
                own,
                ibm_result.facts(results) | ibm_anchors.details(behind, sent, cut, options, own),
            ),
            raw=answer.raw,
            failures={**program.failures, **answer.failures},
            blocks=answer.blocks,
        )

    def _credential(self) -> IbmCredential:
        if not self._secret:
            raise CredentialRefused("no credential for ibm was given")
        return IbmCredential.read(self._secret)


def _check_estimator(experiment: Experiment) -> None:
    if experiment.method in programs.SOLVED:
        raise ProgramRejected(
            f"{experiment.method} needs counts; allowed: primitive = sampler",
            field="/settings/primitive",
        )
    if NOISE_GAIN in experiment.knobs and experiment.settings.get("resilience_level") == 2:
        raise ProgramRejected(
            "resilience_level = 2 extrapolates by itself; allowed with noise_gain: 0, 1",
            field="/settings/resilience_level",
        )
    system = programs.validate(experiment, RunOptions(shots=programs.MIN_SHOTS))
    projectors = getattr(system, "projectors", {})
    for index, name in enumerate(experiment.observables):
        if isinstance(projectors.get(name), Projector):
            raise ProgramRejected(
                f"{name} is read from counts; allowed: primitive = sampler",
                field=f"/observables/{index}",
            )


def _answer(program: Program, seen: Any, experiment: Experiment, options: RunOptions) -> Answer:
    """What one state's counts give."""
    if program.solver:
        raw = [kept(program, experiment, row, counts) for row, counts in enumerate(seen)]
        given = {row: counts[0] for row, counts in enumerate(seen) if counts}
        return solved(program, given, raw, experiment.shape, options)
    return counted(program, experiment, seen)


def _raw(program: Program, experiment: Experiment) -> list[dict[str, Any]]:
    rows = program.raw or [{} for _ in experiment.points]
    return [
        dict(own) | {"knobs": dict(zip(experiment.knobs, values.tolist(), strict=True))}
        for own, values in zip(rows, experiment.knob_values, strict=True)
    ]


def _provenance(
    program: Program, job: IbmPayload, own: IbmSettings, compiled: Mapping[str, Any]
) -> Provenance:
    began, ended = job.times
    return Provenance(
        backend=IbmBackend.name,
        versions={package: version(package) for package in PACKAGES},
        started_at=began,
        finished_at=max(began, ended),
        remote_id=str(job.job.get("id", "")),
        calibration_id=job.calibration_id,
        calibrated_at=job.calibrated_at,
        calibration=ibm_calibration.snapshot(job.device, job.properties),
        details=program.details()
        | {
            "device": job.device,
            "primitive": own.primitive,
            "resilience_level": own.resilience_level,
            "mode": own.mode,
            "transpiler_seed": 7,
            **compiled,
        },
    )
