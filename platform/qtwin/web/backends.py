"""Backends as lines of a page: what they can do, whether they would start, and how they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles
from typing import Any

from backends import registry
from backends.base import Backend
from backends.device_status import DeviceStatus
from backends.errors import ProgramRejected
from backends.installed import missing
from backends.prices import PriceTable, price_table
from backends.setting import Allowed, Between
from qtwin.jobs.models import State
from qtwin.projects.models import SourceRevision
from qtwin.projects.offers import Offers, Status
from qtwin.web.durations import duration
from qtwin.web.numbers import significant

LOOKED_AT = 1000
"""Newest jobs from which figures are taken."""

Ended = tuple[str, datetime | None, datetime | None]
"""A job's state, start and end."""

KINDS = {
    "classical": "Classical methods",
    "simulator": "Simulators",
    "qpu": "Quantum processors and their stand-ins",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a job would start, as an icon's state, a word, and what to do if it would not.

    Attributes:
        command: To type into a shell, if that is what to do.
    """

    state: str
    word: str
    why: str = ""
    next_step: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one's own jobs on a backend went, ready to print; ``count`` ended by themselves."""

    count: int
    failed: str
    typical: str
    slow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One backend of the list."""

    name: str
    title: str
    methods: Sequence[str]
    available: Availability
    price: str
    queue: int | None
    figures: Figures


def base_names() -> list[str]:
    """Backends without mitigation around them."""
    return [name for name in registry.names() if "+" not in name]


def kinds(offers: Offers, jobs: Mapping[str, Sequence[Ended]]) -> list[tuple[str, list[Line]]]:
    """Lines under the heading of their kind.

    Args:
        offers: What the user's teams see.
        jobs: Ended jobs of the user, by backend.
    """
    lines: dict[str, list[Line]] = {kind: [] for kind in KINDS}
    for name in base_names():
        backend = registry.get(name)
        line = _line(backend, offers, jobs.get(name, ()))
        lines[str(backend.capabilities.kind)].append(line)
    return [(KINDS[kind], found) for kind, found in lines.items() if found]


def _line(backend: Backend, offers: Offers, jobs: Sequence[Ended]) -> Line:
    devices = offers.devices(backend.name)
    queues = [device["queue"] for device in devices if device["queue"] is not None]
    return Line(
        name=backend.name,
        title=backend.title or backend.name,
        methods=backend.capabilities.methods,
        available=availability(backend.name, offers),
        price=price_words(backend),
        queue=min(queues, default=None),
        figures=figures(jobs),
    )


def availability(name: str, offers: Offers) -> Availability:
    """Whether a job on it would start now, and what to do if not."""
    if lacks := missing(name):
        extras = ",".join(lacks)
        return Availability(
            state="cancelled",
            word="Not installed",
            why=f"This server lacks the extra {extras}.",
            next_step="Install it where the workers run, then start them again:",
            command=f"pip install 'qtwin[{extras}]'",
        )
    status = offers.status(name)
    if status == Status.STOPPED:
        whys = "; ".join(why for why in offers.stopped(name) if why)
        advice = "An owner or admin of the team, or who runs the server, starts it again."
        return Availability(state="held", word="Stopped", why=whys, next_step=advice)
    vendor = _vendor(registry.get(name))
    return {
        Status.READY: Availability(state="succeeded", word="Ready"),
        Status.ONLINE: Availability(state="succeeded", word="Online"),
        Status.OFFLINE: Availability(
            state="held", word="Offline", why="None of its devices takes jobs now."
        ),
        Status.UNKNOWN: Availability(
            state="queued",
            word="Not known",
            why=f"{vendor} has named no device yet.",
            next_step="Test the key on the team’s page, then look again.",
        ),
        Status.NEEDS_CREDENTIAL: Availability(
            state="held",
            word="Needs a key",
            why=f"No team of yours has a key to {vendor}.",
            next_step=f"An owner or admin adds a key to {vendor} on the team’s page.",
        ),
    }[status]


def _vendor(backend: Backend) -> str:
    queue = backend.capabilities.queue
    return "" if queue is None else queue.credential


def prices(backend: Backend) -> PriceTable | None:
    """The price list that estimates use, where there is one."""
    try:
        return price_table(_vendor(backend)) if _vendor(backend) else None
    except ProgramRejected:
        return None


def price_words(backend: Backend) -> str:
    """``free``, or of which day the prices are."""
    if not backend.capabilities.paid:
        return "free"
    table = prices(backend)
    return "paid" if table is None else f"paid, by prices of {table.true_on:%d %b %Y}"


def figures(jobs: Iterable[Ended]) -> Figures:
    """Of those that ended by themselves: how many failed, and how long they took."""
    ended = [job for job in jobs if job[0] in {State.DONE, State.FAILED}]
    failed = sum(state == State.FAILED for state, _, _ in ended)
    took = [
        (finished - started).total_seconds()
        for state, started, finished in ended
        if state == State.DONE and started and finished
    ]
    return Figures(
        count=len(ended),
        failed=_percent(failed / len(ended)) if ended else "",
        typical=duration(median(took)) if took else "",
        slow=duration(slowest(took)) if took else "",
    )


def _percent(share: float) -> str:
    part = 100 * share
    return f"{part:.0f} %" if part >= 10 else f"{significant(part, 2)} %"


def slowest(took: Sequence[float]) -> float:
    """Within which 95 % lie, by linear interpolation; of one value, that value."""
    return quantiles(took, n=20, method="inclusive")[18] if len(took) > 1 else took[0]


def revisions_on(name: str) -> list[Any]:
    """Ids of the source revisions that run on it, with whatever mitigation."""
    rows = SourceRevision.objects.filter(backend=name) | SourceRevision.objects.filter(
        backend__endswith=f"+{name}"
    )
    return list(rows.order_by().values_list("pk", flat=True))


def limits(backend: Backend) -> list[tuple[str, str]]:
    """How much it takes at once, as terms and words."""
    able = backend.capabilities
    shots = "takes no shots" if able.max_shots is None else f"up to {able.max_shots:,}"
    if able.max_shots is not None and able.exact:
        shots += ", or the exact limit"
    return [
        ("Qubits", "as memory allows" if able.max_qubits is None else f"up to {able.max_qubits}"),
        ("Shots", shots),
    ]


def settings(backend: Backend) -> list[tuple[str, str, str]]:
    """Its knobs and settings: kind, name and what is allowed."""
    able = backend.capabilities
    found = [("knob", name, _between(low, high)) for name, low, high in able.knobs]
    return found + [("setting", name, _allowed(allowed)) for name, allowed in able.settings]


def _allowed(allowed: Allowed) -> str:
    if isinstance(allowed, Between):
        return _between(allowed.low, allowed.high)
    return "text" if allowed is None else ", ".join(map(str, allowed))


def _between(low: float, high: float) -> str:
    return f"{_plain(low)} to {_plain(high)}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else significant(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of a vendor, as a team sees it."""

    team: str
    as_of: datetime | None
    state: str
    said: DeviceStatus


DEVICE = {"online": "succeeded", "offline": "held", "retired": "cancelled"}


def devices(name: str, offers: Offers) -> list[Device]:
    """Its devices, by team."""
    return [
        Device(
            team=row["team"],
            as_of=row["as_of"],
            state=DEVICE[row["state"]],
            said=DeviceStatus.from_dict(row),
        )
        for row in offers.devices(name)
    ]
