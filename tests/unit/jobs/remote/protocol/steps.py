"""Each step of a worker: one line of `workers.submit` or `workers.collect`, with its guard."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.jobs.remote.protocol.actor import Actor
from tests.unit.jobs.remote.protocol.world import IDLE, World, with_worker


def _begin(actor: Actor) -> Iterator[World]:
    if actor.world.cancel:
        yield actor.move("QUEUED", "CANCELLED")
    elif actor.world.off and actor.rules.heed:
        yield with_worker(actor.world, actor.me, IDLE)
    elif actor.rules.intent:
        begun = actor.move("QUEUED", "SUBMITTING", "send")
        yield _with_token(begun, actor, "send")._replace(defied=actor.defies)
    else:
        yield actor.to("send", token=actor.intended)


def _with_token(world: World, actor: Actor, pc: str) -> World:
    if world.workers[actor.me][0] != pc:
        return world
    return with_worker(world, actor.me, (pc, actor.fenced, actor.intended, 0))


def _resolve(actor: Actor) -> Iterator[World]:
    heeds = actor.world.off and actor.rules.heed
    if actor.rules.tokens and not heeds:
        yield actor.to("repeat", token=actor.intended)._replace(defied=actor.defies)
        return
    found = actor.found()
    if len(found) == 1:
        yield actor.to("accept", run=found[0])
    elif found:
        yield actor.to("hold")
    elif actor.rules.tokens or (actor.quarantined() and not actor.rules.resubmit):
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
