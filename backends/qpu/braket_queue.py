"""What the queue of Amazon Braket is, whatever its tasks run: submit, ask, find, cancel."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from backends.base import Backend, Handle, shown_end
from backends.device_status import DeviceStatus
from backends.errors import BackendUnavailable, CredentialRefused, NotCreated, ProgramRejected
from backends.qpu import braket_bill, braket_bucket, braket_calibration
from backends.qpu.braket_credential import Credential
from backends.qpu.braket_device import Live
from backends.qpu.braket_devices import AQUILA, GATE, VENDOR, Device
from backends.qpu.braket_errors import asking, said, submitting
from backends.qpu.braket_limits import spendable
from backends.qpu.braket_payload import Payload
from backends.qpu.braket_session import CONNECT_S, READ_S, TAG, session
from backends.remote import Queue, RemoteStatus, Report, status_of
from backends.schema import CalibrationSnapshot, Experiment, Result, RunOptions

PREFIX = "qtwin"
"""Folder of all our results in the team's bucket."""
RESERVATION = "reservation"
WORDS = {
    "CREATED": RemoteStatus.WAITING,
    "QUEUED": RemoteStatus.WAITING,
    "RUNNING": RemoteStatus.RUNNING,
    "CANCELLING": RemoteStatus.RUNNING,
    "COMPLETED": RemoteStatus.COMPLETED,
    "FAILED": RemoteStatus.FAILED,
    "CANCELLED": RemoteStatus.CANCELLED,
}
TOKEN_LIFETIME_S = 3600.0
"""Amazon publishes none for Braket; the shortest that it publishes for a service is eight hours."""
MOST_PREPARED_S = TOKEN_LIFETIME_S / 2
"""A worker that was asleep for longer sends nothing: somebody else has the job by then."""
PAGE = 100
SKEW = timedelta(minutes=5)


