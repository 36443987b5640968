"""Pages made of several rooms: the person's space, the operators' pages."""

from django.apps import AppConfig


class SpaceConfig(AppConfig):
    name = "portal.space"
    label = "space"
