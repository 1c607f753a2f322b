"""What a campaign has cost so far, and the most that the jobs that it has made may cost."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.models.retry import Retry
from qtwin.jobs.models import BillCorrection, Job, Submission
from qtwin.jobs.states import TERMINAL
from qtwin.projects.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Micro-USD; ``most`` counts ended jobs by their bills and open ones by their estimates."""

    charged: int
    most: int


def campaign_costs(campaign: Campaign) -> Costs:
    """Of all jobs that it made, also those that were retried."""
    runs = campaign.runs.exclude(job=None).order_by().values("job")
    before = Retry.objects.filter(run__campaign=campaign).exclude(job=None).order_by()
    jobs = Job.objects.filter(Q(pk__in=runs) | Q(pk__in=before.values("job")))
    still = _sum(jobs.exclude(state__in=TERMINAL).aggregate(n=Sum("estimated_cost")))
    bills = Submission.objects.filter(job__in=jobs.values("pk"))
    charged, of_ended = _charged(bills), _charged(bills.filter(job__state__in=TERMINAL))
    return Costs(charged=charged, most=max(charged, of_ended + still))


def _charged(bills: QuerySet[Submission]) -> int:
    settled = _sum(bills.aggregate(n=Sum("settled_cost")))
    changes = BillCorrection.objects.filter(submission__in=bills.values("pk"), unit=Unit.MONEY)
    return settled + _sum(changes.aggregate(n=Sum(F("after") - F("before"))))


def _sum(found: dict[str, int | None]) -> int:
    return found["n"] or 0
