"""Sections, procedures explained, and pages of help."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from cms import facts
from cms.blocks import Body
from cms.fields import StreamField
from cms.models.base import PublicPage


class SectionQuerySet(PageQuerySet):
    """Sections, by what they hold."""

    def of_kind(self, kind):
        return self.filter(kind=kind)


class SectionPage(PublicPage):
    """The list of the pages below it."""

    class Kind(models.TextChoices):
        PROCEDURES = "procedures", _("Démarches")
        GUIDANCE = "guidance", _("Aide")

    kind = models.CharField(_("contenu"), max_length=16, choices=Kind.choices)

    objects = PageManager.from_queryset(SectionQuerySet)()

    content_panels = [*PublicPage.content_panels, FieldPanel("kind")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ProcedurePage", "cms.GuidancePage"]

    class Meta:
        verbose_name = _("rubrique")
        verbose_name_plural = _("rubriques")

    def get_context(self, request, *args, **kwargs):
        kind = ProcedurePage if self.kind == self.Kind.PROCEDURES else GuidancePage
        below = kind.objects.live().child_of(self).order_by("path")
        return super().get_context(request, *args, **kwargs) | {
            "entries": [(page, page.get_url(request)) for page in below],
        }


class ProcedurePage(PublicPage):
    """A procedure in the editors' words; its facts come from the catalogue alone.

    The fee, the dates, the documents and the legal basis are never typed here,
    so that the page cannot promise what filing would refuse.
    """

    procedure_code = models.SlugField(
        _("code de la démarche"),
        help_text=_("Le code du catalogue : frais, dates et pièces s'affichent tout seuls."),
    )
    body = StreamField(Body(), blank=True, verbose_name=_("texte"))

    content_panels = [
        *PublicPage.content_panels,
        FieldPanel("procedure_code"),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("page de démarche")
        verbose_name_plural = _("pages de démarche")

    def clean(self):
        super().clean()
        if self.procedure_code and facts.facts_of(self.procedure_code) is None:
            raise ValidationError(
                {"procedure_code": _("Le catalogue ne connaît pas cette démarche.")}
            )

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        found = facts.facts_of(self.procedure_code)
        if found is None:
            return context | {"facts": None}
        return context | {
            "facts": found,
            "price": facts.price_of(found),
            "articles": facts.legal_articles(found),
            "start_url": facts.start_url(self.procedure_code) if found.starts_here else "",
            "today": facts.today(),
        }


class GuidancePage(PublicPage):
    """A page of help: one question people have, answered."""

    body = StreamField(Body(), verbose_name=_("texte"))

    content_panels = [*PublicPage.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("page d'aide")
        verbose_name_plural = _("pages d'aide")

    def get_context(self, request, *args, **kwargs):
        siblings = GuidancePage.objects.live().sibling_of(self, inclusive=False).order_by("path")
        return super().get_context(request, *args, **kwargs) | {
            "siblings": [(page, page.get_url(request)) for page in siblings],
        }
