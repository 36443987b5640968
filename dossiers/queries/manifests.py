"""Lists of files as they were filed, read after some of the files are gone.

A filing never changes, so it still holds the names of files whose time is over: no page says them.
"""

from collections.abc import Iterable, Mapping

from portal.vault import api as vault


def gone_among(entries: Iterable[Mapping]) -> dict[str, str]:
    """By the identifier of each file that is gone, what is said in place of its name."""
    filed = {entry["file"] for entry in entries}
    return vault.names_of_gone(filed) if filed else {}


def named(entries: Iterable[Mapping]) -> list[dict]:
    """The same entries, as they may be shown."""
    entries = list(entries)
    gone = gone_among(entries)
    return [{**entry, "name": gone.get(entry["file"], entry["name"])} for entry in entries]
