"""Django settings. Everything that differs between machines is read from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from qtwin.config.clash import refuse_clash
from qtwin.config.environment import Environment
from qtwin.rates.kinds import DEFAULTS
from qtwin.shipped import checkout, shipped

refuse_clash()
environment = Environment(os.environ)

FRONTEND = shipped("frontend")
DATA_DIR = Path(environment.text("DATA_DIR", str((checkout() or Path.cwd()) / ".qtwin")))

SECRET_KEY, *SECRET_KEY_FALLBACKS = environment.secrets("SECRET_KEY")
CREDENTIAL_KEYS = environment.keys("CREDENTIAL_KEY")
DEBUG = False
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = environment.flag("HTTPS")
PROXIES = environment.networks("PROXIES", "127.0.0.1,::1")
"""Whose word the web process takes for a caller's address and scheme."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "qtwin.migrating",
    "qtwin.rest",
    "qtwin.accounts",
    "qtwin.projects",
    "qtwin.jobs",
    "qtwin.twins",
    "qtwin.campaigns",
    "qtwin.training",
    "qtwin.comments",
    "qtwin.saved",
    "qtwin.archives",
    "qtwin.backups",
    "qtwin.webhooks",
    "qtwin.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "qtwin.rates.known.note_known",
    "qtwin.logs.route.note_route",
    "qtwin.trail.middleware.keep_trail",
]
ROOT_URLCONF = "qtwin.config.urls"
ASGI_APPLICATION = "qtwin.config.asgi.application"
WSGI_APPLICATION = "qtwin.config.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FRONTEND / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]
DATABASES = {
    "default": environment.database("DATABASE", str(DATA_DIR / "qtwin.sqlite3")),
}
ARTIFACTS = environment.bucket("ARTIFACTS")
"""The bucket of stored bytes; they are in the data folder while it is empty."""
S3_ENDPOINT = environment.server("S3_ENDPOINT")
S3_REGION = environment.text("S3_REGION", "us-east-1")
S3_KEY_ID = environment.text("S3_KEY_ID")
"""boto3 looks for a key by itself while it is empty."""
S3_SECRET = environment.secret("S3_SECRET", needed=bool(S3_KEY_ID))
NEAR_BYTES = environment.number("NEAR_BYTES", 2**30)
KEEP_CALLS_DAYS = environment.days("KEEP_CALLS_DAYS", least=31)
"""The database itself keeps the younger ones."""
KEEP_PAYLOADS_DAYS = environment.days("KEEP_PAYLOADS_DAYS", least=1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OIDC_ISSUER = environment.issuer("OIDC_ISSUER")
"""Nobody signs in elsewhere while it is empty."""
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.secret("OIDC_CLIENT_SECRET", needed=bool(OIDC_ISSUER))
OIDC_NAME = environment.text("OIDC_NAME", "single sign-on")
OIDC_MATCH_EMAIL = environment.flag("OIDC_MATCH_EMAIL")
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"

EMAIL_HOST = environment.text("SMTP_HOST")
"""Nothing is mailed while it is empty."""
EMAIL_PORT = environment.number("SMTP_PORT", 587, least=1, most=65535)
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = environment.flag("SMTP_STARTTLS", "1") and not EMAIL_USE_SSL
EMAIL_HOST_USER = environment.text("SMTP_USER")
EMAIL_HOST_PASSWORD = environment.secret("SMTP_PASSWORD", needed=bool(EMAIL_HOST_USER))
EMAIL_TIMEOUT = 10
RUN_LATER = "qtwin.accounts.later.in_a_thread"
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", "qtwin@localhost")

DOCS_URL = environment.text("DOCS_URL")
"""Where the built documentation is; the search finds its pages if this is set."""

STATIC_URL = "/static/"
STATIC_ROOT = environment.text("STATIC_ROOT") or None
STATICFILES_DIRS = [FRONTEND / "static"]
WHITENOISE_USE_FINDERS = True

SESSION_ENGINE = "qtwin.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "qtwin.projects.api.visitor.LinkAuthentication",
        "qtwin.accounts.api.authentication.TokenAuthentication",
        "qtwin.accounts.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["qtwin.projects.api.visitor.SignedInOrShown"],
    "DEFAULT_PARSER_CLASSES": ["qtwin.rest.parser.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "qtwin.rest.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "qtwin.rest.pages.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "qtwin.rest.formats.Negotiation",
    "EXCEPTION_HANDLER": "qtwin.rest.problem.problem_response",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "QTwin API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "One quantum digital twin per project, from every source that it has.",
    "ENUM_NAME_OVERRIDES": {
        "SourceRole": "qtwin.projects.models.Role",
        "CampaignState": "qtwin.campaigns.states.State",
        "StepState": "qtwin.campaigns.states.StepState",
        "RunState": "qtwin.campaigns.states.RunState",
        "WorkState": "qtwin.training.states.State",
        "DeviceState": "qtwin.accounts.api.devices.STATES",
        "ImportState": "qtwin.archives.models.Import.State",
        "TeamRole": "qtwin.accounts.models.Role",
    },
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "qtwin.rest.schema.with_problems",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

JOB_DISPATCHER = environment.text("JOB_DISPATCHER", "workers.dispatch.advance")
TWIN_DISPATCHER = environment.text("TWIN_DISPATCHER", "workers.dispatch.assimilate")
IMPORT_DISPATCHER = environment.text("IMPORT_DISPATCHER", "workers.dispatch.archive")
CREDENTIAL_DISPATCHER = environment.text(
    "CREDENTIAL_DISPATCHER", "workers.dispatch.credential_test"
)
CAMPAIGN_DISPATCHER = environment.text("CAMPAIGN_DISPATCHER", "workers.dispatch.campaign")
PREVIEW_DISPATCHER = environment.text("PREVIEW_DISPATCHER", "workers.dispatch.preview")
TRAINING_DISPATCHERS = {
    "world": environment.text("WORLD_DISPATCHER", "workers.dispatch.world"),
    "train": environment.text("TRAINING_DISPATCHER", "workers.dispatch.train"),
    "evaluate": environment.text("EVALUATION_DISPATCHER", "workers.dispatch.evaluate"),
    "report": environment.text("REPORT_DISPATCHER", "workers.dispatch.report"),
    "loop": environment.text("LOOP_DISPATCHER", "workers.dispatch.loop"),
    "classify": environment.text("CLASSIFIER_DISPATCHER", "workers.dispatch.classify"),
}
BROKER_URL = environment.broker("BROKER_URL", "redis://127.0.0.1:6379/0")

WEBHOOK_PORTS = environment.ports("WEBHOOK_PORTS", "443,8443")
WEBHOOK_HOSTS = environment.words("WEBHOOK_HOSTS", "")
"""Hosts that webhooks may be at whatever their addresses are, each with its port or without."""
RATES = {
    name: environment.rate(f"RATE_{name.replace('-', '_').upper()}", name, default)
    for name, default in DEFAULTS.items()
}
RATE_TOGETHER = environment.number("RATE_TOGETHER", 4, least=1)
JOB_MAX_POINTS = environment.number("JOB_MAX_POINTS", 10_000, least=1)
JOB_LEASE_S = environment.number("JOB_LEASE_S", 15, least=1)
JOB_CHUNK_S = 1.0
CORE_HOUR_USD = environment.amount("CORE_HOUR_USD", 0.05)
"""What an hour of this machine counts where a plan weighs it against money."""
ARCHIVE_MAX_BYTES = environment.number("ARCHIVE_MAX_BYTES", 64 * 2**20, least=1)
JOB_POLL_FIRST_S = environment.seconds("JOB_POLL_FIRST_S", 2.0)
JOB_POLL_LONGEST_S = environment.seconds("JOB_POLL_LONGEST_S", 60.0)
JOB_RETRY_FIRST_S = environment.seconds("JOB_RETRY_FIRST_S", 1.0)
JOB_RETRY_LONGEST_S = environment.seconds("JOB_RETRY_LONGEST_S", 300.0)
JOB_BLOCKED_S = environment.seconds("JOB_BLOCKED_S", 60.0)
CALIBRATION_WATCH_S = environment.seconds("CALIBRATION_WATCH_S", 3600.0)
CAMPAIGN_OPEN_JOBS = environment.number("CAMPAIGN_OPEN_JOBS", 64, least=1)

METRICS_TOKEN = environment.secret(
    "METRICS_TOKEN", needed=bool(environment.text("METRICS_TOKEN_FILE"))
)
"""Whoever asks for metrics must know it; without one the web process has none to tell."""
METRICS_PORT = environment.number("METRICS_PORT", 0, most=65535)
"""Where workers and the sweeper tell theirs; 0 for nowhere."""
METRICS_HOST = environment.text("METRICS_HOST", "127.0.0.1")
TRACES = environment.choice("TRACES", "off", "off", "otlp")
BEAT_FILE = environment.text("BEAT_FILE")
"""`qtwin.health.beat` reads it too, for probes that load no Django."""

LOG_LINES = environment.choice("LOG_LINES", "json", "json", "plain")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "qtwin.logs.line.JsonLine"},
        "plain": {
            "()": "qtwin.logs.line.PlainLine",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_LINES}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "qtwin": {"level": "INFO"},
        "workers": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "uvicorn": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"handlers": [], "propagate": False},  # addresses may hold one-time links
    },
}

environment.check()
