"""A model of how one paid run is submitted, explored in every order of events.

Two workers, one job, and a vendor. Anything may happen between two steps of a worker: it is
killed, its lease runs out while it sleeps (for as long as it likes), the request or the answer is
lost, the vendor's list lags. Each step of a worker is one line of `workers.submit` and
`workers.collect`, with the guard of its UPDATE. `Rules` switches the guards off, one at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

IDLE = ("idle", False, "", 0)
"""A worker: what it does next, whether its fence is the row's, the token it sends, the run it heard
of. Which number a fence has does not matter, so worlds that differ in it only are one."""

Worker = tuple[str, bool, str, int]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The protocol; each default is what makes it safe.

    Attributes:
        tokens: The vendor recognises a token that it has seen.
        stable_token: Repetitions carry the token of the intent.
        fence: Every UPDATE checks the fence.
        intent: The intent is committed before anything is sent.
        doubt: A repetition that is refused proves nothing about the try before it.
        resume: Whoever takes over a job that was being submitted goes on with it.
        resubmit: Submit anew without a person when nothing is found.
        releases: How often a person lets go of a HOLD.
        quarantine: A release waits until no request can be on its way any more.
        crashes: How many workers are killed.
        naps: How many leases run out while their worker goes on.
        losses: How many requests or answers are lost, or refused.
    """

    tokens: bool = True
    stable_token: bool = True
    fence: bool = True
    intent: bool = True
    doubt: bool = True
    resume: bool = True
    resubmit: bool = False
    releases: int = 0
    quarantine: bool = True
    crashes: int = 1
    naps: int = 2
    losses: int = 2


class World(NamedTuple):
    """The row, the vendor, the workers, and what may still go wrong."""

    state: str = "QUEUED"
    epoch: int = 0
    holder: int = -1
    remote: int = 0
    settled: int = 0
    cancel: bool = False
    release: bool = False
    runs: tuple[tuple[str, str], ...] = ()  # token, status
    listed: int = 0
    sent: int = 0
    workers: tuple[Worker, Worker] = (IDLE, IDLE)
    crashes: int = 0
    naps: int = 0
    losses: int = 0
    releases: int = 0


def explore(rules: Rules, *, until: str = "") -> tuple[int, dict[str, list[World]]]:
    """Visit every world that can be reached.

    Args:
        until: Stop when this invariant is broken.

    Returns:
        How many there are, and for each broken invariant the shortest way to break it.
    """
    start = World(
        crashes=rules.crashes, naps=rules.naps, losses=rules.losses, releases=rules.releases
    )
    before: dict[World, World | None] = {start: None}
    leads_to: dict[World, list[World]] = {}
    broken: dict[str, World] = {}
    todo = deque([start])
    while todo:
        world = todo.popleft()
        for name in violations(world):
            broken.setdefault(name, world)
        if until in broken:
            break
        if len(live(world)) > 1:
            continue  # broken already; what follows does not matter
        for after in moves(world, rules):
            leads_to.setdefault(after, []).append(world)
            if after not in before:
                before[after] = world
                todo.append(after)
    good = _can_end(before, leads_to) if until not in broken else set(before)
    stuck = next((world for world in before if world not in good), None)
    if stuck is not None:
        broken["lost"] = stuck
    return len(before), {name: _trace(world, before) for name, world in broken.items()}


def _can_end(worlds: dict[World, World | None], leads_to: dict[World, list[World]]) -> set[World]:
    """Worlds from which the job can still end or come to a person."""
    good = {w for w in worlds if w.state in {"DONE", "CANCELLED", "HOLD"} or len(live(w)) > 1}
    todo = list(good)
    while todo:
        for world in leads_to.get(todo.pop(), ()):
            if world not in good:
                good.add(world)
                todo.append(world)
    return good


def _trace(world: World | None, before: dict[World, World | None]) -> list[World]:
    trace = []
    while world is not None:
        trace.append(world)
        world = before[world]
    return trace[::-1]


def live(world: World) -> list[tuple[str, str]]:
    """Runs that the vendor charges."""
    return [run for run in world.runs if run[1] != "cancelled"]


