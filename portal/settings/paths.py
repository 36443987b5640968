"""Where the code lives and where this machine's state goes."""

from pathlib import Path

from portal.settings.env import env

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env.text("PORTAL_VAR", default=str(ROOT / "var"))).resolve()
ASSETS_DIR = VAR / "assets"
