"""Memory: peak of one guest's processes, and two hundred guests at once.

Private memory is what a process does not share with others that run the same programs.
"""

import os
import re
import signal
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from rows import Ratio, compared
from runs import BENCH, QUICK, WRAPPER, spawn

GUESTS = 20 if QUICK else 200
GOAL_KB = 1024  # more than /bin/true has


class Running:
    """Processes of one command that wait after their first output."""

    def __init__(self, command, count):
        reader, writer = os.pipe2(os.O_CLOEXEC)
        start = perf_counter_ns()
        self.started = [spawn(command, writer) for _ in range(count)]
        os.close(writer)
        seen = 0
        while seen < count:
            bytes_read = len(os.read(reader, count))
            if not bytes_read:
                raise RuntimeError(f"{command}: ended before its first output")
            seen += bytes_read
        self.ns_each = (perf_counter_ns() - start) / count
        os.close(reader)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            os.kill(process, signal.SIGKILL)
        for process in self.started:
            os.waitpid(process, 0)


def children(process):
    return [int(word) for word in
            Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def memory_of(process):
    """(address space, private KB, peak KB) of a process; processes that share an address
    space have the same first value."""
    folder = Path(f"/proc/{process}")
    usage = (folder / "smaps_rollup").read_text()
    private = sum(map(int, re.findall(r"Private_\w+: +(\d+)", usage)))
    peak = int(re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text()).group(1))
    # Process 1 of the namespace is in its parent's memory.
    return (folder / "maps").read_text(), private, peak


def memory_of_run(process):
    """(private KB of all its processes, peak KB of each)."""
    spaces = {space: (private, peak) for space, private, peak in
              map(memory_of, [process, *children(process)])}
    return sum(private for private, _ in spaces.values()), \
        [peak for _, peak in spaces.values()]


def rows(machine, host):
    guest = [WRAPPER, *host.options, BENCH / machine / "waiting-guest.elf"]
    peer = [BENCH / machine / "waiting-dynamic"]
    with Running(guest, 1) as ours, Running(peer, 1) as other:
        _, ours_peaks = memory_of_run(ours.started[0])
        _, (peer_peak,) = memory_of_run(other.started[0])
    with Running(peer, GUESTS) as many:
        peer_ns = many.ns_each
        peer_private = [memory_of_run(process)[0] for process in many.started]
    with Running(guest, GUESTS) as many:
        ours_ns = many.ns_each
        private = [memory_of_run(process)[0] for process in many.started]
    more = [a - median(peer_private) for a in private]
    return [
        *(Ratio(machine, f"peak memory of the {name} : dynamic program", "KB", peak,
                peer_peak, [peak / peer_peak])
          for name, peak in zip(("launcher", "runner"), ours_peaks)),
        Ratio(machine, f"private memory more, each of {GUESTS} guests : 1 MiB", "KB",
              median(more), GOAL_KB, [kb / GOAL_KB for kb in more], 1.0),
        compared(machine, f"start of each of {GUESTS} guests : dynamic program", "us",
                 [ours_ns], [peer_ns], 1000),
    ]
