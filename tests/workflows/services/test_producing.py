"""The card's maker, over real HTTP with the simulator: ordered once, polled, announced."""

import contextlib

import pytest
from django.db import connection

from portal.core.door import acting
from portal.local import card_maker
from tests.factories.workflows import Life
from workflows import jobs
from workflows.enums import CardOrderState, CaseState
from workflows.models import CardOrder
from workflows.services import producing

pytestmark = pytest.mark.django_db
TOKEN = "test-token-of-the-maker"
