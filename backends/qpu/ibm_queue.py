"""How a job stands at IBM: its status, what it used, and its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backends import remote
from backends.errors import BackendUnavailable, CredentialRefused
from backends.prices import price_table
from backends.qpu import ibm_account
from backends.qpu.ibm_bound import PLAN
from backends.qpu.ibm_credential import IbmCredential
from backends.qpu.ibm_payload import IbmPayload, moment
from backends.remote import Charge, RemoteStatus, Report, status_of

if TYPE_CHECKING:
    from qiskit_ibm_runtime.api.client import RuntimeClient

WORDS = {
    "QUEUED": RemoteStatus.WAITING,
    "RUNNING": RemoteStatus.RUNNING,
    "COMPLETED": RemoteStatus.COMPLETED,
    "FAILED": RemoteStatus.FAILED,
    "CANCELLED": RemoteStatus.CANCELLED,
    "CANCELLED - RAN TOO LONG": RemoteStatus.FAILED,
}
TOO_LONG = 1305
"""Reason of a job that IBM cancelled at its longest time."""
PAGE = 50
KEPT = ("id", "backend", "created", "state", "tags")
CHUNK = 1 << 16
GONE, ENDED = 404, 409


@dataclass(frozen=True, slots=True)
class IbmQueue:
    """Jobs of one instance."""

    client: RuntimeClient
    credential: IbmCredential

    @classmethod
    def of(cls, credential: IbmCredential) -> IbmQueue:
        return cls(ibm_account.reader(credential), credential)

    def report(self, name: str) -> Report:
        """As `backends.base.Backend.fetch`."""
        job = self._document(f"/jobs/{name}", name, exclude_params="true")
        status, word, message = _standing(job)
        metrics = self._document(f"/jobs/{name}/metrics", name)
        if status in {RemoteStatus.WAITING, RemoteStatus.RUNNING}:
            return Report(status=status, word=word, wait_s=_wait_s(metrics))
        self._close_session(job)
        charge = _charge(self._used_s(job, metrics))
        payload = self._payload(name, job, metrics) if status is RemoteStatus.COMPLETED else None
        return Report(
            status=status,
            word=word,
            payload=payload,
            message=self.credential.hide(message),
            qpu_seconds=charge.qpu_seconds,
            cost_micro_usd=charge.cost_micro_usd,
        )

    def charged(self, name: str) -> Charge:
        """Of an ended job; nothing is said until IBM has counted what it used."""
        job = self._document(f"/jobs/{name}", name, exclude_params="true")
        return _charge(self._used_s(job, self._document(f"/jobs/{name}/metrics", name)))

    def tagged(self, tag: str, since: datetime) -> list[str]:
        """Ids of jobs with this tag that are not cancelled."""
        found: list[str] = []
        first = 0
        while True:
            with self._reading():
                page = self.client.jobs_get(
                    limit=PAGE, skip=first, job_tags=[tag], created_after=since.astimezone(UTC)
                )
            jobs = page["jobs"]
            found += [job["id"] for job in jobs if tag in job["tags"] and not _cancelled(job)]
            first += len(jobs)
            if not jobs or first >= page["count"]:
                return found

    def cancel(self, name: str) -> None:
        """Ask IBM to; one that ended takes no harm."""
        with self._reading(name, fine=ENDED):
            self.client.job_cancel(name)

    def _document(self, path: str, name: str, **params: str) -> dict[str, Any]:
        with self._reading(name):
            found = self.client._session.get(path, params=params).json()
        if not isinstance(found, dict):
            raise BackendUnavailable(f"IBM said nothing of job {name}")
        return found

    def _payload(self, name: str, job: dict[str, Any], metrics: dict[str, Any]) -> bytes:
        """The result last: IBM may forget it once it was read."""
        kept = {key: job[key] for key in KEPT if key in job}
        properties = self._properties(job, metrics)
        raw, whole = self._result(name)
        made = IbmPayload(job=kept, metrics=metrics, properties=properties, result=raw, whole=whole)
        return made.written()

    def _properties(self, job: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
        """The device's calibration when the job ran; none where IBM has none, or does not answer.

        A result that is paid never waits for it.
        """
        stamps = metrics.get("timestamps") or {}
        at = stamps.get("running") or stamps.get("finished")
        try:
            return self.properties(str(job.get("backend", "")), moment(at) if at else None)
        except (BackendUnavailable, CredentialRefused):
            return {}

    def properties(self, device: str, at: datetime | None = None) -> dict[str, Any]:
        """What IBM says of a device's errors at a time, or now; nothing where it has nothing."""
        found: Any = {}
        with self._reading(device, fine=GONE):
            found = self.client.backend_properties(device, datetime=at) or {}
        if not isinstance(found, dict):
            raise BackendUnavailable(f"IBM said nothing of {device}")
        return found

    def _result(self, name: str) -> tuple[bytes, bool]:
        """Its bytes, no more than are kept, and whether these are all."""
        most = remote.MOST_PAYLOAD_BYTES
        with self._reading(name):
            answer = self.client._session.get(f"/jobs/{name}/results", stream=True)
            raw = bytearray()
            for piece in answer.iter_content(CHUNK):
                raw += piece
                if len(raw) > most:
                    answer.close()
                    return bytes(raw[:most]), False
        if not raw:
            raise BackendUnavailable(f"IBM has no result of job {name} yet")
        return bytes(raw), True

    def _close_session(self, job: dict[str, Any]) -> None:
        """A session that is still open costs by the second."""
        if session := job.get("session_id"):
            with suppress(Exception):  # it ends at its longest time all the same
                self.client.close_session(session)

    def _used_s(self, job: dict[str, Any], metrics: dict[str, Any]) -> float | None:
        """QPU seconds that are charged; None until IBM has counted them."""
        if not (metrics.get("timestamps") or {}).get("running"):
            return 0.0
        if session := job.get("session_id"):
            found = self._document(f"/sessions/{session}", str(session))
            if found.get("mode") == "dedicated":
                closed = found.get("state") == "closed"
                return _number(found.get("elapsed_time")) if closed else None
        usage = metrics.get("usage") or {}
        if usage.get("status", "pending") == "pending" and "quantum_seconds" not in usage:
            return None
        return _number(usage.get("qpu_charge_time_seconds", usage.get("quantum_seconds")))

    @contextmanager
    def _reading(self, name: str = "", *, fine: int | None = None) -> Iterator[None]:
        """Say what a failed request means; with ``fine``, that one status is no failure."""
        from qiskit_ibm_runtime.exceptions import IBMError

        try:
            with ibm_account.quietly():
                yield
        except (CredentialRefused, BackendUnavailable):
            raise
        except Exception as error:
            status = getattr(error, "status_code", -1)
            if status == fine:
                return
            if ibm_account.refuses(error):
                raise CredentialRefused("IBM refuses the credential") from None
            if status == GONE:
                raise BackendUnavailable(
                    f"IBM has no {name or 'such list'}: forgotten by IBM, or of another instance"
                ) from None
            if not isinstance(error, IBMError | OSError | ValueError | KeyError | TypeError):
                raise
            about = f" about {name}" if name else ""
            raise BackendUnavailable(f"IBM did not answer{about}: {type(error).__name__}") from None


