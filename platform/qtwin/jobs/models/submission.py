"""One vendor task of a job: a Braket task or an IBM job."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qtwin.accounts.ids import new_id
from qtwin.jobs.models.job import Job
from qtwin.projects.models import Artifact, Unit


class Submission(models.Model):
    """Part ``part`` of a job covers ``rows`` points from ``first_row`` on.

    The token is committed before any byte is sent. ``remote_id``, ``raw`` and the settlement are
    written once. A part that was proven not to exist at the vendor, or that a person gave up, is
    VOID; then the part may be submitted anew, under the next epoch.
    """

    class State(models.TextChoices):
        SUBMITTING = "SUBMITTING"
        SUBMITTED = "SUBMITTED"
        FETCHED = "FETCHED"
        HOLD = "HOLD"
        DONE = "DONE"
        FAILED = "FAILED"
        CANCELLED = "CANCELLED"
        VOID = "VOID"

    OPEN = (State.SUBMITTING, State.SUBMITTED, State.FETCHED, State.HOLD)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="submissions")
    part = models.PositiveIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    first_row = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=1)
    token = models.CharField(max_length=80, unique=True)
    vendor = models.CharField(max_length=40)
    remote_id = models.CharField(  # noqa: DJ001 - unique once there is one
        max_length=200, null=True, blank=True
    )
    remote_status = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.SUBMITTING)
    tries = models.PositiveIntegerField(
        default=0, help_text="Unanswered tries to learn what became of it."
    )
    polls = models.PositiveIntegerField(default=0)
    eta = models.DateTimeField(null=True, blank=True, help_text="As the vendor estimates it.")
    raw = models.ForeignKey(Artifact, null=True, on_delete=models.PROTECT, related_name="+")
    estimated_cost = models.BigIntegerField(default=0, help_text="Micro-USD.")
    billed_cost = models.BigIntegerField(
        null=True, blank=True, help_text="Micro-USD, as the vendor says; null until it does."
    )
    settled_cost = models.BigIntegerField(
        null=True, blank=True, help_text="Micro-USD; later changes are its `BillCorrection` rows."
    )
    billed_qpu = models.BigIntegerField(
        null=True, blank=True, help_text="Microseconds of a QPU, as the vendor says."
    )
    settled_qpu = models.BigIntegerField(
        null=True, blank=True, help_text="Microseconds of a QPU; changes as for the cost."
    )
    bill_lag_s = models.FloatField(
        default=0, help_text="How long after its end the vendor may change its bill."
    )
    bill_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When its bill is looked at next; null for never again."
    )
    bill_checks = models.PositiveIntegerField(default=0, help_text="Who asks last, wins.")
    started_at = models.DateTimeField()
    cancel_sent_at = models.DateTimeField(null=True, blank=True)
    running_at = models.DateTimeField(
        null=True, blank=True, help_text="When the vendor first said that it runs, or has ended."
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["part", "epoch"]
        indexes = [
            models.Index(
                fields=["bill_due_at"],
                condition=Q(bill_due_at__isnull=False),
                name="submission_bill_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "part", "epoch"], name="submission_once"),
            models.UniqueConstraint(
                fields=["job", "part"], condition=~Q(state="VOID"), name="submission_live_once"
            ),
            models.UniqueConstraint(
                fields=["job"],
                condition=Q(state__in=["SUBMITTING", "SUBMITTED", "FETCHED", "HOLD"]),
                name="submission_open_once",
            ),
            models.UniqueConstraint(fields=["vendor", "remote_id"], name="remote_id_once"),
            models.CheckConstraint(
                condition=Q(settled_cost__isnull=True, settled_at__isnull=True)
                | Q(settled_cost__isnull=False, settled_at__isnull=False),
                name="submission_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["SUBMITTING", "SUBMITTED", "FETCHED", "HOLD"],
                    settled_at__isnull=True,
                )
                | Q(state__in=["DONE", "FAILED", "CANCELLED", "VOID"], settled_at__isnull=False),
                name="submission_settled_iff_over",
            ),
            models.CheckConstraint(
                condition=Q(state="FAILED")
                | Q(state__in=["SUBMITTING", "VOID"], remote_id__isnull=True)
                | Q(state="HOLD", remote_id__isnull=True, raw__isnull=True)
                | Q(state="HOLD", remote_id__isnull=False, raw__isnull=False)
                | Q(
                    state__in=["SUBMITTED", "FETCHED", "DONE", "CANCELLED"],
                    remote_id__isnull=False,
                ),
                name="submission_remote_id_iff_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["FETCHED", "DONE"]) | Q(raw__isnull=False),
                name="submission_raw_kept",
            ),
            models.CheckConstraint(
                condition=~Q(state="VOID") | Q(settled_cost=0), name="submission_void_is_free"
            ),
            models.CheckConstraint(
                condition=Q(bill_due_at=None)
                | Q(settled_at__isnull=False, remote_id__isnull=False),
                name="submission_bill_of_what_ended",
            ),
            models.CheckConstraint(
                condition=Q(cancel_sent_at__isnull=True) | Q(cancel_sent_at__gte=F("started_at")),
                name="submission_cancel_after_start",
            ),
        ]

    @property
    def cost(self) -> int | None:
        """Micro-USD that it costs as far as is known now; None before it is settled."""
        return self._now(Unit.MONEY, self.settled_cost)

    @property
    def qpu(self) -> int | None:
        """Microseconds of a QPU that it used as far as is known now; None before it is settled."""
        return self._now(Unit.QPU_SECONDS, self.settled_qpu)

    def _now(self, unit: Unit, settled: int | None) -> int | None:
        last = self.corrections.filter(unit=unit).order_by("-number").first()
        return settled if last is None else last.after