def violations(world: World) -> Iterator[str]:
    """Names of the invariants that do not hold."""
    charged = len(live(world))
    if charged > 1:
        yield "bought twice"
    if world.settled > 1:
        yield "settled twice"
    if world.state == "DONE" and (world.settled, charged) != (1, 1):
        yield "done, and spent is not the bill"
    if world.state == "CANCELLED" and charged:
        yield "cancelled, and charged"
    if world.runs and world.state == "QUEUED" and world.epoch == 0:
        yield "sent before the intent"


def moves(world: World, rules: Rules) -> Iterator[World]:
    """Every world that one event leads to."""
    yield from _fate(world)
    for me in range(2):
        pc, fenced, token, run = world.workers[me]
        if pc == "idle":
            if rules.resume or world.state != "SUBMITTING":
                yield from _claim(world, me)
            continue
        if world.crashes:
            yield _set(world, me, IDLE)._replace(crashes=world.crashes - 1)
        step = STEPS[pc]
        yield from step(Actor(world, rules, me, fenced, token, run))


def _fate(world: World) -> Iterator[World]:
    """What happens without a worker."""
    if world.holder >= 0:
        if world.workers[world.holder][0] == "idle":  # dead: its lease runs out
            yield world._replace(holder=-1)
        elif world.naps:
            yield world._replace(holder=-1, naps=world.naps - 1)
    if world.listed < len(world.runs):
        yield world._replace(listed=world.listed + 1)
    if not world.cancel and world.state in {"QUEUED", "SUBMITTING", "SUBMITTED", "HOLD"}:
        yield world._replace(cancel=True)
    if world.state == "HOLD" and not world.release and world.releases:
        yield world._replace(release=True, releases=world.releases - 1)


def _claim(world: World, me: int) -> Iterator[World]:
    wanted = world.state != "HOLD" or world.release or world.cancel
    if world.holder < 0 and world.state in FIRST and wanted:
        pc, _, token, run = world.workers[1 - me]
        stale = _set(world, 1 - me, (pc, False, token, run))
        yield _set(stale, me, (FIRST[world.state], True, "", 0))._replace(holder=me)


def _set(world: World, me: int, worker: Worker) -> World:
    workers = (worker, world.workers[1]) if me == 0 else (world.workers[0], worker)
    return world._replace(workers=workers)


class Actor(NamedTuple):
    """One worker about to take one step."""

    world: World
    rules: Rules
    me: int
    fenced: bool
    token: str
    run: int

    def to(self, pc: str, *, token: str = "", run: int = 0) -> World:
        return _set(self.world, self.me, (pc, self.fenced, token or self.token, run))

    def move(self, before: str, after: str, then: str = "idle", **more: object) -> World:
        """Compare-and-set; a worker that goes idle gives its lease back."""
        world = self.world
        if world.state != before or (self.rules.fence and not self.fenced):
            return _set(world, self.me, IDLE)
        worker = IDLE if then == "idle" else (then, self.fenced, self.token, 0)
        holder = -1 if then == "idle" and world.holder == self.me else world.holder
        return _set(world, self.me, worker)._replace(state=after, holder=holder, **more)  # type: ignore[arg-type]  # columns

    @property
    def intended(self) -> str:
        return f"e{self.world.epoch}"

    def found(self) -> list[int]:
        """Numbers of the listed runs of the epoch that are not cancelled."""
        return [
            number
            for number, (token, status) in enumerate(self.world.runs[: self.world.listed], 1)
            if token.startswith(self.intended) and status != "cancelled"
        ]

    def quarantined(self) -> bool:
        """Whether a request may still be on its way, or a run missing from the list."""
        if not self.rules.quarantine:
            return False
        on_its_way = any(w[0] in {"send", "repeat"} for w in self.world.workers)
        return on_its_way or self.world.listed < len(self.world.runs)


def _begin(actor: Actor) -> Iterator[World]:
    if actor.world.cancel:
        yield actor.move("QUEUED", "CANCELLED")
    elif actor.rules.intent:
        begun = actor.move("QUEUED", "SUBMITTING", "send")
        yield _with_token(begun, actor, "send")
    else:
        yield actor.to("send", token=actor.intended)


def _with_token(world: World, actor: Actor, pc: str) -> World:
    if world.workers[actor.me][0] != pc:
        return world
    return _set(world, actor.me, (pc, actor.fenced, actor.intended, 0))


