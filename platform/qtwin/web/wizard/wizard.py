"""A draft, read through all of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backends.errors import ProgramRejected
from backends.methods.preview import needs_engine, written_out
from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_managed_by, teams_owned_by, teams_writable_by
from qtwin.projects.models import Preview, ProjectDraft
from qtwin.projects.services import TooManyPreviews, preview_ask
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.know import KnowStep
from qtwin.web.wizard.review import ReviewStep
from qtwin.web.wizard.sources import SourcesStep
from qtwin.web.wizard.system import TEAM, SystemStep

STEPS = ("system", "know", "sources", "review")
Step = SystemStep | KnowStep | SourcesStep | ReviewStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The system written out, or why it is not.

    Attributes:
        waits: Whether a worker is at it.
    """

    answer: dict[str, Any]
    waits: bool = False
    why: str = ""
    field: str = ""


class Wizard:
    """The steps of a draft; each is read when it is asked for."""

    def __init__(self, draft: ProjectDraft, user: User) -> None:
        self.draft, self.user = draft, user

    @cached_property
    def teams(self) -> list[Team]:
        """Where the user may make projects."""
        return list(teams_writable_by(self.user).order_by("name"))

    @cached_property
    def team(self) -> Team | None:
        """The one that is chosen; None if the user may not make projects there."""
        wanted = text_of(self.draft.typed.get("system", {}), TEAM)
        found = next((team for team in self.teams if str(team.pk) == wanted), None)
        return found or (self.teams[0] if self.teams and not wanted else None)

    @cached_property
    def system(self) -> SystemStep:
        step = SystemStep(self.draft)
        if self.team is None:
            names = ", ".join(team.name for team in self.teams) or "none"
            step.wrong.add(TEAM, f"You may make no projects in this team; allowed: {names}")
        return step

    @cached_property
    def written(self) -> Written:
        """The system written out; what is wrong with a circuit is then wrong with the step."""
        if self.system.system is None:
            return Written(answer={})
        if not needs_engine(self.system.system):
            try:
                return Written(answer=written_out(self.system.system))
            except ProgramRejected as error:
                return Written(answer={}, why=str(error), field=error.field)
        try:
            row = preview_ask(self.system.document, by=self.user)
        except TooManyPreviews as error:
            return Written(answer={}, waits=True, why=str(error))
        if row.outcome == Preview.Outcome.REFUSED and row.field == "/qasm":
            self.system.wrong.add("document" if self.system.editor else "/qasm", row.detail)
        return Written(
            answer=row.answer,
            waits=row.outcome == Preview.Outcome.OPEN,
            why=row.detail,
            field=row.field,
        )

    @cached_property
    def know(self) -> KnowStep:
        return KnowStep(self.draft, self.system)

    @cached_property
    def sources(self) -> SourcesStep:
        return SourcesStep(self.draft, self.know, user=self.user, team=self.team)

    @cached_property
    def review(self) -> ReviewStep:
        team = self.team
        return ReviewStep(
            self.draft,
            self.sources,
            may_set_budget=team in teams_managed_by(self.user),
            may_pay=team in teams_owned_by(self.user),
        )

    def step(self, slug: str) -> Step:
        step: Step = getattr(self, slug)
        return step

    def blocked(self, slug: str) -> str:
        """The first step before this one in which something is wrong; empty for none."""
        before = STEPS[: STEPS.index(slug)]
        return next((one for one in before if self.wrong_in(one)), "")

    def wrong_in(self, slug: str) -> bool:
        """Whether something is wrong in a step, as far as is known yet."""
        if slug == "system":
            _ = self.written
        return bool(self.step(slug).wrong)
