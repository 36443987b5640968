"""The demonstration: real parts on one machine, invented people, a clock that can be moved."""

from portal.settings.local import ensure_keys

ensure_keys()

from portal.settings.base import *  # noqa: E402 -- keys must be there first
from portal.settings.env import env  # noqa: E402

DEMO = True
MOVABLE_CLOCK = True
SHOW_GALLERY = True
env.refuse_problems()