def _resolve(actor: Actor) -> Iterator[World]:
    if actor.rules.tokens:
        yield actor.to("repeat", token=actor.intended)
        return
    found = actor.found()
    if len(found) == 1:
        yield actor.to("accept", run=found[0])
    elif found:
        yield actor.to("hold")
    elif actor.quarantined() and not actor.rules.resubmit:
        yield actor.move("SUBMITTING", "SUBMITTING")
    elif actor.rules.resubmit:
        if actor.world.listed == len(actor.world.runs):
            yield actor.move("SUBMITTING", "QUEUED", epoch=actor.world.epoch + 1)
    else:
        yield actor.to("hold")


def _send(actor: Actor) -> Iterator[World]:
    yield from _post(actor, refused="void")


def _repeat(actor: Actor) -> Iterator[World]:
    yield from _post(actor, refused="unsure" if actor.rules.doubt else "void")


def _post(actor: Actor, *, refused: str) -> Iterator[World]:
    """A request reaches the vendor or not, and so does its answer."""
    world, losses = actor.world, actor.world.losses
    if losses:
        yield actor.to("unsure")._replace(losses=losses - 1)
        yield actor.to(refused)._replace(losses=losses - 1)
    token = actor.token if actor.rules.stable_token else f"{actor.token}.{world.sent}"
    known = [n for n, run in enumerate(world.runs, 1) if actor.rules.tokens and run[0] == token]
    runs = world.runs if known else (*world.runs, (token, "queued"))
    number = known[0] if known else len(runs)
    sent = world.sent if actor.rules.stable_token else world.sent + 1
    yield actor.to("accept", run=number)._replace(runs=runs, sent=sent)
    if losses:
        yield actor.to("unsure")._replace(runs=runs, sent=sent, losses=losses - 1)


def _accept(actor: Actor) -> Iterator[World]:
    before = "SUBMITTING" if actor.rules.intent else "QUEUED"
    if actor.world.state == "HOLD":
        before = "HOLD"
    yield actor.move(before, "SUBMITTED", remote=actor.run, release=False)


def _unsure(actor: Actor) -> Iterator[World]:
    yield actor.move("SUBMITTING", "SUBMITTING")


def _void(actor: Actor) -> Iterator[World]:
    yield actor.move("SUBMITTING", "QUEUED", epoch=actor.world.epoch + 1)


def _hold(actor: Actor) -> Iterator[World]:
    yield actor.move("SUBMITTING", "HOLD")


def _released(actor: Actor) -> Iterator[World]:
    found = actor.found()
    if len(found) == 1:
        yield actor.to("accept", run=found[0])
    elif found or actor.quarantined():
        yield actor.move("HOLD", "HOLD")
    elif actor.world.cancel:
        yield actor.move("HOLD", "CANCELLED")
    else:
        yield actor.move("HOLD", "QUEUED", epoch=actor.world.epoch + 1, release=False)


def _poll(actor: Actor) -> Iterator[World]:
    """The vendor may have finished, or drops the run when it is asked to."""
    world = actor.world
    yield actor.to("finish")
    if world.cancel and world.state == "SUBMITTED":
        token, status = world.runs[world.remote - 1]
        if status == "queued":
            runs = list(world.runs)
            runs[world.remote - 1] = (token, "cancelled")
            yield actor.move("SUBMITTED", "SUBMITTED", runs=tuple(runs))


def _finish(actor: Actor) -> Iterator[World]:
    world = actor.world
    if world.state == "SUBMITTED" and world.runs[world.remote - 1][1] == "cancelled":
        yield actor.move("SUBMITTED", "CANCELLED")
        return
    runs = tuple(
        (token, "completed") if number == world.remote else (token, status)
        for number, (token, status) in enumerate(world.runs, 1)
    )
    yield actor.move("SUBMITTED", "DONE", settled=world.settled + 1, runs=runs)


FIRST = {"QUEUED": "begin", "SUBMITTING": "resolve", "SUBMITTED": "poll", "HOLD": "released"}
"""What a worker does first with a job in a state."""

STEPS = {
    "begin": _begin,
    "resolve": _resolve,
    "send": _send,
    "repeat": _repeat,
    "accept": _accept,
    "unsure": _unsure,
    "void": _void,
    "hold": _hold,
    "released": _released,
    "poll": _poll,
    "finish": _finish,
}
