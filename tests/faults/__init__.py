"""What a fault must not break; each script is run by hand with `python -m`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")

import django

django.setup()