def queue(max_points: int | None = None) -> Queue:
    """Facts about the queue."""
    return Queue(
        vendor=VENDOR,
        credential=VENDOR,
        request_timeout_s=CONNECT_S + READ_S,
        list_lag_s=120.0,
        token_lifetime_s=TOKEN_LIFETIME_S,
        max_points=max_points,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one POST asks for.

    Attributes:
        action: Program of the SDK, already in the vendor's language.
        shots: Of all circuits together.
        most_micro_usd: What was reserved for it.
    """

    action: Any
    shots: int
    most_micro_usd: int


class BraketQueue(Backend):
    """One task is one submission. A subclass writes tasks and reads their results."""

    known: tuple[Device, ...]
    """Devices that it may run on."""
    _credential: Credential | None = None
    _refusal = "no credential was given"

    @abstractmethod
    def task(self, experiment: Experiment, options: RunOptions, live: Live) -> Task:
        """The task of an experiment, checked against what the device says now.

        Raises:
            ProgramRejected: The device cannot run it.
            NotCreated: The device cannot run it now.
        """

    @abstractmethod
    def device(self, settings: Mapping[str, Any]) -> Device:
        """The device that a source uses."""

    @abstractmethod
    def read(self, payload: Payload, experiment: Experiment, options: RunOptions) -> Result:
        """Numbers of a result that is whole.

        Raises:
            ValueError: It is not what was asked for.
        """

    def authorise(self, secret: str) -> None:
        try:
            self._credential = Credential.parse(secret)
        except CredentialRefused as error:  # where it is needed it is refused
            self._credential, self._refusal = None, str(error)

    def recognise(self, secret: str) -> str:
        return shown_end(Credential.parse(secret).access_key_id)

    def devices(self) -> tuple[DeviceStatus, ...]:
        from backends.qpu import braket_offer

        return braket_offer.offer(self.known, self._keys, self._session)

    def calibration(self, device: str, at: datetime | None = None) -> CalibrationSnapshot | None:
        """Amazon keeps the newest only; None for a time before it."""
        known = next((one for one in self.known if one.name == device), None)
        if known is None:
            return None
        with asking():
            live = self._live(self._session(_region(known, self._keys)), known)
        found = braket_calibration.snapshot(device, live.calibration)
        taken = found.taken_at if found else None
        return None if at is not None and (taken is None or taken > at) else found

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Handle:
        began = time.monotonic()
        self.check(experiment, options)
        device = self.device(experiment.settings)
        reservation = experiment.settings.get(RESERVATION)
        try:
            made = self._session(_region(device, self._keys), token=token)
            live = self._live(made, device)
            task = self._task(experiment, options, live)
            if not device.simulator and not reservation:
                spendable(made, device, task.most_micro_usd)
        except (ProgramRejected, CredentialRefused, NotCreated):
            raise
        except BackendUnavailable as error:  # nothing was sent that could have made a task
            raise NotCreated(str(error)) from error
        if time.monotonic() - began > MOST_PREPARED_S:
            raise NotCreated(f"the program took longer than {MOST_PREPARED_S:g} s to prepare")
        with submitting():
            from braket.aws import AwsQuantumTask, AwsSession

            bucket = self._keys.bucket(made.region)
            sent = AwsQuantumTask.create(
                made,
                device.arn,
                task.action,
                AwsSession.S3DestinationFolder(bucket, PREFIX),
                task.shots,
                reservation_arn=reservation,
                quiet=True,
            )
            return Handle(backend=self.name, remote_id=sent.id)

    def fetch(self, handle: Handle) -> Report:
        with asking():
            made = self._session(_region_of(handle.remote_id))
            task = _task(made, handle.remote_id)
            word = str(task["status"])
            status = status_of(word, WORDS)
            if status is RemoteStatus.WAITING:
                return Report(status=status, word=self._place(made, task))
            if status is not RemoteStatus.COMPLETED:
                return Report(
                    status=status,
                    word=word,
                    cost_micro_usd=braket_bill.stopped(task, _known(task)),
                    message=str(task.get("failureReason", ""))[:300],
                )
            return self._completed(made, task)

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        return self.read(Payload.from_bytes(payload), experiment, options)

    def cancel(self, handle: Handle) -> None:
        from botocore.exceptions import ClientError

        with asking():
            made = self._session(_region_of(handle.remote_id))
            try:
                made.cancel_quantum_task(handle.remote_id)
            except ClientError as error:
                code, status, _ = said(error.response)
                if status not in {404, 409} and code != "ValidationException":
                    raise  # it has not ended

    def find(self, tag: str, since: datetime) -> list[Handle]:
        """Tasks are listed by time in every region of the credential; tags are compared here."""
        with asking():
            return [
                Handle(backend=self.name, remote_id=task["quantumTaskArn"])
                for region in self._keys.buckets
                for task in _listed(self._session(region).braket_client, since)
                if task.get("tags", {}).get(TAG) == tag
                and task["status"] not in {"CANCELLED", "CANCELLING"}
            ]

    @property
    def _keys(self) -> Credential:
        if self._credential is None:
            raise CredentialRefused(self._refusal)
        return self._credential

    def _session(self, region: str, *, token: str = "") -> Any:
        return session(self._keys, region, token=token)

    def _live(self, made: Any, device: Device) -> Live:
        with asking():
            return Live.of(device, made.get_device(device.arn))

    def _task(self, experiment: Experiment, options: RunOptions, live: Live) -> Task:
        try:
            return self.task(experiment, options, live)
        except (ProgramRejected, NotCreated):
            raise
        except Exception as error:
            raise ProgramRejected(
                f"the program cannot be written for {live.device.name}: {type(error).__name__}"
            ) from error

    def _place(self, made: Any, task: Mapping[str, Any]) -> str:
        """The vendor's word, the place in the queue, and when a closed device opens again."""
        words = [str(task["status"])]
        place = str((task.get("queueInfo") or {}).get("position", "None"))
        if place not in {"None", ""}:
            words.append(f"place {place}")
        device = _known(task)
        try:
            opens = None if device is None else self._live(made, device).opens(datetime.now(UTC))
        except (BackendUnavailable, CredentialRefused):
            opens = None
        if opens is not None:
            words.append(f"opens {opens:%a %H:%M} UTC")
        return ", ".join(words)

    def _completed(self, made: Any, task: Mapping[str, Any]) -> Report:
        """Copy everything now; what the device says comes first, so that nothing is read twice."""
        device = _known(task)
        try:
            live = None if device is None else self._live(made, device)
        except (BackendUnavailable, CredentialRefused):
            live = None
        objects, problem = braket_bucket.copied(made.s3_client, task)
        kept = Payload(
            task=task,
            calibration=live.calibration if live else {},
            objects=objects,
            problem=problem,
        )
        return Report(
            status=RemoteStatus.COMPLETED,
            word=str(task["status"]),
            payload=kept.to_bytes(),
            cost_micro_usd=braket_bill.completed(task, objects, device, live),
        )


def _task(made: Any, arn: str) -> Mapping[str, Any]:
    """As GetQuantumTask gives it."""
    try:
        task: Mapping[str, Any] = made.get_quantum_task(arn)
    except made.braket_client.exceptions.ResourceNotFoundException:
        raise BackendUnavailable(f"Amazon Braket knows no {arn} any more") from None
    return task


def _region(device: Device, keys: Credential) -> str:
    """Where a task of a device is created; a simulator is in all regions."""
    return device.region or next(iter(keys.buckets))


def _region_of(arn: str) -> str:
    return arn.split(":")[3]


def _known(task: Mapping[str, Any]) -> Device | None:
    """The device of a task, if we know it."""
    return {one.arn: one for one in (*GATE.values(), AQUILA)}.get(task["deviceArn"])


def _listed(client: Any, since: datetime) -> list[Mapping[str, Any]]:
    """Every task since a time."""
    moment = (since - SKEW).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    created = {"name": "createdAt", "operator": "GTE", "values": [moment]}
    found: list[Mapping[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = client.search_quantum_tasks(filters=[created], maxResults=PAGE, **more)
        found += page["quantumTasks"]
        if not page.get("nextToken"):
            return found
        more = {"nextToken": page["nextToken"]}
