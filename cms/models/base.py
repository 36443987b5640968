"""What every public page has: a summary, its translations, a path to the front page."""

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageViewRestriction

FRONT_DEPTH = 2


@dataclass(frozen=True)
class Alternate:
    """The same page in one of the languages of the site."""

    language: str
    url: str
    is_current: bool


class PublicPage(Page):
    """A page that anyone may read without signing in."""

    summary = models.TextField(
        _("résumé"),
        max_length=300,
        help_text=_("Deux phrases au plus : elles présentent la page dans les listes."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    show_in_menus_default = True
    private_page_options = []

    class Meta:
        abstract = True

    def get_context(self, request, *args, **kwargs):
        """Add what each template needs; templates ask the database for nothing."""
        ancestors = self.get_ancestors().filter(depth__gt=FRONT_DEPTH).order_by("depth")
        return super().get_context(request, *args, **kwargs) | {
            "alternates": self.alternates(request),
            "trail": [
                (gettext("Accueil"), reverse("wagtail_serve", args=[""])),
                *((page.title, page.get_url(request)) for page in ancestors),
                (self.title, ""),
            ],
        }

    def alternates(self, request) -> list[Alternate]:
        """This page in every language where it is published."""
        pages = (
            self.get_translations(inclusive=True)
            .live()
            .select_related("locale")
            .order_by("locale__language_code")
        )
        return [
            Alternate(page.locale.language_code, page.get_full_url(request), page.pk == self.pk)
            for page in pages
        ]

    def get_view_restrictions(self):
        """None: a public page cannot be made private, so that no list has to hide it."""
        return PageViewRestriction.objects.none()
