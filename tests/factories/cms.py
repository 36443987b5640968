"""Public pages for tests: the first pages of the site, and one more where a test needs it."""

from wagtail.models import Locale

from cms import demo
from cms.models import GuidancePage, HomePage, ProcedurePage, SectionPage


def first_pages(*languages):
    """Load the first pages, in French unless told; call it as the editing role."""
    return demo.load(languages or ["fr"])


def home_of(language):
    return HomePage.objects.get(locale=Locale.objects.get(language_code=language))


def section_of(language, kind):
    return SectionPage.objects.get(locale__language_code=language, kind=kind)


def guidance_page(language="fr", **facts):
    """One more page of help, published unless `live=False`."""
    facts = {"title": "Une page", "slug": "une-page", "summary": "Résumé."} | facts
    page = GuidancePage(locale=Locale.objects.get(language_code=language), body="[]", **facts)
    return section_of(language, SectionPage.Kind.GUIDANCE).add_child(instance=page)


def orphan_procedure_page(code, language="fr"):
    """The page of a procedure that has left the catalogue since it was written."""
    page = ProcedurePage(
        locale=Locale.objects.get(language_code=language),
        procedure_code="duplicate",
        title="Une démarche",
        slug="une-demarche",
        summary="Résumé.",
    )
    page = section_of(language, SectionPage.Kind.PROCEDURES).add_child(instance=page)
    ProcedurePage.objects.filter(pk=page.pk).update(procedure_code=code)
    return page
