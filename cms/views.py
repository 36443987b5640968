"""Serving a public page, and finding it again when its language is changed."""

from django.http import Http404
from django.shortcuts import redirect
from wagtail import views as wagtail_views
from wagtail.models import Locale, Page

from cms.models import SectionPage


def serve(request, path):
    """The page of this address; else the same page in the language just chosen.

    The language switch only changes the prefix of the address, while each
    language has its own slugs.
    """
    try:
        return wagtail_views.serve(request, path)
    except Http404:
        translation = _translation_of(path)
        if translation is None:
            raise
        return redirect(translation.get_url(request))


def show_help(request):
    """The pages of help in the reader's language, for links in every footer."""
    section = (
        SectionPage.objects.live()
        .of_kind(SectionPage.Kind.GUIDANCE)
        .filter(locale=Locale.get_active())
        .first()
    )
    if section is None:
        raise Http404
    return redirect(section.get_url(request))


def _translation_of(path):
    """The live translation, in the active language, of the page that has this path in another."""
    if not path:
        return None
    homes = Page.objects.filter(depth=2).values_list("url_path", flat=True)
    page = Page.objects.live().filter(url_path__in=[f"{home}{path}" for home in homes]).first()
    if page is None:
        return None
    return (
        Page.objects.live()
        .filter(translation_key=page.translation_key, locale=Locale.get_active())
        .exclude(pk=page.pk)
        .first()
    )
