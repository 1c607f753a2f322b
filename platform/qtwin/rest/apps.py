from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "qtwin.rest"
