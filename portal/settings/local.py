"""Keys for machines where nothing is at stake: kept in the state folder, made once."""

import fcntl
import json
import os
import secrets

from portal.settings.paths import VAR

_FILE = VAR / "local-keys.json"
_NAMES = ("PORTAL_SECRET_KEY", "PORTAL_PERSON_KEY", "PORTAL_QR_KEY", "PORTAL_VAULT_KEYS")


def ensure_keys():
    """Give the environment the keys that it lacks, the same ones at each start."""
    if all(os.environ.get(name) for name in _NAMES):
        return
    VAR.mkdir(parents=True, exist_ok=True)
    with _FILE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first of two processes makes them
        kept = json.loads(_FILE.read_text()) if _FILE.exists() else {}
        lacking = [name for name in _NAMES if name not in kept]
        if lacking:
            kept |= {name: secrets.token_hex(32) for name in lacking}
            part = _FILE.with_suffix(f".{os.getpid()}")
            part.touch(mode=0o600)
            part.write_text(json.dumps(kept))
            part.replace(_FILE)
    for name, value in kept.items():
        os.environ.setdefault(name, value)
