"""The front page: three doors, the list of procedures, one promise."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from cms.blocks import Doors
from cms.blocks.text import PLAIN
from cms.fields import StreamField
from cms.models.base import PublicPage
from cms.models.guidance import GuidancePage, ProcedurePage, SectionPage


class HomePage(PublicPage):
    """One per language; the root of everything the public reads."""

    introduction = models.TextField(_("introduction"), max_length=300)
    doors = StreamField(Doors(), verbose_name=_("portes"))
    promise_title = models.CharField(_("engagement : titre"), max_length=120)
    promise = RichTextField(
        _("engagement"),
        features=[*PLAIN, "ul"],
        help_text=_("Ce que personne ne peut vendre : le rendez-vous est gratuit."),
    )

    content_panels = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("doors"),
        FieldPanel("promise_title"),
        FieldPanel("promise"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.SectionPage"]

    class Meta:
        verbose_name = _("page d'accueil")

    def get_context(self, request, *args, **kwargs):
        understand = SectionPage.objects.live().child_of(self).of_kind("guidance").first()
        below = {"path__startswith": self.path}
        return super().get_context(request, *args, **kwargs) | {
            "procedures": [
                (page, page.get_url(request))
                for page in ProcedurePage.objects.live().filter(**below).order_by("path")
            ],
            "guidance": [
                (page, page.get_url(request))
                for page in GuidancePage.objects.live().filter(**below).order_by("path")
            ],
            "understand_url": understand.get_url(request) if understand else "",
        }
