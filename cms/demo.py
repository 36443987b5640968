"""The first pages of the site, in three languages, written by us and then left to the editors."""

import json
import tomllib
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from cms.models import GuidancePage, HomePage, ProcedurePage, SectionPage
from cms.publishing import require_two_people
from dossiers import api as dossiers

TEXTS = Path(__file__).parent / "guidance"
_KEYS = uuid.UUID("6f1d6c5e-5f0b-5e0e-9f43-0d3a4c1f7a10")


@transaction.atomic
def load(languages=("fr", "en", "ar")) -> list[Page]:
    """Create the pages of the languages that have none yet; return the pages created.

    A language that has its front page belongs to the editors: nothing in it is
    changed or brought back, so the command may run at each start.
    """
    _locales()
    created = []
    for language in languages:
        locale = Locale.objects.get(language_code=language)
        if not HomePage.objects.filter(locale=locale).exists():
            created += _language(locale)
    _site()
    require_two_people()
    return created


def _locales():
    for language, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=language)


def _site():
    """Point the site at the front page, once; the page that Wagtail ships with goes."""
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    front = HomePage.objects.get(locale__language_code=settings.LANGUAGE_CODE)
    if site.root_page_id == front.pk:
        return
    address = urlsplit(settings.BASE_URL)
    site.hostname = address.hostname
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.root_page = front
    site.save()
    for page in Page.objects.filter(depth=2, slug="home", content_type__model="page"):
        page.delete()


def _language(locale):
    texts = tomllib.loads((TEXTS / f"{locale.language_code}.toml").read_text("utf-8"))
    home = texts["home"]
    doors = [{"type": "door", "value": door} for door in home["doors"]]
    root = Page.get_first_root_node()
    pages = [_publish(root, HomePage(**home | {"doors": json.dumps(doors)}), "home", locale)]
    for section in texts["section"]:
        words = {name: section[name] for name in ("kind", "slug", "title", "summary")}
        below = _publish(pages[0], SectionPage(**words), section["key"], locale)
        pages.append(below)
        for text in [*section["page"], *_unwritten(section, locale.language_code)]:
            pages.append(_publish(below, _page(text), text["key"], locale))
    return pages


def _unwritten(section, language):
    """Procedures that nobody has written about yet: their page says what the catalogue knows."""
    if section["kind"] != SectionPage.Kind.PROCEDURES:
        return []
    written = {text.get("procedure_code") for text in section["page"]}
    return [
        {
            "key": facts.code,
            "procedure_code": facts.code,
            "slug": slugify(facts.title) or facts.code,
            "title": facts.title,
            "summary": facts.summary,
            "body": [],
        }
        for facts in dossiers.procedures(language)
        if facts.code not in written
    ]


def _page(text):
    words = {name: text[name] for name in ("slug", "title", "summary")}
    words["body"] = json.dumps(text["body"])
    if "procedure_code" in text:
        return ProcedurePage(procedure_code=text["procedure_code"], **words)
    return GuidancePage(**words)


def _publish(parent, page, key, locale):
    page.locale = locale
    page.translation_key = uuid.uuid5(_KEYS, key)
    page.search_description = page.summary
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page
