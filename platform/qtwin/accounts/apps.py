"""The accounts app: people, teams, roles, tokens, credentials and the audit trail."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "qtwin.accounts"
    label = "accounts"
