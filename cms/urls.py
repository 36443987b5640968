"""Public pages: one address each, under the prefix of its language."""

from django.urls import register_converter

from cms.views import serve, show_help
from portal.core.policy import ANYONE, Policy, route

PUBLIC = Policy(door="public", roles=ANYONE)


class PagePath:
    """The slugs from the front page down, each followed by a slash; empty for the front page."""

    regex = r"(?:[\w\-]+/)*"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(PagePath, "page_path")

urlpatterns = [
    route("aide/", show_help, name="help", policy=PUBLIC),
    # The name is Wagtail's own: pages build their addresses with it.
    route("<page_path:path>", serve, name="wagtail_serve", policy=PUBLIC),
]
