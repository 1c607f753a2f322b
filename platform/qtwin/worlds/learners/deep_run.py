"""A training by stable-baselines3 under way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import torch
from stable_baselines3 import PPO, SAC
from stable_baselines3.common.callbacks import BaseCallback

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.learners.budget import Budget
from qtwin.worlds.learners.checkpoint import (
    Checkpoint,
    dump_checkpoint,
    identity_of,
    read_checkpoint,
)
from qtwin.worlds.learners.choice import FINALISTS, chosen
from qtwin.worlds.learners.curve import Row
from qtwin.worlds.learners.deep import DeepSettings
from qtwin.worlds.learners.document import Plan
from qtwin.worlds.learners.network import parameters_of, set_parameters, set_state, state_of
from qtwin.worlds.learners.played_envs import PlayedEnvs
from qtwin.worlds.learners.training import ASKED, Progress, Training
from qtwin.worlds.learners.truths import OPTIMISER, Truths
from qtwin.worlds.policies.architecture import Mlp
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.policies.rollout import rollout

ENDLESS = 2**60
"""Steps; the callback ends the training."""


@dataclass(slots=True, kw_only=True, eq=False)
class DeepRun:
    """Networks, and what was learnt so far.

    Attributes:
        best: Parameters with the highest mean return of all rows.
    """

    world: World
    plan: Plan
    policy: Policy
    budget: Budget
    truths: Truths
    model: Any
    environments: PlayedEnvs
    best: FloatArray
    generation: int = 0
    curve: tuple[Row, ...] = ()
    stopped: str = ""
    checkpoint: bytes = b""
    _began: float = field(default_factory=time.monotonic)

    @classmethod
    def of(
        cls,
        world: World,
        plan: Plan,
        policy: Policy,
        budget: Budget,
        checkpoint: bytes | None,
    ) -> DeepRun:
        """At the beginning, or at a checkpoint.

        Raises:
            ProgramRejected: The budget is too small.
            ValueError: The policy is no ``mlp``, or the checkpoint is of another training.
        """
        architecture = policy.architecture
        if not isinstance(architecture, Mlp):
            raise ValueError(f"a start of kind {policy.kind}; allowed: mlp")
        settings = cast("DeepSettings", plan.settings)
        budget.check(_cost(plan), FINALISTS * plan.held_out)
        kept = None if checkpoint is None else read_checkpoint(checkpoint, identity_of(policy))
        generation = 0 if kept is None else kept.generation
        seed = cast("int", policy.provenance.seed)
        rng = np.random.default_rng([seed, OPTIMISER, generation])
        truths = Truths.of(world, plan, seed)
        environments = PlayedEnvs(
            world,
            settings.environments,
            architecture.scaling,
            draws=truths.training,
            truth=TRUTHS[1] if plan.nominal else TRUTHS[0],
            rng=rng,
        )
        with _global_state_kept():
            model = _model(plan, architecture, environments, int(rng.integers(2**31)))
            set_parameters(model, architecture, policy.parameters)
        made = cls(
            world=world,
            plan=plan,
            policy=policy,
            budget=budget,
            truths=truths,
            model=model,
            environments=environments,
            best=policy.parameters,
        )
        if kept is not None:
            set_state(model, kept.state)
            made.best, made.generation, made.curve = kept.best, kept.generation, kept.curve
            made._began -= kept.curve[-1].seconds
        return made

    def run(self, on_progress: Progress) -> Training:
        """To the end."""
        if self.curve:
            self.checkpoint = self._dump()
        self.stopped = self._over(0.0)
        if not self.stopped:
            with _global_state_kept():
                self.model.learn(ENDLESS, callback=_Rows(self, on_progress))
        self.environments.close()
        return self._end()

    def row(self, last: float, on_progress: Progress) -> bool:
        """Write a row after a generation that took some seconds; whether another may begin."""
        episodes = self.truths.of_generation(self.generation)
        parameters = parameters_of(self.model)
        returns = rollout(
            self.world,
            self.policy.with_parameters(parameters),
            episodes.draws,
            seed=episodes.seed,
            truth=episodes.truth,
        ).returns[0]
        highest = self.curve[-1].best if self.curve else -np.inf
        if returns.mean() > highest:
            self.best, highest = parameters, float(returns.mean())
        row = Row.of(
            returns,
            evaluations=self._evaluations + _cost(self.plan),
            seconds=time.monotonic() - self._began,
            best=highest,
        )
        self.curve, self.generation = (*self.curve, row), self.generation + 1
        self.checkpoint = self._dump()
        asked = on_progress(row, self.checkpoint) is False
        self.stopped = ASKED if asked else self._over(last)
        return not self.stopped

    @property
    def _evaluations(self) -> int:
        return self.curve[-1].evaluations if self.curve else 0

    def _over(self, last: float) -> str:
        reserve = FINALISTS * self.plan.held_out
        if self._evaluations + _cost(self.plan) + reserve > self.budget.evaluations:
            return f"the budget of {self.budget.evaluations:g} evaluations is used up"
        ahead = last * (1 + reserve / _cost(self.plan))
        if time.monotonic() - self._began + ahead > self.budget.seconds:
            return f"the budget of {self.budget.seconds:g} s is used up"
        return ""

    def _dump(self) -> bytes:
        return dump_checkpoint(
            Checkpoint(
                identity=identity_of(self.policy),
                generation=self.generation,
                curve=self.curve,
                best=self.best,
                state=state_of(self.model),
            )
        )

    def _end(self) -> Training:
        finalists = {
            "favourite": parameters_of(self.model),
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
            stopped=self.stopped,
        )
        versions = {"torch": str(torch.__version__)}
        training = {**policy.provenance.training, "versions": versions}
        return Training(
            policy=replace(policy, provenance=replace(policy.provenance, training=training)),
            curve=self.curve,
            checkpoint=self.checkpoint,
            stopped=self.stopped,
            evaluations=self._evaluations + FINALISTS * self.plan.held_out,
            seconds=time.monotonic() - self._began,
            choice=facts,
        )


class _Rows(BaseCallback):  # type: ignore[misc]  # the package is an extra, and has no types here
    """Counts episodes, and ends the training where no generation may follow."""

    def __init__(self, run: DeepRun, on_progress: Progress) -> None:
        super().__init__()
        self._run, self._progress = run, on_progress
        self._next = cast("DeepSettings", run.plan.settings).asking(0)
        self._due, self._at = self._next, time.monotonic()

    def _on_step(self) -> bool:
        return not self._run.stopped

    def _on_rollout_start(self) -> None:
        """Where the networks have been changed since the last transitions."""
        if self._run.environments.episodes < self._due:
            return
        self._due += self._next
        self._run.row(time.monotonic() - self._at, self._progress)
        self._at = time.monotonic()


def _cost(plan: Plan) -> int:
    """Episodes of one generation and of its row."""
    return cast("DeepSettings", plan.settings).asking(0) + plan.episodes


def _model(plan: Plan, architecture: Mlp, environments: PlayedEnvs, seed: int) -> Any:
    torch.set_num_threads(1)
    settings = cast("DeepSettings", plan.settings)
    hidden = list(architecture.hidden)
    shared: dict[str, Any] = {
        "learning_rate": settings.learning_rate,
        "gamma": settings.gamma,
        "seed": seed,
        "device": "cpu",
    }
    if plan.kind == "sac":
        return SAC(
            "MlpPolicy",
            environments,
            batch_size=settings.batch,
            buffer_size=settings.buffer,
            gradient_steps=-1,
            policy_kwargs={"activation_fn": torch.nn.Tanh, "net_arch": hidden},
            **shared,
        )
    steps = settings.rounds * environments.steps
    size = steps * settings.environments
    return PPO(
        "MlpPolicy",
        environments,
        n_steps=steps,
        batch_size=min(settings.batch, size),
        n_epochs=settings.epochs,
        ent_coef=settings.entropy,
        policy_kwargs={
            "activation_fn": torch.nn.Tanh,
            "net_arch": {"pi": hidden, "vf": [64, 64]},
        },
        **shared,
    )


@contextmanager
def _global_state_kept() -> Iterator[None]:
    """The package seeds NumPy's global generator; afterwards it is as it was."""
    state = np.random.get_state()  # noqa: NPY002 - the package uses it
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002 - as above
