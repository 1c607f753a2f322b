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
CREDENTIAL = f"{TEAM}/credentials/<uuid:credential_id>"

RULES = {
    Rule.ANYONE: ("GET schema", "GET docs"),
    Rule.SIGNED_IN: (
        "GET me",
        "GET me/tokens",
        "POST me/tokens",
        "GET backends",
        "GET backends/<str:name>/calibrations",
        "GET projects",
        "GET jobs",
        "GET campaigns",
        "GET imports",
        "POST projects",
        "POST projects:import",
    ),
    Rule.MEMBER: (
        f"GET {TEAM}/members",
        f"GET {TEAM}/devices",
        f"GET {PROJECT}",
        f"GET {PROJECT}/budgets",
        f"GET {PROJECT}/ledger",
        f"GET {PROJECT}/spending",
        f"GET {PROJECT}/sources",
        f"GET {PROJECT}/jobs",
        f"GET {PROJECT}/measurements",
        f"GET {PROJECT}/datasets",
        "GET datasets/<uuid:dataset_id>",
        f"GET {PROJECT}/campaigns",
        f"GET {PROJECT}/schedules",
        f"GET {PROJECT}/export",
        f"GET {PROJECT}/twin",
        f"GET {PROJECT}/twin/curve",
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
        "GET backends/<str:name>/calibrations/<int:calibration_id>",
        "GET imports/<uuid:import_id>",
    ),
    Rule.WRITER: (
        f"DELETE {PROJECT}",
        f"POST {PROJECT}/sources",
        f"PATCH {PROJECT}/sources/<slug:name>",
        f"POST {PROJECT}/jobs",
        f"POST {PROJECT}/measurements",
        f"POST {PROJECT}/recordings",
        "POST datasets/<uuid:dataset_id>:invalidate",
        "POST datasets/<uuid:dataset_id>:restore",
        f"POST {PROJECT}/campaigns",
        f"POST {PROJECT}/schedules",
        f"POST {PROJECT}/twin:refit",
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
        f"POST {SCHEDULE}:stop",
        f"POST {SCHEDULE}:start",
        f"POST {TEAM}/devices:refresh",
    ),
    Rule.MANAGER: (
        f"PATCH {TEAM}/members/<uuid:user_id>",
        f"GET {TEAM}/credentials",
        f"POST {TEAM}/credentials",
        f"POST {CREDENTIAL}:test",
        f"POST {CREDENTIAL}:revoke",
        f"PUT {PROJECT}/budgets",
        "POST backends/<str:name>:stop",
        "POST backends/<str:name>:start",
    ),
    Rule.OWNER: (
        f"PATCH {PROJECT}/spending",
        "DELETE me/tokens/<uuid:token_id>",  # the token is the owner's
    ),
    Rule.APPROVER: (f"POST {JOB}:approve",),
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
