"""What to measure next, as people read it: cost first, then what it is expected to bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backends.errors import BackendError
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import Estimate, job_estimate
from qtwin.jobs.services.estimate import FACTOR
from qtwin.projects.models import Observable, Project, Unit
from qtwin.projects.refusal import amount_text
from qtwin.twins.models import Recommendation
from qtwin.twins.recommendations import (
    RecommendationStale,
    accepted_job,
    choice_spec,
    recommendation_check,
    recommendation_requests,
)
from qtwin.twins.selectors import NoTwin
from qtwin.twins.services import recommendation_make
from qtwin.web.durations import duration
from qtwin.web.headline import symbol
from qtwin.web.numbers import digits_of, grouped, plain, significant
from qtwin.web.place import place_text

SHOWN = 5
"""Runs to choose from, the recommended one among them."""
ALIKE = 1.05
"""Gains per cost whose ratio is below count as the same."""
ALONE = (
    "New runs of references alone are expected to do better than runs of all sources. "
    "The errors here are of a curve from references alone; the twin’s own, above, is another."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One run, ready to print.

    Attributes:
        index: Among the choices of the recommendation.
        money: The most that it may cost, or that it costs none.
        paid: Whether it costs some.
        time: Expected, with its range.
        briefly: The same without it.
        prices: The price list that says so.
        queue: Before it in a vendor's queue; empty where there is none.
        now: Sigma of the whole curve.
        after: Expected after the run.
        here_now: Sigma where it measures.
        here_after: Expected there.
        refused: Why it would not be accepted now.
        approval: Why an approver must agree.
    """

    index: int
    source: str
    where: str
    detail: str
    money: str
    paid: bool
    time: str
    briefly: str
    prices: str
    queue: str
    now: str
    after: str
    here_now: str
    here_after: str
    refused: str
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """The card.

    Attributes:
        state: ``ready``, ``nothing`` to recommend, ``accepted``, or ``stale`` until the refit.
        sentence: Why there is nothing, or why it is stale.
        turn: How often it was accepted; a form sends it along, so that it makes one job.
        job: That came of it last.
        priced: Where prices come from.
        unknown: Sentences about sources that are not on offer.
        alone: Whether the sigmas are of a curve from references alone, not of the twin.
    """

    state: str
    unit: str
    sentence: str = ""
    recommendation: Recommendation | None = None
    turn: int = 0
    job: Job | None = None
    first: Choice | None = None
    others: tuple[Choice, ...] = ()
    why: str = ""
    notes: tuple[str, ...] = ()
    priced: str = ""
    unknown: tuple[str, ...] = ()
    alone: bool = False


def next_run(project: Project, observable: Observable, user: User) -> NextRun:
    """Ask the twin, which takes a second the first time.

    Raises:
        PredictorFailed: If it cannot be asked.
    """
    unit = symbol(observable.unit)
    try:
        found = recommendation_make(project, observable.name)
    except NoTwin:
        sentence = "The twin recommends runs once it has its first measurements."
        return NextRun(state="nothing", unit=unit, sentence=sentence)
    plan = found.plan
    if plan is None or not plan["choices"]:
        why = str(plan["notes"][-1]) if plan and plan["notes"] else found.refusal
        return NextRun(state="nothing", unit=unit, sentence=_sentence(why), recommendation=found)
    state, sentence, job = _standing(project, found)
    choices = _choices(project, found, user)
    return NextRun(
        state=state,
        unit=unit,
        sentence=sentence,
        recommendation=found,
        turn=len(recommendation_requests(found)),
        job=job,
        first=choices[0],
        others=tuple(choices[1:]),
        why=_why(project, plan),
        notes=tuple(map(_sentence, plan["notes"])),
        priced=_sentence(f"costs are {plan['pricing']['told']}"),
        unknown=_unknown(project, plan),
        alone=bool(plan["single_source"]),
    )


def _standing(project: Project, found: Recommendation) -> tuple[str, str, Job | None]:
    job = accepted_job(found)
    if job is not None and not job.is_terminal:
        return "accepted", "", job
    try:
        recommendation_check(project, found)
    except RecommendationStale:
        return "stale", "New evidence came in. The recommendation follows after the refit.", job
    return "ready", "", job


