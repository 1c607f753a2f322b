"""When what happened, as bars on one axis of time: the lanes of a job, or the jobs of a campaign.

Places and widths are percents of the axis, which begins at the first bar and ends at the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from qtwin.jobs.models import Attempt, Event, Job, State, Submission
from qtwin.web.durations import duration

PHASES = {
    State.QUEUED: ("Queued", "wait"),
    State.RUNNING: ("Running", "busy"),
    State.SUBMITTING: ("Submitting", "busy"),
    State.SUBMITTED: ("At the vendor", "away"),
    State.FETCHED: ("Collecting", "busy"),
    State.HOLD: ("Held", "held"),
}
"""What a job does in each state that ends, and the tone of its bar."""

TICKS = 5
STEPS_S = (
    *(10.0**power * step for power in (-3, -2, -1) for step in (1, 2, 5)),
    *(1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200),
)
DAY_S = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time; ``end`` is None while it lasts."""

    word: str
    tone: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Spans of one thing, in order.

    Attributes:
        link: Address of its page, if it has one.
        state: Shown state, for its icon; may be empty.
    """

    label: str
    spans: Sequence[Span]
    link: str = ""
    state: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """``x`` and ``width`` in percent; ``tip`` says what it is, with exact times."""

    tone: str
    x: float
    width: float
    tip: str
    at_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    lane: Lane
    bars: Sequence[Bar]
    took: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """``totals`` are words of the first lane with their tone and the time that went into each."""

    rows: Sequence[Row]
    ticks: Sequence[Tick]
    start: datetime
    totals: Sequence[tuple[str, str, str]]


def job_gantt(
    job: Job,
    events: Iterable[Event],
    attempts: Sequence[Attempt],
    submissions: Sequence[Submission],
    *,
    now: datetime | None = None,
) -> Gantt | None:
    """The states of a job, its attempts and what a vendor had of it."""
    lanes = [Lane(label="Job", spans=phases(job, events))]
    lanes += [
        Lane(
            label=f"Attempt {one.number}",
            note=one.outcome.replace("_", " "),
            spans=[
                Span(
                    word=f"{one.worker}: {one.outcome.replace('_', ' ') or 'at work'}",
                    tone="done" if one.outcome == "done" else "busy",
                    start=one.started_at,
                    end=one.ended_at,
                )
            ],
        )
        for one in attempts
    ]
    lanes += [
        Lane(
            label=f"{one.vendor} task {one.part + 1}",
            note=one.remote_status,
            spans=[
                Span(
                    word=f"{one.vendor}’s task {one.remote_id or ''}".strip(),
                    tone="away",
                    start=one.started_at,
                    end=one.settled_at,
                )
            ],
        )
        for one in submissions
    ]
    return gantt(lanes, now=now)


def phases(job: Job, events: Iterable[Event]) -> list[Span]:
    """What the job did from one change of its state to the next."""
    moves = [event for event in events if event.kind == "job.state" and event.to_state]
    ends = [event.created_at for event in moves[1:]]
    spans: list[Span] = []
    for event, end in zip(moves, [*ends, job.finished_at], strict=False):
        state = State(event.to_state)
        if state not in PHASES:
            continue
        word, tone = PHASES[state]
        if state == State.QUEUED and event.from_state not in {"", State.HOLD}:
            word = "Waiting to go on"
        if said := event.data.get("remote_status"):
            word = f"{word} ({said})"
        if spans and spans[-1].word == word:
            last = spans.pop()
            spans.append(Span(word=word, tone=tone, start=last.start, end=end))
        else:
            spans.append(Span(word=word, tone=tone, start=event.created_at, end=end))
    return spans


def run_spans(job: Job, *, ended: str) -> list[Span]:
    """A job as one waits for it: until its start, and from there to its end."""
    begun = job.started_at or job.finished_at
    spans = [Span(word="Waited", tone="wait", start=job.created_at, end=begun)]
    if job.started_at is not None:
        tone = {"succeeded": "done", "failed": "bad", "held": "held"}.get(ended, "busy")
        spans.append(
            Span(word=ended.capitalize(), tone=tone, start=job.started_at, end=job.finished_at)
        )
    return spans


def gantt(lanes: Sequence[Lane], *, now: datetime | None = None) -> Gantt | None:
    """Lanes on one axis; None when there is nothing on any."""
    spans = [span for lane in lanes for span in lane.spans]
    if not spans:
        return None
    now = now or datetime.now(UTC)
    start = min(span.start for span in spans)
    end = max(span.end or now for span in spans)
    length_s = max((end - start).total_seconds(), 1e-3)
    return Gantt(
        rows=[
            Row(
                lane=lane,
                bars=[_bar(span, start, now, length_s) for span in lane.spans],
                took=_took(lane.spans, now),
            )
            for lane in lanes
        ],
        ticks=ticks(length_s),
        start=start,
        totals=_totals(lanes[0].spans, now),
    )


def ticks(length_s: float) -> list[Tick]:
    """Round times after the start."""
    step = next((one for one in STEPS_S if length_s / one <= TICKS), None)
    if step is None:
        step = DAY_S * -(-length_s // (DAY_S * TICKS))
    count = int(length_s / step + 1e-9)
    return [
        Tick(
            x=round(100 * step * number / length_s, 3),
            label=f"+{duration(step * number)}" if number else "0",
            anchor="start"
            if not number
            else "end"
            if step * number > 0.93 * length_s
            else "middle",
        )
        for number in range(count + 1)
    ]


def _bar(span: Span, start: datetime, now: datetime, length_s: float) -> Bar:
    begun = (span.start - start).total_seconds()
    took = ((span.end or now) - span.start).total_seconds()
    x = round(100 * begun / length_s, 3)
    until = f"to +{duration(begun + took)}" if span.end else "and goes on"
    at = f"{span.start.astimezone(UTC):%H:%M:%S} UTC"
    tip = f"{span.word}: {duration(took)}, from +{duration(begun)} {until} ({at})"
    width = round(100 * max(took, 0) / length_s, 3)
    return Bar(tone=span.tone, x=x, width=width, tip=tip, at_end=x > 50)


def _took(spans: Sequence[Span], now: datetime) -> str:
    if not spans:
        return ""
    end = max(span.end or now for span in spans)
    return duration((end - spans[0].start).total_seconds())


def _totals(spans: Sequence[Span], now: datetime) -> list[tuple[str, str, str]]:
    sums: dict[tuple[str, str], float] = {}
    for span in spans:
        took = ((span.end or now) - span.start).total_seconds()
        sums[span.word, span.tone] = sums.get((span.word, span.tone), 0.0) + took
    return [(word, tone, duration(seconds)) for (word, tone), seconds in sums.items()]
