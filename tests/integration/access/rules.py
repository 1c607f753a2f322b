"""Who may call what. A route without a line here fails the matrix."""

from __future__ import annotations

from enum import Enum

from qtwin.accounts.models import Role


class Rule(Enum):
    """Who is let through; everybody else of the signed-in is answered 404 or 403."""

    ANYONE = "whoever asks, signed in or not"
    SIGNED_IN = "whoever is signed in, about what is theirs"
    MEMBER = "viewer, operator, admin, owner"
    WRITER = "operator, admin, owner"
    MANAGER = "admin, owner"
    OWNER = "owner"
    APPROVER = "who may approve spending"
    GUEST = "whom the project let in, and who is not in its team"


ROLES = {
    Rule.MEMBER: set(Role),
    Rule.WRITER: {Role.OPERATOR, Role.ADMIN, Role.OWNER},
    Rule.MANAGER: {Role.ADMIN, Role.OWNER},
    Rule.OWNER: {Role.OWNER},
    Rule.APPROVER: {Role.OWNER},  # of the scene's team only its owner has the right
}

V1 = "api/v1/"
PROJECT, JOB = "projects/<uuid:project_id>", "jobs/<uuid:job_id>"
TEAM, MEASUREMENT = "teams/<uuid:team_id>", "measurements/<uuid:measurement_id>"
CAMPAIGN, SCHEDULE = "campaigns/<uuid:campaign_id>", "schedules/<uuid:schedule_id>"
WORLD, TRAINING = "worlds/<uuid:world_id>", "training-runs/<uuid:run_id>"
LOOP = "loops/<uuid:loop_id>"
CLASSIFIER = "classifiers/<uuid:classifier_id>"
POLICY, REPORT = "policies/<uuid:policy_id>", "transfer-reports/<uuid:report_id>"
CREDENTIAL = f"{TEAM}/credentials/<uuid:credential_id>"

WEBHOOK = f"{TEAM}/webhooks/<uuid:webhook_id>"

