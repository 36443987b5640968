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


ONE, TWO = "ab" * 32, "cd" * 32


@pytest.mark.parametrize(
    ("written", "generations"),
    [(ONE, {1}), (f"1:{ONE},2:{TWO}", {1, 2}), (f"7:{TWO}\n\n2:{ONE}\n", {2, 7}), ("", set())],
)
def test_a_keyring_has_a_key_for_each_generation(written, generations):
    env = Environment({"KEYS": written})

    assert set(env.keyring("KEYS")) == generations
    env.refuse_problems()


def test_a_keyring_may_be_a_file(tmp_path):
    (tmp_path / "keys").write_text(f"2:{TWO}\n1:{ONE}\n")
    env = Environment({"KEYS_FILE": str(tmp_path / "keys"), "KEYS": "ignored"})

    assert env.keyring("KEYS", required=True) == {1: bytes.fromhex(ONE), 2: bytes.fromhex(TWO)}
    env.refuse_problems()


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "KEYS is missing"),
        ({"KEYS": "1:abc"}, "KEYS must be 1:<64 hexadecimal digits>, 2:<…>"),
        ({"KEYS": f"0:{ONE}"}, "KEYS must be 1:<64 hexadecimal digits>, 2:<…>"),
        ({"KEYS": f"{ONE},1:{TWO}"}, "KEYS has two keys of generation 1"),
        ({"KEYS_FILE": "nowhere"}, "KEYS_FILE cannot be read: No such file or directory"),
    ],
)
def test_a_keyring_that_is_missing_or_wrong_is_told_without_its_keys(values, problem):
    env = Environment(values)

    env.keyring("KEYS", required=True)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.refuse_problems()
    assert str(refusal.value) == problem
    assert ONE not in str(refusal.value)
