"""Gated calls beside direct ones, as a difference: the gate adds to a call.

And beside other ways to another privilege or process, as a ratio.
"""

from clock import clock_of, gated_samples
from instructions import per_call
from rows import difference_row, ratio_row
from runs import BENCH, CALLS, QUICK, WRAPPER

KNOWN, ANY, BLOCKING, CALLBACK = ({"x86_64": 2, "i386": 3}, {"x86_64": 6, "i386": 8},
                                  {"x86_64": 50, "i386": 50}, {"x86_64": 25, "i386": 25})
GOAL_NS = {"no arguments": KNOWN, "one int": KNOWN,
           "one int, 16 functions in turn": KNOWN, "one int, any guest": ANY,
           "blocking, one int": BLOCKING,
           "blocking, one int, with a clock": BLOCKING, "callback : plain call": CALLBACK,
           "callback : plain call, any guest": CALLBACK}
# As gated.c and gated_guest.c divide the number of calls.
SHARES = {"blocking, one int": 16, "blocking, one int, with a clock": 64,
          "callback : plain call": 16, "callback : plain call, any guest": 16,
          "gated : getppid()": 16, "gated : trap and signal": 64,
          "gated : pipe to a process and back": 256}
OF_CLOCK = "equal : equal", "ns : ticks"
OF_ANY = "any guest", "with a clock"


COUNTED = 10000
IN_TURN = 16  # functions that one round of that loop calls


def count(machine, host, rows):
    """Sets the instructions of the rows, which have the order of the guest's pairs.
    valgrind has no interrupts, which the guest that stands for any guest needs."""
    folder = BENCH / machine / "16-16"

    def command(pair, side):
        return (WRAPPER, *host.options, "--sandbox=off", "--in-place", "--provider",
                f"{folder}/gated-provider.so,1,{COUNTED},{pair}{side}",
                folder / "gated-guest.elf")

    for row, counts in zip(rows, per_call(command, len(rows), COUNTED)):
        functions = IN_TURN if "in turn" in row.what else 1
        row.instructions = [value / functions for value in counts]


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
            goal = GOAL_NS.get(what, {}).get(machine)
            result.append(difference_row(machine, what, processes, calls, clock, goal))
    if not QUICK and host.name == "process":
        count(machine, host, [row for row in result if row.kind == "difference"
                              and not row.what.endswith(OF_ANY)])
    return result
