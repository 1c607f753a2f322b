"""What one worker can do to the world in one step."""

from __future__ import annotations

from typing import NamedTuple

from tests.unit.jobs.remote.protocol.world import IDLE, Rules, World, with_worker


class Actor(NamedTuple):
    """One worker about to take one step."""

    world: World
    rules: Rules
    me: int
    fenced: bool
    token: str
    run: int

    def to(self, pc: str, *, token: str = "", run: int = 0) -> World:
        return with_worker(self.world, self.me, (pc, self.fenced, token or self.token, run))

    def move(self, before: str, after: str, then: str = "idle", **more: object) -> World:
        """Compare-and-set; a worker that goes idle gives its lease back."""
        world = self.world
        if world.state != before or (self.rules.fence and not self.fenced):
            return with_worker(world, self.me, IDLE)
        worker = IDLE if then == "idle" else (then, self.fenced, self.token, 0)
        holder = -1 if then == "idle" and world.holder == self.me else world.holder
        return with_worker(world, self.me, worker)._replace(state=after, holder=holder, **more)  # type: ignore[arg-type]  # columns

    @property
    def intended(self) -> str:
        return f"e{self.world.epoch}"

    @property
    def defies(self) -> bool:
        """Whether what is sent from now on is sent although that was turned off."""
        return self.world.defied or self.world.off

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
