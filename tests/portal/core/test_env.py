"""Settings from the environment: typed, and every problem told at once."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.env import Environment


def test_every_missing_or_wrong_name_is_told_in_one_error():
    env = Environment({"PORT": "many", "SECURE": "perhaps", "ROLE": "root"})

    env.text("NAME", required=True)
    env.whole("PORT", default=1)
    env.flag("SECURE")
    env.choice("ROLE", ["web"], default="web")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.refuse_problems()
    assert str(refusal.value) == (
        "NAME is missing; PORT must be a whole number, not 'many';"
        " SECURE must be yes or no, not 'perhaps'; ROLE must be one of web, not 'root'"
    )


def test_values_are_read_with_their_types():
    env = Environment({"PORT": "8000", "SECURE": "yes", "HOSTS": "a, b,"})

    read = (env.whole("PORT", default=1), env.flag("SECURE"), env.words("HOSTS"))

    assert read == (8000, True, ["a", "b"])
    env.refuse_problems()
