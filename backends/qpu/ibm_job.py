"""One job: its PUBs, its options, and the single POST that makes it."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from backends.errors import (
    BackendError,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)
from backends.methods.program import Program
from backends.qpu import ibm_account, ibm_circuits, ibm_estimate
from backends.qpu.circuit_count import CIRCUITS
from backends.qpu.ibm_anchors import MOST_PUBS, Riding, configurations, pubs, riding
from backends.qpu.ibm_bound import Bound
from backends.qpu.ibm_credential import IbmCredential
from backends.qpu.ibm_settings import BATCH, ESTIMATOR, JOB, IbmSettings
from backends.qpu.ibm_share import Share, shares
from backends.schema import Experiment, RunOptions

if TYPE_CHECKING:
    from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService

    from backends.qpu.ibm_wire import Wire


def send(
    program: Program,
    experiment: Experiment,
    options: RunOptions,
    *,
    token: str,
    credential: IbmCredential,
    bound: Bound,
    began: float,
) -> str:
    """Make the job; its id.

    Args:
        began: When the submission began, by the monotonic clock.

    Raises:
        ProgramRejected: It cannot run on this device, or needs more than its bound.
        NotCreated: Nothing was sent.
        OutcomeUnknown: IBM may have the job.
        CredentialRefused: IBM refuses the key.
    """
    from backends.qpu.ibm_wire import Wire

    own, cut = IbmSettings.of(experiment.settings), tuple(shares(program, experiment))
    _check_bound(cut, bound)
    sent = riding(program, experiment, paid=bound.circuits)
    wire = Wire(began=began)
    service = ibm_account.service(credential, wire)
    device = _device(service, own, program.qubits)
    made = _pubs(program, cut, sent, device, own)
    with ExitStack() as stack, ibm_account.quietly():
        try:
            mode = _mode(device, own, stack)
            every = (*cut, *sent.cut)
            primitive = _primitive(mode, own, options, token=token, bound=bound, cut=every)
            job = primitive.run(made)
            return str(job.job_id())
        except BackendError:
            raise
        except Exception as error:  # the wire knows what happened, the client's words do not
            raise _failure(service, wire, error, credential) from None


def _check_bound(cut: tuple[Share, ...], bound: Bound) -> None:
    needed, paid = configurations(cut), bound.circuits
    if needed > paid:
        raise ProgramRejected(
            f"the points take {needed} circuits, and {paid} are paid for; allowed: {CIRCUITS} of a "
            "source not below what one point takes",
            field=f"/settings/{CIRCUITS}",
        )
    if pubs(cut) > MOST_PUBS:
        raise ProgramRejected(
            f"{pubs(cut)} circuits in one job; allowed: {MOST_PUBS}", field="/points"
        )


def _device(service: QiskitRuntimeService, own: IbmSettings, qubits: int) -> IBMBackend:
    """The device with its calibration of now.

    Raises:
        ProgramRejected: The instance has no such device, or it is too small.
        NotCreated: It could not be read.
    """
    with ibm_account.quietly():
        try:
            listed = service._active_api_client.list_backends()
            names = sorted(str(device["name"]) for device in listed)
            found: Any = service.backend(own.device) if own.device in names else None
            target = None if found is None else found.target
        except Exception as error:  # whatever the client makes of a bad answer
            raise NotCreated(f"{own.device} could not be read: {type(error).__name__}") from None
    if target is None:
        raise ProgramRejected(
            f"the instance has no device {own.device!r}; allowed: {', '.join(names) or 'none'}",
            field="/settings/device",
        )
    if qubits > found.num_qubits:
        raise ProgramRejected(
            f"{qubits} qubits on {own.device}; allowed: at most {found.num_qubits}",
            field="/system",
        )
    return found


def _pubs(
    program: Program, cut: tuple[Share, ...], sent: Riding, device: IBMBackend, own: IbmSettings
) -> list[Any]:
    """Those of the points, then those of the anchors."""
    level = own.optimization_level
    if own.primitive == ESTIMATOR:
        made = ibm_estimate.pubs(program, cut, device.target, level)
        if sent.anchors is not None:
            made += ibm_estimate.pubs(sent.anchors.program, sent.cut, device.target, level)
        return made
    made = []
    known: dict[Any, list[Any]] = {}
    for share in (*cut, *sent.cut):
        key = (share.circuit, share.bases)  # anchors have the same circuits
        if key not in known:
            known[key] = ibm_circuits.compiled(*key, device.target, level)
        for circuit in known[key]:
            ready = ibm_circuits.amplified(circuit, share)
            ready.metadata = ibm_circuits.facts(ready)
            if share.circuit.angles:
                made.append((ready, ibm_circuits.bindings(ready, share.angles)))
            else:
                made.extend([(ready,)] * len(share.rows))
    return made


def _mode(device: IBMBackend, own: IbmSettings, stack: ExitStack) -> Any:
    """The device itself, or a batch or session that takes no second job and ends with this one.

    Nothing is charged for an open batch; a session is charged until it closes, which IBM does by
    itself after its longest time, should this process die before it can.
    """
    from qiskit_ibm_runtime import Batch, Session

    if own.mode == JOB:
        return device
    kind = Batch if own.mode == BATCH else Session
    made = kind(backend=device, max_time=own.session_s)
    stack.callback(_close, made)
    return made


def _close(made: Any) -> None:
    with suppress(Exception):  # what is open still ends at its longest time
        made.close()


def _primitive(
    mode: Any,
    own: IbmSettings,
    options: RunOptions,
    *,
    token: str,
    bound: Bound,
    cut: tuple[Share, ...],
) -> Any:
    from qiskit_ibm_runtime.executor_estimator import Estimator
    from qiskit_ibm_runtime.executor_sampler import Sampler

    asked: dict[str, Any] = {
        "default_shots": options.shots,
        "max_execution_time": bound.qpu_s,
        "environment": {"job_tags": [token]},
        "twirling": {
            "enable_gates": own.gate_twirling or None,  # None is as the resilience level has it
            "enable_measure": own.measurement_twirling or None,
        },
    }
    if own.decoupling != "none":
        asked["dynamical_decoupling"] = {"enable": True, "sequence_type": own.decoupling}
    if own.primitive == ESTIMATOR:
        return Estimator(mode=mode, options=asked | ibm_estimate.options(own, cut))
    return Sampler(mode=mode, options=asked)


def _failure(
    service: QiskitRuntimeService, wire: Wire, error: Exception, credential: IbmCredential
) -> BackendError:
    """What went wrong: before the POST nothing was bought, whatever it was."""
    found: BackendError
    if wire.tried:
        found = wire.failure()
    elif not ibm_account.wired(service, wire):
        found = OutcomeUnknown("IBM's client went ways of its own; what it sent is not known")
    elif ibm_account.refuses(error):
        found = CredentialRefused("IBM refuses the credential")
    elif type(error).__name__ == "IBMInputValueError":
        found = ProgramRejected(f"IBM's client refuses the circuits: {error}")
    else:
        found = NotCreated(f"IBM's client failed before it sent the job: {type(error).__name__}")
    found.args = (credential.hide(str(found)),)
    return found
