"""What every template may ask about the page that it is on."""

from django.conf import settings

from portal.core.policy import door_of


def portal(request):
    """Door, demo banner, and the brand of this installation."""
    return {
        "door": door_of(request.path),
        "demo_banner": settings.DEMO,
        "service_name": settings.WAGTAIL_SITE_NAME,
    }