def _standing(job: dict[str, Any]) -> tuple[RemoteStatus, str, str]:
    """Status, IBM's word for it, and why."""
    state = job.get("state") or {}
    word = str(state.get("status", ""))
    status = status_of(word.upper(), WORDS)
    reason = str(state.get("reason") or "")
    code = state.get("reason_code") or state.get("reasonCode")
    if status is RemoteStatus.CANCELLED and code == TOO_LONG:
        status = RemoteStatus.FAILED
    why = f"IBM says {word}" + (f": {reason[:400]}" if reason else "")
    return status, word, why if status is RemoteStatus.FAILED else ""


def _cancelled(job: dict[str, Any]) -> bool:
    status = str((job.get("state") or {}).get("status") or job.get("status", "")).upper()
    return status == "CANCELLED"


def _wait_s(metrics: dict[str, Any]) -> float | None:
    """Until the time at which IBM expects the end."""
    at = metrics.get("estimated_completion_time") or metrics.get("estimated_start_time")
    if at is None:
        return None
    return max(0.0, (moment(at) - datetime.now(UTC)).total_seconds())


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _charge(seconds: float | None) -> Charge:
    if seconds is None:
        return Charge()
    money = price_table("ibm").price(PLAN).most(tasks=1, shots=0, seconds=seconds)
    return Charge(cost_micro_usd=money, qpu_seconds=seconds)
