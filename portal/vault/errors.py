"""What may go wrong with kept bytes. Each is a StorageDown: whoever reads says "unavailable"."""


class StorageDown(Exception):
    """The store did not keep, did not answer, or gave other bytes than were kept."""


class Missing(StorageDown):
    """The store answers that it has no such object."""


class Unreadable(StorageDown):
    """What came back is not what was kept: changed, cut, moved, or sealed for another dossier."""


class KeyDestroyed(StorageDown):
    """The dossier's key was destroyed: nobody reads its files any more, and none is added."""


LOST = (Missing, Unreadable, KeyDestroyed)
"""Asking again will not bring these bytes back."""
