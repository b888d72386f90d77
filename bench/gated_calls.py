"""Gated calls beside direct ones: a difference, because the gate adds to a call.

The same runs show what a tick is, in cycles and nanoseconds.
"""

from statistics import median

from rows import Clock, addition_ticks, difference_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, read_pairs, run_guest

GOAL_NS = {"x86_64": 5, "i386": 8}
WITH_GOAL = "no arguments", "one int", "one int, 16 functions in turn"
SLOW = "blocking, one int", "callback : plain call"  # fewer calls, as gated_guest.c says


def gated_samples(machine):
    """{what: [[(gated, direct)] of each process]}, in ticks."""
    folder = BENCH / machine / "16-16"
    samples = {}
    for _ in range(PROCESSES):
        output = run_guest(folder, "gated-guest.elf", "gated-provider.so",
                           f"{REPETITIONS},{CALLS}")
        for what, pairs in read_pairs(output).items():
            samples.setdefault(what, []).append(pairs)
    return samples


def read_clock(samples):
    """Removes the clock's entries from `samples`: additions and whole runs."""
    runs = samples.pop("ns : ticks")
    return Clock(addition_ticks(samples.pop("equal : equal")),
                 median(ns / ticks for (ns, ticks), in runs))


def gated_rows(machine):
    """Differences, and the clock of their measurement."""
    samples = gated_samples(machine)
    clock = read_clock(samples)
    rows = []
    for what, processes in samples.items():
        calls = CALLS // 16 if what in SLOW else CALLS
        goal = GOAL_NS[machine] if what in WITH_GOAL else None
        rows.append(difference_row(machine, what, processes, calls, clock, goal))
    return rows, clock
