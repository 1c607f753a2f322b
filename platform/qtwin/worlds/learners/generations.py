"""The generations of a training, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import World
from qtwin.worlds.learners.budget import Budget
from qtwin.worlds.learners.checkpoint import (
    Checkpoint,
    dump_checkpoint,
    identity_of,
    read_checkpoint,
)
from qtwin.worlds.learners.choice import FINALISTS, chosen
from qtwin.worlds.learners.curve import Row
from qtwin.worlds.learners.document import Plan
from qtwin.worlds.learners.optimiser import Ground, Optimiser, Optimisers
from qtwin.worlds.learners.training import ASKED, Progress, Training
from qtwin.worlds.learners.truths import OPTIMISER, Truths
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.policies.rollout import rollout


def cost_of(plan: Plan, policy: Policy) -> int:
    """Episodes of one generation: of its candidates and of the favourite, and what asking costs."""
    settings = cast("Optimisers", plan.settings)
    played = (settings.population(policy.architecture.size) + 1) * plan.episodes
    return played + settings.asking(plan.episodes)


@dataclass(slots=True, kw_only=True, eq=False)
class Generations:
    """A training under way.

    Attributes:
        policy: Its start, with the provenance of what comes of it.
        best: Candidate with the highest mean return so far, shape ``(dim,)``.
    """

    world: World
    plan: Plan
    policy: Policy
    budget: Budget
    truths: Truths
    optimiser: Optimiser
    best: FloatArray
    generation: int = 0
    curve: tuple[Row, ...] = ()

    @classmethod
    def of(
        cls, world: World, plan: Plan, policy: Policy, budget: Budget, checkpoint: bytes | None
    ) -> Generations:
        """At the beginning, or at a checkpoint.

        Raises:
            ProgramRejected: The budget is too small.
            ValueError: The checkpoint is of another training.
        """
        settings = cast("Optimisers", plan.settings)
        seed = cast("int", policy.provenance.seed)
        budget.check(cost_of(plan, policy), FINALISTS * plan.held_out)
        ground = Ground(
            start=policy.parameters,
            bound=1.0 if policy.kind == "open_loop" else None,
            seed=int(np.random.default_rng([seed, OPTIMISER]).integers(2**31)),
            world=world,
        )
        made = cls(
            world=world,
            plan=plan,
            policy=policy,
            budget=budget,
            truths=Truths.of(world, plan, seed),
            optimiser=settings.make(ground),
            best=policy.parameters,
        )
        if checkpoint is not None:
            kept = read_checkpoint(checkpoint, identity_of(policy))
            made.optimiser = settings.resume(ground, kept.state)
            made.best, made.generation, made.curve = kept.best, kept.generation, kept.curve
        return made

    def run(self, on_progress: Progress, clock: Callable[[], float]) -> Training:
        """To the end."""
        began = clock() - (self.curve[-1].seconds if self.curve else 0.0)
        checkpoint = self._checkpoint() if self.curve else b""
        stopped, last = self._over(clock() - began, 0.0), 0.0
        while not stopped:
            before = clock()
            row = self._step(lambda: clock() - began)
            checkpoint = self._checkpoint()
            last = clock() - before
            asked = on_progress(row, checkpoint) is False
            stopped = ASKED if asked else self._over(clock() - began, last)
        return self._end(stopped, checkpoint, lambda: clock() - began)

    def _step(self, seconds: Callable[[], float]) -> Row:
        episodes = self.truths.of_generation(self.generation)
        favourite = self.optimiser.favourite
        asked = self.optimiser.ask(episodes)
        played = np.concatenate([asked, favourite[None, :]])
        outcomes = rollout(
            self.world,
            self.policy,
            episodes.draws,
            seed=episodes.seed,
            truth=episodes.truth,
            parameters=played,
        )
        if not np.isfinite(outcomes.returns).all():
            raise ValueError(f"this {self.world.kind} world gave a return that is no finite number")
        scores = outcomes.returns[:-1].mean(axis=1)
        self.optimiser.tell(scores)
        first = int(np.argmax(scores))
        highest = self.curve[-1].best if self.curve else -np.inf
        if scores[first] > highest:
            self.best, highest = asked[first], float(scores[first])
        row = Row.of(
            outcomes.returns[-1],
            evaluations=self._evaluations + cost_of(self.plan, self.policy),
            seconds=seconds(),
            best=highest,
        )
        self.curve, self.generation = (*self.curve, row), self.generation + 1
        return row

    @property
    def _evaluations(self) -> int:
        return self.curve[-1].evaluations if self.curve else 0

    @property
    def _reserve(self) -> int:
        return FINALISTS * self.plan.held_out

    def _over(self, seconds: float, last: float) -> str:
        """Why no other generation may begin; empty when one may."""
        episodes = cost_of(self.plan, self.policy)
        if self._evaluations + episodes + self._reserve > self.budget.evaluations:
            return f"the budget of {self.budget.evaluations:g} evaluations is used up"
        if seconds + last * (1 + self._reserve / episodes) > self.budget.seconds:
            return f"the budget of {self.budget.seconds:g} s is used up"
        return self.optimiser.finished

    def _checkpoint(self) -> bytes:
        return dump_checkpoint(
            Checkpoint(
                identity=identity_of(self.policy),
                generation=self.generation,
                curve=self.curve,
                best=self.best,
                state=self.optimiser.state(),
            )
        )

    def _end(self, stopped: str, checkpoint: bytes, seconds: Callable[[], float]) -> Training:
        finalists = {
            "favourite": self.optimiser.favourite,
            "best_in_training": self.best,
            "start": self.policy.parameters,
        }
        policy, facts = chosen(
            self.world,
            self.policy,
            finalists,
            self.truths,
            generations=self.generation,
            evaluations=self._evaluations,
            stopped=stopped,
        )
        return Training(
            policy=policy,
            curve=self.curve,
            checkpoint=checkpoint,
            stopped=stopped,
            evaluations=self._evaluations + self._reserve,
            seconds=seconds(),
            choice=facts,
        )
