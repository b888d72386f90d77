"""Calls of functions that are not traced, beside the same calls without --trace.

The guest of gated_calls.py makes them, while the function that measures them is traced.
"""

from statistics import median

from clock import clock_of
from instructions import parts
from rows import compared
from runs import (BENCH, CALLS, PROCESSES, REPETITIONS, guest_command, in_turn,
                  read_pairs, run_guest)

GOAL = 1.05
PAIR = "one int"  # of gated_guest.c
SIDES = "gated", "direct"  # of the pair
TRACED = "--trace=bench_gated", "--trace-file=/dev/null"
# valgrind cannot run the supervisor, which --trace needs. A policy has the same thunk.
WATCHED = "--on", "bench_gated=delay:0ns"
COUNTED = 10000


def ticks(machine, host, options):
    """Ticks of a sample of gated calls, and of one of direct calls."""
    output = run_guest(host, BENCH / machine / "16-16", "gated-guest.elf",
                       "gated-provider.so", f"{max(REPETITIONS // 10, 5)},{CALLS}",
                       options)
    return [median(side) for side in zip(*read_pairs(output)[PAIR])]


def per_call(machine, host, options):
    """Instructions of a gated call, and of a direct one."""
    counts = parts(guest_command(host, BENCH / machine / "16-16", "gated-guest.elf",
                                 "gated-provider.so", f"1,{COUNTED}",
                                 ("--in-place", *options)))
    return [counts[f"{PAIR}|{side}"] / COUNTED for side in ("ours", "peer")]


def rows(machine, host):
    scale = CALLS / clock_of(machine, host).ns_per_tick
    samples = [in_turn(i, lambda: ticks(machine, host, TRACED),
                       lambda: ticks(machine, host, ())) for i in range(PROCESSES)]
    counts = [per_call(machine, host, options) for options in (WATCHED, ())]
    result = []
    for number, kind in enumerate(SIDES):
        row = compared(machine, f"{kind}, another traced : {kind}", "ns per call",
                       [ours[number] for ours, _ in samples],
                       [peer[number] for _, peer in samples], scale, GOAL)
        row.instructions = [count[number] for count in counts]
        result.append(row)
    return result
