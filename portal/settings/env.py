"""Typed reading of the environment; every missing or wrong name is told at once."""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_KEY = re.compile(r"[0-9a-fA-F]{64}")
_GENERATION = re.compile(r"[1-9]\d{0,3}")


class Environment:
    """Read variables with a type and gather what is missing or wrong until asked."""

    def __init__(self, values=os.environ):
        self._values = values
        self._problems = []
        self.names = {}

    def text(self, name, *, default="", required=False):
        """A string; `required` names without a value are told by `refuse_problems`."""
        self.names[name] = default
        value = self._values.get(name, "")
        if not value and required:
            self._problems.append(f"{name} is missing")
        return value or default

    def whole(self, name, *, default):
        """A whole number."""
        value = self.text(name)
        self.names[name] = default
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            self._problems.append(f"{name} must be a whole number, not {value!r}")
            return default

    def flag(self, name, *, default=False):
        """A yes or no written 1/0, true/false, yes/no."""
        value = self.text(name).lower()
        self.names[name] = default
        if not value:
            return default
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        self._problems.append(f"{name} must be yes or no, not {value!r}")
        return default

    def choice(self, name, choices, *, default):
        """One of a few words."""
        value = self.text(name, default=default)
        if value not in choices:
            self._problems.append(f"{name} must be one of {', '.join(choices)}, not {value!r}")
            return default
        return value

    def words(self, name, *, default=()):
        """Words separated by commas."""
        value = self.text(name)
        self.names[name] = ",".join(default)
        return [word.strip() for word in value.split(",") if word.strip()] or list(default)

    def keyring(self, name, *, required=False):
        """Keys by generation, from `name` or from the file that `name_FILE` names.

        Written `2:<64 hexadecimal digits>`, separated by commas or lines; a key alone is the first.
        """
        path = self.text(f"{name}_FILE")
        try:
            written = Path(path).read_text() if path else self.text(name)
        except OSError as error:
            self._problems.append(f"{name}_FILE cannot be read: {error.strerror}")
            return {}
        if required and not written.strip():
            self._problems.append(f"{name} is missing")
        keys = {}
        for entry in written.replace(",", " ").split():
            generation, _, digits = entry.rpartition(":")
            if not _KEY.fullmatch(digits) or not _GENERATION.fullmatch(generation or "1"):
                self._problems.append(f"{name} must be 1:<64 hexadecimal digits>, 2:<…>")
            elif int(generation or 1) in keys:
                self._problems.append(f"{name} has two keys of generation {generation or 1}")
            else:
                keys[int(generation or 1)] = bytes.fromhex(digits)
        self.names[name] = ""
        return keys

    def refuse_problems(self):
        """Raise one error that lists every missing or wrong variable."""
        if self._problems:
            raise ImproperlyConfigured("; ".join(dict.fromkeys(self._problems)))


env = Environment()
