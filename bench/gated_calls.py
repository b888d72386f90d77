"""Gated calls beside direct ones, as a difference: the gate adds to a call.

And beside other ways to another privilege or process, as a ratio.
"""

from clock import clock_of, gated_samples
from rows import difference_row, ratio_row
from runs import CALLS

GOAL_NS = {"x86_64": 5, "i386": 8}
WITH_GOAL = "no arguments", "one int", "one int, 16 functions in turn"
# As gated.c and gated_guest.c divide the number of calls.
SHARES = {"blocking, one int": 16, "callback : plain call": 16, "gated : getppid()": 16,
          "gated : trap and signal": 64, "gated : pipe to a process and back": 256}
OF_CLOCK = "equal : equal", "ns : ticks"


def rows(machine, host):
    clock, result = clock_of(machine, host), []
    for what, processes in gated_samples(machine, host).items():
        if what in OF_CLOCK:
            continue
        calls = max(1, CALLS // SHARES.get(what, 1))
        if what.startswith("gated : "):
            result.append(ratio_row(machine, what, "ns per call", processes,
                                    calls / clock.ns_per_tick))
        else:
            goal = GOAL_NS[machine] if what in WITH_GOAL else None
            result.append(difference_row(machine, what, processes, calls, clock, goal))
    return result
