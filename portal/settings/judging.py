"""How files are judged: the antivirus, what is drawn at once, what is looked at again."""

from portal.settings.env import env

# "unix:/run/clamav/clamd.ctl" or "host:port"; without it, nothing is ever said to be clean.
CLAMD_ADDRESS = env.text("PORTAL_CLAMD_ADDRESS")
CLAMD_SECONDS = env.whole("PORTAL_CLAMD_SECONDS", default=30)
CLAMD_SIGNATURE_DAYS = env.whole("PORTAL_CLAMD_SIGNATURE_DAYS", default=7)
# A clean file is scanned again after so many days, at most so many files a night.
RESCAN_DAYS = env.whole("PORTAL_RESCAN_DAYS", default=30)
RESCAN_CEILING = env.whole("PORTAL_RESCAN_CEILING", default=5000)