def _choices(project: Project, found: Recommendation, user: User) -> list[Choice]:
    labels = dict(project.sources.values_list("name", "label"))
    controls = list(project.controls.all())
    made = []
    for index, choice in enumerate(found.plan["choices"][:SHOWN]):
        told, refused = _estimate(project, found, choice, user)
        made.append(
            Choice(
                index=index,
                source=labels.get(choice["source"], choice["source"]),
                where=place_text(choice["at"], controls),
                detail=_detail(choice),
                money=_money(told),
                paid=told is not None and told.money > 0,
                time=f"{_time(told)}{_range(told)}",
                briefly=_time(told),
                prices=told.prices if told else "",
                queue=_queue(told),
                refused=refused,
                approval=told.approval if told else "",
                **_sigmas(choice),
            )
        )
    return made


def _estimate(
    project: Project, found: Recommendation, choice: Mapping[str, Any], user: User
) -> tuple[Estimate | None, str]:
    try:
        told = job_estimate(project=project, spec=choice_spec(found, choice, project), by=user)
    except (BackendError, LookupError) as error:
        return None, _sentence(str(error))
    return told, _sentence(str(told.refused)) if told.refused else ""


def _detail(choice: Mapping[str, Any]) -> str:
    shots = [f"{grouped(choice['shots'])} shots"] if choice["shots"] else []
    knobs = [
        f"{name.replace('_', ' ')} {value if isinstance(value, str) else significant(value, 3)}"
        for name, value in choice["knobs"].items()
    ]
    return ", ".join([*shots, *knobs])


def _money(told: Estimate | None) -> str:
    if told is None:
        return ""
    most = {
        Unit.MONEY: told.money,
        Unit.QPU_SECONDS: told.qpu_seconds,
        Unit.SHOTS: told.shots,
    }
    texts = [amount_text(micro, unit) for unit, micro in most.items() if micro]
    return f"at most {', '.join(texts)}" if texts else "no money"


def _time(told: Estimate | None) -> str:
    if told is None:
        return ""
    if told.known == told.points:
        return "at once, as it is known already"
    return f"about {duration(told.seconds)}"


def _range(told: Estimate | None) -> str:
    if told is None or told.known == told.points:
        return ""
    return f" ({duration(told.seconds / FACTOR)} to {duration(told.seconds * FACTOR)})"


def _queue(told: Estimate | None) -> str:
    if told is None or told.queue is None:
        return ""
    queue = told.queue
    jobs = "an unknown number of" if queue.jobs is None else grouped(queue.jobs)
    several = "" if queue.jobs == 1 else "s"
    return f"{jobs} job{several} in the queue of {queue.device} ({queue.state})"


def _sigmas(choice: Mapping[str, Any]) -> dict[str, str]:
    pairs = {"now": ("sigma_before", "sigma_after"), "here_now": ("here_before", "here_after")}
    texts = {}
    for name, keys in pairs.items():
        before, after = (float(choice[key]) for key in keys)
        texts[name] = plain(before, digits_of(before))
        texts[name.replace("now", "after")] = plain(after, digits_of(after))
    return texts


def _why(project: Project, plan: Mapping[str, Any]) -> str:
    """Beside the best run of another source, or with the rule that demanded a reference."""
    if plan["single_source"]:
        return ALONE
    first, *others = plan["choices"]
    told = "It lowers the error of the whole curve most for what it costs"
    because = "; ".join(plan["steps"][0]["why"].rstrip(".").split("; ")[2:])
    if because:
        return f"The twin asks for a reference first: {because}."
    if not others:
        return f"{told}; no other source can run now."
    other = others[0]
    label = project.sources.filter(name=other["source"]).values_list("label", flat=True).first()
    at = place_text(other["at"], list(project.controls.all()))
    rival = f"{label or other['source']} at {at}"
    ratio = first["gain_per_cost"] / max(other["gain_per_cost"], 1e-300)
    if ratio < ALIKE:
        return f"{told}, as much as {rival} would."
    return f"{told}: {_times(ratio)} as much as the next best, {rival}."


def _times(ratio: float) -> str:
    return f"{significant(ratio, 2)} times" if ratio < 1000 else "over 1,000 times"


def _unknown(project: Project, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for each reason, with the sources that it keeps away."""
    labels = dict(project.sources.values_list("name", "label"))
    together: dict[str, list[str]] = {}
    for name, why in plan["pricing"]["not_on_offer"].items():
        together.setdefault(why, []).append(labels.get(name, name))
    return tuple(f"{' · '.join(names)}: {_sentence(why)}" for why, names in together.items())


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
