"""The most memory that a piece of work takes above what the process held before it (Linux)."""

from collections.abc import Callable
from pathlib import Path

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_FORGET_THE_PEAK = "5"


def _kilobytes(name: str) -> int:
    line = next(one for one in _STATUS.read_text().splitlines() if one.startswith(name))
    return int(line.split()[1])


def megabytes_above_idle(work: Callable[[], object]) -> float:
    """Run it; how many megabytes it took at its peak above what was there when it began."""
    before = _kilobytes("VmRSS:")
    _FORGET.write_text(_FORGET_THE_PEAK)
    work()
    return (_kilobytes("VmHWM:") - before) / 1024
