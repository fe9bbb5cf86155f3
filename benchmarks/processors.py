"""How much processor time a server has had, from /proc: steadier than its speed on a machine that others use too."""

from __future__ import annotations

import math
import os
from pathlib import Path

PROC = Path("/proc")


def spent(group: int) -> float:
    """Seconds of user and system time of all living processes of a process group; not a number without a /proc."""
    if not (PROC / "self/stat").exists():
        return math.nan
    return sum(ticks(stat, group) for stat in stats()) / os.sysconf("SC_CLK_TCK")


def ticks(stat: str, group: int) -> int:
    """utime + stime (proc(5), fields 14 and 15) of a process in this group; 0 for any other."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0


def stats() -> list[str]:
    """/proc/<pid>/stat of every process there is."""
    found: list[str] = []
    for path in PROC.glob("[0-9]*/stat"):
        try:
            found.append(path.read_text("utf-8", "replace"))
        except OSError:  # ended since it was listed
            continue
    return found
