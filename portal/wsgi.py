"""Entry point of the web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

application = get_wsgi_application()

from portal.core import clock  # noqa: E402 -- needs the applications

clock.refuse_a_clock_that_moves()
