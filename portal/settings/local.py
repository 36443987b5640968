"""Keys for machines where nothing is at stake: kept in the state folder, made once."""

import contextlib
import json
import os
import secrets

from portal.settings.paths import VAR

_FILE = VAR / "local-keys.json"
_NAMES = ("PORTAL_SECRET_KEY", "PORTAL_PERSON_KEY", "PORTAL_QR_KEY")


def ensure_keys():
    """Give the environment the keys that it lacks, the same ones at each start."""
    if all(os.environ.get(name) for name in _NAMES):
        return
    VAR.mkdir(parents=True, exist_ok=True)
    if not _FILE.exists():
        part = _FILE.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({name: secrets.token_hex(32) for name in _NAMES}))
        part.chmod(0o600)
        with contextlib.suppress(FileExistsError):  # the first of two processes wins
            os.link(part, _FILE)
        part.unlink()
    for name, value in json.loads(_FILE.read_text()).items():
        os.environ.setdefault(name, value)
