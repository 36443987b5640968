"""Every address of the portal, each with its policy; the editing process serves /edit/ alone."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.utils.translation import get_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from appointments import urls as appointments_urls
from cms import urls as cms_urls
from dossiers import urls as dossiers_urls
from portal.accounts import urls as accounts_urls
from portal.core.gallery import gallery
from portal.core.policy import ANYONE, Policy, declare_outside, route
from portal.demo import urls as demo_urls
from portal.space import urls as space_urls
from portal.space.operations import operations_urlpatterns
from portal.space.suspects import suspects_urlpatterns
from workflows import urls as workflows_urls

PUBLIC = Policy("public", ANYONE)
AT_EDIT_DOOR = Policy("edit", ANYONE)
EDITORS = Policy("edit", frozenset({"editor", "administrator"}))

declare_outside("account_*", PUBLIC)
declare_outside("wagtail_serve", PUBLIC)
for _name in ("wagtailadmin_login", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"):
    declare_outside(_name, AT_EDIT_DOOR)
# No page shows pictures or files of the editors yet: their screens stay shut.
for _pattern in ("wagtailimages*", "wagtaildocs*"):
    declare_outside(_pattern, Policy("edit", frozenset()))
for _pattern in ("wagtail*", "taggit*", "simple_translation*"):
    declare_outside(_pattern, EDITORS)
declare_outside("django.views.generic.base.view", EDITORS)  # Wagtail's own page for errors


def health(request):
    """Answer that this process lives, for a load balancer; it tells nothing else."""
    return HttpResponse("ok", content_type="text/plain")


def home(request):
    """Send a visitor to the front page in their language."""
    return redirect(f"/{get_language()[:2]}/")


_EVERYWHERE = [route("sante/", health, name="health", policy=PUBLIC)]


def editors_home(request):
    """The editing process has one page of its own: the door of Wagtail."""
    return redirect("wagtailadmin_home")


def editing_patterns():
    """What the editing process serves: Wagtail, and the pages that editors preview."""
    return [
        *_EVERYWHERE,
        route("", editors_home, name="home", policy=EDITORS),
        path("edit/", include(wagtailadmin_urls)),
        *i18n_patterns(path("", include(wagtail_urls))),
    ]


_PORTAL = [
    route("", home, name="home", policy=PUBLIC),
    path("", include(accounts_urls.urlpatterns)),
    path("", include(dossiers_urls.public_urlpatterns)),
    path("rendez-vous/", include((appointments_urls.public_urlpatterns, "visits"))),
    path("incidents/", include((dossiers_urls.incidents_urlpatterns, "incidents"))),
    path("mon-espace/", include((space_urls.urlpatterns, "space"))),
    path("mon-espace/", include((dossiers_urls.urlpatterns, "dossiers"))),
    path("mon-espace/", include((appointments_urls.applicant_urlpatterns, "appointments"))),
    path("mon-espace/", include((workflows_urls.applicant_urlpatterns, "workflows"))),
    path(
        "mandataire/",
        include(
            (
                [
                    *space_urls.helper_urlpatterns,
                    *dossiers_urls.helper_urlpatterns,
                    *accounts_urls.organisation_urlpatterns,
                ],
                "helper",
            )
        ),
    ),
    path(
        "mandataire/",
        include((dossiers_urls.mandate_urlpatterns, "dossiers"), namespace="mandated"),
    ),
    path(
        "agent/",
        include(
            (
                [
                    *accounts_urls.desk_urlpatterns,
                    *operations_urlpatterns,
                    *suspects_urlpatterns,
                    *workflows_urls.urlpatterns,
                    *appointments_urls.desk_urlpatterns,
                ],
                "desk",
            )
        ),
    ),
    path(
        "counter/depot/",
        include((dossiers_urls.counter_urlpatterns, "dossiers"), namespace="assisted"),
    ),
    path(
        "counter/",
        include(
            (
                [*accounts_urls.counter_urlpatterns, *appointments_urls.counter_urlpatterns],
                "counter",
            )
        ),
    ),
    path("salle/", include((appointments_urls.screen_urlpatterns, "screen"))),
    *([path("demo/", include((demo_urls.urlpatterns, "demo")))] if settings.DEMO else []),
    *(
        [route("dev/components/", gallery, name="gallery", policy=PUBLIC)]
        if getattr(settings, "SHOW_GALLERY", False)
        else []
    ),
    *i18n_patterns(path("", include(cms_urls.urlpatterns))),
]

urlpatterns = editing_patterns() if settings.IS_EDITING_PROCESS else _EVERYWHERE + _PORTAL