RULES = {
    Rule.ANYONE: ("GET schema", "GET docs", "POST invitations:accept"),
    Rule.SIGNED_IN: (
        "GET me",
        "GET search",
        "PATCH me",
        "DELETE me",
        "GET me/export",
        "GET me/tokens",
        "GET me/mentions",
        "POST me/mentions:read",
        "POST me/tokens",
        "GET teams",
        "POST teams",
        "GET backends",
        "GET backends/<str:name>",
        "POST backends/<str:name>:validate",
        "GET backends/<str:name>/calibrations",
        "GET projects",
        "GET jobs",
        "GET campaigns",
        "GET worlds",
        "GET training-runs",
        "GET policies",
        "GET transfer-reports",
        "GET events",
        "GET imports",
        "POST projects",
        "POST jobs:cancel",
        "POST jobs:retry",
        "POST projects:import",
    ),
    Rule.MEMBER: (
        f"GET {TEAM}",
        f"POST {TEAM}:leave",
        f"GET {TEAM}/members",
        f"GET {TEAM}/devices",
        f"GET {PROJECT}",
        f"GET {PROJECT}/members",
        f"GET {PROJECT}/rights",
        f"GET {PROJECT}/comments",
        f"POST {PROJECT}/comments",
        f"GET {PROJECT}/note",
        "GET comments/<uuid:comment_id>",
        f"GET {PROJECT}/budgets",
        f"GET {PROJECT}/ledger",
        f"GET {PROJECT}/spending",
        f"GET {PROJECT}/sources",
        f"GET {PROJECT}/sources/<slug:name>",
        f"GET {PROJECT}/jobs",
        f"GET {PROJECT}/events",
        f"GET {PROJECT}/controls",
        f"GET {PROJECT}/observables",
        f"GET {PROJECT}/twin/calibration",
        f"GET {PROJECT}/twin/conflicts",
        f"GET {JOB}/attempts",
        f"GET {JOB}/logs",
        f"GET {JOB}/provenance",
        f"GET {JOB}/raw",
        f"GET {JOB}/raw/<slug:sha256>",
        f"GET {JOB}/waiting-reason",
        f"GET {PROJECT}/measurements",
        f"GET {PROJECT}/datasets",
        "GET datasets/<uuid:dataset_id>",
        f"GET {PROJECT}/campaigns",
        f"GET {PROJECT}/schedules",
        f"GET {PROJECT}/export",
        f"GET {PROJECT}/twin",
        f"GET {PROJECT}/twin/curve",
        f"GET {PROJECT}/twin/surface",
        f"GET {PROJECT}/twin/versions",
        f"GET {PROJECT}/twin/versions/<int:number>",
        f"GET {PROJECT}/twin/versions/<int:number>:changes",
        f"POST {PROJECT}/estimate",
        f"POST {PROJECT}/twin:predict",
        f"POST {PROJECT}/twin:samples",
        f"POST {PROJECT}/twin:derivatives",
        f"POST {PROJECT}/twin:functionals",
        f"POST {PROJECT}/twin:plan",
        f"GET {JOB}",
        f"GET {JOB}/events",
        f"GET {JOB}/measurements",
        f"GET {JOB}/identity",
        f"GET {JOB}/replay-report",
        f"GET {MEASUREMENT}/provenance",
        f"GET {MEASUREMENT}/covariance",
        f"GET {MEASUREMENT}/raw",
        f"GET {CAMPAIGN}",
        f"GET {CAMPAIGN}/entries",
        f"GET {CAMPAIGN}/decisions",
        f"GET {SCHEDULE}",
        f"GET {PROJECT}/worlds",
        f"GET {PROJECT}/classifiers",
        f"GET {CLASSIFIER}",
        f"GET {WORLD}",
        f"GET {WORLD}/posterior",
        f"GET {WORLD}/training-runs",
        f"GET {WORLD}/policies",
        f"GET {WORLD}/loops",
        f"GET {LOOP}",
        f"GET {TRAINING}",
        f"GET {TRAINING}/curve",
        f"GET {TRAINING}/checkpoints",
        f"GET {POLICY}",
        f"GET {POLICY}/artifact",
        f"GET {POLICY}/transfer-reports",
        f"GET {REPORT}",
        "GET evaluations/<uuid:evaluation_id>",
        "GET backends/<str:name>/calibrations/<int:calibration_id>",
        "GET imports/<uuid:import_id>",
    ),
    Rule.WRITER: (
        f"DELETE {PROJECT}",
        f"POST {PROJECT}/sources",
        f"PATCH {PROJECT}/sources/<slug:name>",
        f"PATCH {PROJECT}",
        f"PUT {PROJECT}/note",
        f"POST {PROJECT}/jobs",
        f"POST {PROJECT}/measurements",
        f"POST {PROJECT}/recordings",
        "POST datasets/<uuid:dataset_id>:invalidate",
        "POST datasets/<uuid:dataset_id>:restore",
        f"POST {PROJECT}/campaigns",
        f"POST {PROJECT}/schedules",
        f"POST {PROJECT}/twin:refit",
        f"POST {PROJECT}/twin:run-recommendation",
        f"POST {JOB}:cancel",
        f"POST {JOB}:hold",
        f"POST {JOB}:release",
        f"POST {JOB}:retry",
        f"POST {JOB}:replay",
        f"POST {MEASUREMENT}:invalidate",
        f"POST {MEASUREMENT}:restore",
        f"POST {CAMPAIGN}:pause",
        f"POST {CAMPAIGN}:resume",
        f"POST {CAMPAIGN}:retry",
        f"POST {CAMPAIGN}:cancel",
        f"DELETE {SCHEDULE}",
        f"POST {PROJECT}/worlds",
        f"POST {PROJECT}/classifiers",
        f"POST {CLASSIFIER}:cancel",
        f"DELETE {WORLD}",
        f"POST {WORLD}/training-runs",
        f"POST {WORLD}/policies",
        f"POST {WORLD}/loops",
        f"POST {LOOP}:cancel",
        f"POST {TRAINING}:cancel",
        f"DELETE {POLICY}",
        f"POST {POLICY}:evaluate",
        f"POST {POLICY}/transfer-reports",
        f"POST {REPORT}:cancel",
        f"POST {SCHEDULE}:stop",
        f"POST {SCHEDULE}:start",
        f"POST {TEAM}/devices:refresh",
    ),
    Rule.MANAGER: (
        f"PATCH {TEAM}",
        "DELETE comments/<uuid:comment_id>",
        f"PATCH {TEAM}/members/<uuid:user_id>",
        f"DELETE {TEAM}/members/<uuid:user_id>",
        f"GET {TEAM}/audit",
        f"GET {TEAM}/invitations",
        f"POST {TEAM}/invitations",
        f"DELETE {TEAM}/invitations/<uuid:invitation_id>",
        f"GET {TEAM}/credentials",
        f"POST {TEAM}/credentials",
        f"POST {CREDENTIAL}:test",
        f"POST {CREDENTIAL}:revoke",
        f"GET {TEAM}/webhooks",
        f"POST {TEAM}/webhooks",
        f"GET {WEBHOOK}",
        f"PATCH {WEBHOOK}",
        f"DELETE {WEBHOOK}",
        f"POST {WEBHOOK}:test",
        f"GET {WEBHOOK}/deliveries",
        f"POST {WEBHOOK}/deliveries/<uuid:delivery_id>:redeliver",
        f"PUT {PROJECT}/budgets",
        f"PUT {PROJECT}/members",
        f"GET {PROJECT}/sharing",
        f"PATCH {PROJECT}/sharing",
        f"GET {PROJECT}/links",
        f"POST {PROJECT}/links",
        f"DELETE {PROJECT}/links/<uuid:link_id>",
        f"DELETE {PROJECT}/members/<uuid:user_id>",
        "POST backends/<str:name>:stop",
        "POST backends/<str:name>:start",
    ),
    Rule.OWNER: (
        "PATCH comments/<uuid:comment_id>",  # the owner wrote it
        f"POST {TEAM}:hand-over",
        f"PATCH {PROJECT}/spending",
        "PATCH me/tokens/<uuid:token_id>",  # the token is the owner's
        "DELETE me/tokens/<uuid:token_id>",
    ),
    Rule.APPROVER: (f"POST {JOB}:approve",),
    Rule.GUEST: (f"POST {PROJECT}:leave",),
}


def rules() -> dict[str, Rule]:
    """The rule of each route by its text, such as ``GET api/v1/me``."""
    found: dict[str, Rule] = {}
    for rule, lines in RULES.items():
        for line in lines:
            method, pattern = line.split(" ")
            assert f"{method} {V1}{pattern}" not in found, line
            found[f"{method} {V1}{pattern}"] = rule
    return found
