"""How files are judged: the antivirus, what is drawn at once, what is looked at again."""

from portal.settings.env import env

# "unix:/run/clamav/clamd.ctl" or "host:port"; without it, nothing is ever said to be clean.
CLAMD_ADDRESS = env.text("PORTAL_CLAMD_ADDRESS")
CLAMD_SECONDS = env.whole("PORTAL_CLAMD_SECONDS", default=30)
CLAMD_SIGNATURE_DAYS = env.whole("PORTAL_CLAMD_SIGNATURE_DAYS", default=7)
# A clean file is scanned again after so many days, at most so many files a night.
RESCAN_DAYS = env.whole("PORTAL_RESCAN_DAYS", default=30)
RESCAN_CEILING = env.whole("PORTAL_RESCAN_CEILING", default=5000)
# Whose 2D-Doc codes are believed, and where their certificates are; nobody's by default.
SEAL_AUTHORITIES = env.words("PORTAL_SEAL_AUTHORITIES")
SEAL_FOLDER = env.text("PORTAL_SEAL_FOLDER")
# What reads the lines of passports in photographs; without it they are not read.
LINES_READER = env.text("PORTAL_LINES_READER", default="/usr/bin/tesseract")
