"""Scripts that measure; each is run by hand with `python -m`, so Django is made ready here."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")

import django

django.setup()
