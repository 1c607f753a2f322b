"""The fourth step: everything in words, what it would take, and whether it begins at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from qtwin.jobs.services import Estimate
from qtwin.jobs.services.estimate import FACTOR
from qtwin.projects.models import ProjectDraft, Unit
from qtwin.projects.refusal import MICRO, amount_text
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.source_line import SourceLine
from qtwin.web.wizard.sources import SourcesStep
from qtwin.web.wizard.system import Typed
from qtwin.web.wizard.wrong import Wrong

STEP, START, SENT = "review", "start", "sent"
BUDGET, PAID, DESCRIPTION = "budget", "paid", "description"
LONGEST = 10_000
MOST_USD = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a source's part of the first campaign would take, as a job would be told."""

    line: SourceLine
    estimate: Estimate | None
    refused: str


@dataclass(slots=True)
class Total:
    """Of all sources; amounts are the most that may be taken, in micro-units."""

    lines: list[Expected] = field(default_factory=list)

    @property
    def estimates(self) -> list[Estimate]:
        return [line.estimate for line in self.lines if line.estimate is not None]

    @property
    def money(self) -> int:
        return sum(one.money for one in self.estimates)

    @property
    def costs(self) -> list[str]:
        """The most of each unit that budgets know; empty where it is free."""
        most = {
            Unit.MONEY: self.money,
            Unit.QPU_SECONDS: sum(one.qpu_seconds for one in self.estimates),
            Unit.SHOTS: sum(one.shots for one in self.estimates),
        }
        return [amount_text(micro, unit) for unit, micro in most.items() if micro]

    @property
    def least_s(self) -> float:
        return sum(one.seconds for one in self.estimates) / FACTOR

    @property
    def most_s(self) -> float:
        return sum(one.seconds for one in self.estimates) * FACTOR

    @property
    def points(self) -> int:
        return sum(one.points for one in self.estimates)

    @property
    def refused(self) -> list[Expected]:
        return [line for line in self.lines if line.refused]


class ReviewStep:
    """What the draft says last.

    Args:
        may_set_budget: Whether the user manages the team.
        may_pay: Whether the user owns it, and so may let sources cost money.
    """

    slug, title = STEP, "Review"

    def __init__(
        self, draft: ProjectDraft, sources: SourcesStep, *, may_set_budget: bool, may_pay: bool
    ) -> None:
        self.typed: Typed = draft.typed.get(STEP, {})
        self.sources = sources
        self.may_set_budget, self.may_pay = may_set_budget, may_pay
        self.wrong = Wrong()
        self.total = Total()
        self.budget = self._read_budget()
        if len(self.description) > LONGEST:
            self.wrong.add(
                DESCRIPTION,
                f"description has {len(self.description)} characters; allowed: at most {LONGEST}",
            )
        if self.starts and self.paid_lines and not self.pays:
            names = ", ".join(line.offer.label for line in self.paid_lines)
            self.wrong.add(PAID, f"{names} would cost money, and that is not allowed here yet")

    @property
    def sent(self) -> bool:
        return text_of(self.typed, SENT) == "on"

    @property
    def starts(self) -> bool:
        """Whether a first campaign begins at once."""
        wanted = text_of(self.typed, START) == "on" if self.sent else True
        return wanted and bool(self.sources.chosen)

    @property
    def description(self) -> str:
        return (
            text_of(self.typed, DESCRIPTION)
            if self.sent
            else self.sources.know.before.template.what
        )

    @property
    def budget_text(self) -> str:
        return text_of(self.typed, BUDGET)

    @property
    def paid_lines(self) -> list[SourceLine]:
        return [line for line in self.sources.chosen if line.paid]

    @property
    def pays(self) -> bool:
        """Whether sources may cost money."""
        return self.may_pay and text_of(self.typed, PAID) == "on"

    def _read_budget(self) -> int | None:
        """Micro-USD; None for no budget."""
        text = self.budget_text
        if not text or not self.may_set_budget:
            return None
        try:
            usd = Decimal(text)
        except InvalidOperation:
            usd = Decimal("NaN")
        if not (usd.is_finite() and 0 <= usd <= MOST_USD):
            self.wrong.add(
                BUDGET, f"Budget = {text!r:.40}; allowed: dollars from 0 to {MOST_USD:,}"
            )
            return None
        return int(usd * MICRO)
