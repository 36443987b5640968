"""What a file's row says on a page: whether it may be looked at, and how it is called."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.core import clock
from portal.vault.enums import HELD_BACK, SHOWN, ScanState

_KINDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "image/heif": "HEIC",
}


class Showable:
    """The part of a stored file's row that pages read."""

    @property
    def is_held_back(self) -> bool:
        """Whether nobody may be shown this file: a virus, or bytes that nothing can read."""
        return self.scan_state in HELD_BACK

    @property
    def is_shown(self) -> bool:
        """Whether its pages were drawn, so that those who may read it can look at them."""
        return self.scan_state in SHOWN and not self.is_gone

    @property
    def is_gone(self) -> bool:
        """Whether its bytes were ended: a tombstone, which nobody opens."""
        return self.removed_at is not None

    @property
    def reading(self):
        """What a machine read on it, if it read something."""
        return getattr(self, "machine_reading", None)

    @property
    def is_clean(self) -> bool:
        """Whether the antivirus has looked and found nothing, or the portal made it itself."""
        return self.scan_state == ScanState.CLEAN

    @property
    def shown_name(self) -> str:
        """Its name; of a file that is gone, only what it was and when it went."""
        if not self.is_gone:
            return self.original_name
        return _("Fichier effacé le %(day)s (%(kind)s)") % {
            "day": date_format(clock.legal_day(self.removed_at), "j F Y"),
            "kind": _KINDS.get(self.content_type, self.content_type),
        }
